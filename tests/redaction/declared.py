"""An estate into which people wrote secrets, in whatever free text it has."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.redaction.planted import SECRETS

ATTESTED = (
    "attest-shared-responsibility",
    "attest-security-policy",
    "attest-root-custody",
    "attest-penetration-test",
    "attest-code-hosting",
)
TEXTS = [secret.text for secret in SECRETS.values()]
EVERYTHING = "\n".join(["On record:", *TEXTS])
WAIVED = "s3-bucket-tls-only"


def plant_in_estate(folder: Path) -> None:
    """Write facts, waivers and attestations; JSON is YAML."""
    day = datetime.now(UTC).date()
    files = {
        "facts": _facts(day.isoformat()),
        "waivers": {"waivers": [_waiver(n, text, (day + timedelta(300)).isoformat()) for n, text in enumerate(TEXTS)]},
        "attestations": {"attestations": [_attestation(control, day.isoformat()) for control in ATTESTED]},
    }
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content))


def _facts(day: str) -> dict[str, Any]:
    public = [{"name": text, "owner": text, "reason": text} for text in TEXTS]
    return {
        "admin_principals": TEXTS,
        "approved_regions": ["eu-west-1"],
        "audit_buckets": TEXTS,
        "break_glass_users": TEXTS,
        "public_buckets": public,
        "public_functions": public,
        "public_repositories": [
            {"name": f"acme-planted/described-{number}", "owner": text, "reason": text}
            for number, text in enumerate(TEXTS)
        ],
        "root_uses": [{"account": "123456789012", "date": day, "person": text, "reason": text} for text in TEXTS],
    }


def _waiver(number: int, text: str, expires: str) -> dict[str, Any]:
    return {
        "id": f"W-{number}",
        "control": WAIVED,
        "account": "*",
        "resource": f"arn:aws:s3:::{text}",
        "reason": f"Because of {text}",
        "owner": f"owner {text}",
        "approver": f"approver {text}",
        "ticket": text,
        "expires": expires,
    }


def _attestation(control: str, day: str) -> dict[str, Any]:
    return {
        "control": control,
        "statement": EVERYTHING,
        "owner": "security-lead",
        "date": day,
        "valid_for_days": 180,
        "evidence": EVERYTHING,
        "decision": EVERYTHING,
        "reasons": [f"Because of {text}" for text in TEXTS],
    }
