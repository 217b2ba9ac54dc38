"""An estate into which people wrote secrets, in whatever free text it has."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.excuses import excuse
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
    # Owners are free text only where nobody is registered.
    (folder / "people.yaml").unlink(missing_ok=True)
    day = datetime.now(UTC).date()
    files = {
        "facts": _facts(day.isoformat()),
        "waivers": {"waivers": [_waiver(n, text, (day + timedelta(300)).isoformat()) for n, text in enumerate(TEXTS)]},
        "attestations": {"attestations": [_attestation(control, day.isoformat()) for control in ATTESTED]},
    }
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content))


def _facts(day: str) -> dict[str, Any]:
    public = [_excuse(text, name=text) for text in TEXTS]
    return {
        "admin_principals": [_excuse(text, name=f"role/{text}") for text in TEXTS],
        "audit_buckets": TEXTS,
        "public_buckets": public,
        "public_functions": public,
        "public_repositories": [
            _excuse(text, name=f"acme-planted/described-{number}") for number, text in enumerate(TEXTS)
        ],
        "root_uses": [_excuse(text, account="123456789012", date=day, person=text) for text in TEXTS],
    }


def _excuse(text: str, **fields: str) -> dict[str, Any]:
    owner, expires = f"owner {text}", (datetime.now(UTC).date() + timedelta(300)).isoformat()
    return excuse(owner=owner, approver=f"approver {text}", reason=f"Because of {text}", expires=expires, **fields)


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
