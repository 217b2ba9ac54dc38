"""`run.json` of a synthetic run: its controls, accounts, waivers, one attestation and one framework."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from muster.verdict import SEVERITIES, Severity
from tests.reports.synthetic_catalogue import TOPICS, Topic

HOSTILE = (
    "</script><script>document.title='broken out'</script>",
    "<img src=x onerror=\"document.title='broken out'\">",
    "quotes ' \" ` and {{ braces }} and ${dollars} and <!-- comments -->",
    "two\nlines\tand a tab\r\n",
    "right\u202eto\u2066left\u2069 and \u05e9\u05dc\u05d5\u05dd",
    "NUL\x00 and escape\x1b[31m",
    '=HYPERLINK("https://evil.example")',
    "n" * 10_000,
)
"""Names that an account may hold and that must stay text."""

REGIONS = ("eu-west-1", "us-east-1", "eu-central-1")


@dataclass(frozen=True)
class ControlOf:
    id: str
    severity: Severity
    topic: Topic
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class AccountOf:
    name: str
    id: str


def control_of(number: int) -> ControlOf:
    topic = TOPICS[number % len(TOPICS)]
    turn = number // len(TOPICS)
    id_ = topic.id if turn == 0 else f"{topic.id}-{turn + 1}"
    return ControlOf(id_, SEVERITIES[number % len(SEVERITIES)], topic, topic.parameters)


def account_of(number: int) -> AccountOf:
    known = (
        AccountOf("production", "111122223333"),
        AccountOf("staging", "444455556666"),
        AccountOf("sandbox", "123456789012"),
    )
    return known[number] if number < len(known) else AccountOf(f"team-{number:02}", f"{number:012}")


def waivers_of(
    controls: Iterable[ControlOf], accounts: Sequence[AccountOf], *, hostile: bool = False
) -> Iterator[dict[str, Any]]:
    for number, control in enumerate(list(controls)[::4], start=1):
        yield {
            "id": f"W-{number}",
            "control": control.id,
            "account": "*" if number % 2 else accounts[0].name,
            "resource": "arn:aws:*",
            "reason": "Replaced by the new platform, which is rolled out team by team until spring",
            "owner": HOSTILE[0] if hostile else "platform-team",
            "approver": HOSTILE[4] if hostile else "security-lead",
            "ticket": f"SEC-{1400 + number}",
            "granted": "2026-09-01",
            "expires": f"2027-0{1 + number % 6}-28",
        }


def record_of(
    run: str,
    started: datetime,
    controls: Sequence[ControlOf],
    accounts: Sequence[AccountOf],
    waivers: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
    *,
    mocked: bool,
    hostile: bool = False,
) -> dict[str, Any]:
    return {
        "run": run,
        "profiles": ["regulated"],
        "mocked": mocked,
        "replay_of": None,
        "by": HOSTILE[1] if hostile else "auditor@ci",
        "arguments": ["pytest", "--profile=regulated", "--account=all"],
        "started": utc(started),
        "as_of": utc(started),
        "ended": utc(started + timedelta(minutes=4)),
        "exit_code": 1,
        "counts": dict(counts),
        "problems": [
            {"kind": "waiver_unneeded", "text": "waiver W-0 is no longer needed, nothing it covers fails: remove it"}
        ],
        "calls": {"s3": {"calls": 210, "requests": 214, "retries": 4, "throttles": 4}},
        "calls_incomplete": False,
        "torn_lines": 0,
        "callers": {a.name: f"arn:aws:sts::{a.id}:assumed-role/MusterAudit/muster" for a in accounts},
        "account_ids": {a.name: a.id for a in accounts},
        "regions": {a.name: list(REGIONS) for a in accounts},
        "accounts": [
            {
                "name": a.name,
                "kind": "aws",
                "id": a.id,
                "regions": list(REGIONS),
                "mocked": mocked,
                "tags": {"env": "x"},
            }
            for a in accounts
        ],
        "controls": {control.id: control_record(control) for control in controls},
        "permissions": {_read(control): _read(control).title().replace("_", "") for control in controls},
        "uncovered": {"example-1.0": ["9.9"]},
        "frameworks": {"example-1.0": _framework(controls)},
        "facts": {"approved_regions": list(REGIONS)},
        "waivers": [dict(waiver) for waiver in waivers],
        "attestations": [
            {
                "control": "attest-security-policy",
                "statement": "The security policy is approved by management and covers how permissions are granted.",
                "owner": "security-lead",
                "approver": "managing-director",
                "date": "2026-03-02",
                "valid_for_days": 365,
                "evidence": "https://wiki.example.com/security/policy-v4",
                "decision": "Permissions are granted through groups and roles, by request.",
                "reasons": ["Auditors ask for the request behind each grant."],
            }
        ],
        "versions": {"python": "3.11.9", "muster": "0.1.0", "pytest": "9.2.0"},
        "git": {"commit": "0123456789abcdef0123456789abcdef01234567", "changed_files": False},
    }


def _read(control: ControlOf) -> str:
    return f"{control.topic.service}:{control.topic.reads}"


def control_record(control: ControlOf) -> dict[str, Any]:
    return {
        "title": control.topic.title,
        "severity": control.severity,
        "domain": control.topic.domain,
        "why": control.topic.why,
        "fix": control.topic.fix,
        "see": ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
        "kind": "aws",
        "parameters": dict(control.parameters),
        "file": f"controls/{control.topic.domain}/{control.topic.noun.replace('-', '_')}s.py",
        "line": 10,
        "source_sha256": sha256(control.id.encode()).hexdigest(),
        "closure_sha256": sha256(control.topic.noun.encode()).hexdigest(),
        "proved": True,
        "operations": [_read(control)],
    }


def _framework(controls: Sequence[ControlOf]) -> dict[str, Any]:
    requirements: dict[str, Any] = {
        f"{1 + number // 8}.{1 + number % 8}": {
            "title": control.topic.title,
            "level": 1 + number % 2,
            "controls": [control.id],
        }
        for number, control in enumerate(controls)
    }
    requirements["9.9"] = {"title": "Visitors are escorted", "level": 1, "controls": []}
    return {"title": "Example benchmark 1.0", "requirements": requirements}


def utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
