"""OCSF Compliance Findings (class 2003), one event a line, for SIEMs and security lakes.

https://schema.ocsf.io/1.5.0/classes/compliance_finding?profiles=cloud
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TextIO

from muster.verdict import Severity, Status, Verdict
from reports.formats.accounts import AccountFacts, account_of, accounts_of
from reports.formats.document import IdentifiedRow
from reports.formats.json_text import compact, members
from reports.formats.requirements import requirements_of
from reports.formats.wording import defaults_set_otherwise, outcome, version_of, waiver_text, waivers_of
from reports.kinds import reported_kind
from reports.run import ReportedRun

VERSION = "1.5.0"

_SEVERITIES: Mapping[Severity, int] = {"low": 2, "medium": 3, "high": 4, "critical": 5}
# Warning is OCSF's word for "did not yield a result due to missing information".
_COMPLIANCE: Mapping[Status, tuple[int, str]] = {
    "pass": (1, "Pass"),
    "fail": (3, "Fail"),
    "waived": (3, "Fail"),
    "error": (2, "Warning"),
    "not_run": (2, "Warning"),
    "not_applicable": (99, "Not applicable"),
}
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")
_AWS_ACCOUNT = {"type": "AWS Account", "type_id": 10}
_OTHER_ACCOUNT = {"type": "Other", "type_id": 99}


class Ocsf:
    """Writes each row as it comes."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._out = out
        self._accounts = accounts_of(run)
        self._waivers = waivers_of(run)
        self._product = {"name": "Muster", "vendor_name": "Muster", "version": version_of(run)}
        self._requirements = requirements_of(run)
        self._shared = {control: members(self._of_control(control)) for control in run.record["controls"]}

    def add(self, entry: IdentifiedRow) -> None:
        """Write a row's event."""
        self._out.write(f"{{{self._shared[entry.row.control]},{members(self._own(entry))}}}\n")

    def finish(self) -> list[str]:
        """Nothing is left to write, and nothing was left out."""
        return []

    def _of_control(self, control_id: str) -> dict[str, Any]:
        """What the events of a control have in common."""
        control = self._run.control(control_id)
        severity: Severity = control["severity"]
        return {
            "activity_id": 1,
            "activity_name": "Create",
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": 2003,
            "class_name": "Compliance Finding",
            "type_uid": 200301,
            "type_name": "Compliance Finding: Create",
            "severity_id": _SEVERITIES[severity],
            "severity": severity.capitalize(),
            "remediation": {"desc": control["fix"], "references": control["see"]},
        }

    def _own(self, entry: IdentifiedRow) -> dict[str, Any]:
        """What an event has of its own."""
        row = entry.row
        control = self._run.control(row.control)
        account = account_of(row.account, self._accounts)
        time = round(datetime.fromisoformat(row.at).timestamp() * 1_000)
        status_id, status = _SUPPRESSED if row.status == "waived" else _NEW
        said = outcome(row)
        prefix = "SANDBOX: " if self._run.is_mocked else ""
        return {
            "time": time,
            "status_id": status_id,
            "status": status,
            "status_code": row.status,
            "status_detail": said,
            "message": f"{prefix}{row.called} {said}",
            "metadata": self._metadata(entry),
            "finding_info": {
                "uid": entry.fingerprint,
                "created_time": time,
                "title": control["title"],
                "desc": control["why"],
                "types": [control["domain"]],
            },
            "compliance": self._compliance(row, control),
            "resources": [_resource(row, account)],
            "cloud": _cloud(account, row.region),
            "unmapped": self._unmapped(row),
        }

    def _compliance(self, row: Verdict, control: Mapping[str, Any]) -> dict[str, Any]:
        status_id, status = _COMPLIANCE[row.status]
        requirements = self._requirements[row.control]
        return {
            "control": row.control,
            "desc": control["title"],
            "category": control["domain"],
            "standards": sorted({requirement.framework for requirement in requirements}),
            "requirements": [str(requirement) for requirement in requirements],
            "control_parameters": [{"name": name, "value": compact(value)} for name, value in row.parameters.items()],
            "status_id": status_id,
            "status": status,
            "status_code": row.status,
            "status_details": [row.reason] if row.reason else [],
        }

    def _metadata(self, entry: IdentifiedRow) -> dict[str, Any]:
        return {
            "version": VERSION,
            "product": self._product,
            "profiles": ["cloud"],
            "uid": entry.uuid,
            "correlation_uid": entry.row.run,
            "event_code": entry.row.control,
            "labels": list(map(str, self._run.notes)) or ["live"],
        }

    def _unmapped(self, row: Verdict) -> dict[str, Any]:
        said: dict[str, Any] = {
            "run": row.run,
            "mocked": self._run.is_mocked,
            "account": row.account,
            "reads": list(row.reads),
            "judged_in": row.judged_in,
            "defaults": defaults_set_otherwise(self._run.control(row.control)),
            "part": self._run.record.get("part"),
        }
        if row.waiver is not None:
            said["waiver"] = waiver_text(row.waiver, self._waivers)
        return {"muster": said}


def _resource(row: Verdict, account: AccountFacts) -> dict[str, Any]:
    """https://schema.ocsf.io/1.5.0/objects/resource_details."""
    return {
        "uid": row.resource,
        "region": row.region,
        **({"name": row.name} if row.name else {}),
        **({"tags": [{"name": name, "value": value} for name, value in row.tags.items()]} if row.tags else {}),
        **_partition(account),
    }


def _partition(account: AccountFacts) -> dict[str, str]:
    return {"cloud_partition": account.partition} if reported_kind(account.kind).is_aws else {}


def _cloud(account: AccountFacts, region: str) -> dict[str, Any]:
    kind = reported_kind(account.kind)
    return {
        # OCSF wants a provider of every event; what the organization declares of itself has none but the estate.
        "provider": kind.provider,
        "region": region,
        "account": {"name": account.name, "uid": account.id, **(_AWS_ACCOUNT if kind.is_aws else _OTHER_ACCOUNT)},
    }
