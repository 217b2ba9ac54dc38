"""What excuses a failure, filled in where a test does not care by whom."""

from __future__ import annotations

from typing import Any


def excuse(**fields: Any) -> dict[str, Any]:
    """An entry of facts.yaml with these fields, in force for as long as tests run."""
    answered_for = {
        "owner": "web-team",
        "approver": "security-lead",
        "reason": "This is so on purpose",
        "expires": "2999-12-31",
    }
    return {**answered_for, **fields}
