"""AWS Security Hub's finding format: requests of BatchImportFindings, one a line, at most 100 findings each.

A request holds findings of one account and region; send each there, as Security Hub takes no others:
`aws securityhub batch-import-findings --region REGION --cli-input-json file:///dev/stdin <<< "$request"`.
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

from muster.printable import spelled
from muster.verdict import Status, Verdict
from reports.formats.accounts import AccountFacts, account_of, accounts_of
from reports.formats.document import IdentifiedRow
from reports.formats.json_text import members
from reports.formats.requirements import requirements_of
from reports.formats.wording import cut, cut_name, outcome, parameters_text, version_of
from reports.run import ReportedRun

MOST_IN_A_REQUEST = 100
# Findings wait for their request to fill; past this many, requests go out as they are, so that memory stays bounded.
MOST_HELD = 10_000
LONGEST_TITLE = 256
LONGEST_DESCRIPTION = 1_024
LONGEST_ID = 512
LONGEST_FIELD = 2_048
LONGEST_REMEDIATION = 512
MOST_REQUIREMENTS = 32
LONGEST_REQUIREMENT = 64
MOST_TAGS = 50
LONGEST_TAG = 128
LONGEST_TAG_VALUE = 256

# WARNING is Security Hub's word for "some information is missing": it stays open there, as NOT_AVAILABLE would not.
_COMPLIANCE: Mapping[Status, str] = {
    "pass": "PASSED",
    "fail": "FAILED",
    "waived": "FAILED",
    "error": "WARNING",
    "not_run": "WARNING",
    "not_applicable": "NOT_AVAILABLE",
}
_TYPES = ["Software and Configuration Checks/Policy as Code/Muster"]
_WORKFLOW: Mapping[Status, str] = {"pass": "RESOLVED", "not_applicable": "RESOLVED", "waived": "SUPPRESSED"}


class Asff:
    """Findings by account and region; rows of code hosts and of accounts without an id have no place there."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._out = out
        self._accounts = accounts_of(run)
        self._requirements = {
            control: [cut(str(requirement), LONGEST_REQUIREMENT) for requirement in found[:MOST_REQUIREMENTS]]
            for control, found in requirements_of(run).items()
        }
        self._version = version_of(run)
        self._shared = {control: members(self._of_control(control)) for control in run.record["controls"]}
        self._waiting: dict[tuple[str, str], list[str]] = {}
        self._held = 0
        self._homeless: dict[str, int] = {}

    def add(self, entry: IdentifiedRow) -> None:
        """Put a row's finding to the others of its account and region."""
        account = account_of(entry.row.account, self._accounts)
        if not account.is_aws:
            self._homeless[entry.row.account] = self._homeless.get(entry.row.account, 0) + 1
            return
        place = (account.id, account.region(entry.row.region))
        request = self._waiting.setdefault(place, [])
        request.append(self._finding(entry, account))
        self._held += 1
        if len(request) == MOST_IN_A_REQUEST:
            self._send(place)
        elif self._held >= MOST_HELD:
            self._send_all()

    def finish(self) -> list[str]:
        """Write the requests that did not fill."""
        self._send_all()
        return [
            f"{count:,} rows of {name} are left out: Security Hub takes findings of AWS accounts with a known id"
            for name, count in self._homeless.items()
        ]

    def _send_all(self) -> None:
        for place in list(self._waiting):
            self._send(place)

    def _send(self, place: tuple[str, str]) -> None:
        findings = self._waiting.pop(place)
        self._held -= len(findings)
        self._out.write('{"Findings":[' + ",".join(findings) + "]}\n")

    def _finding(self, entry: IdentifiedRow, account: AccountFacts) -> str:
        row = entry.row
        region = account.region(row.region)
        why = self._run.control(row.control)["why"]
        own = {
            "Id": f"muster/{account.id}/{region}/{entry.fingerprint}",
            "ProductArn": f"arn:{account.partition}:securityhub:{region}:{account.id}:product/{account.id}/default",
            "AwsAccountId": account.id,
            "CreatedAt": row.at,
            "UpdatedAt": row.at,
            "Description": cut(f"{spelled(outcome(row))}. {why}", LONGEST_DESCRIPTION),
            "ProductFields": self._fields(row),
            "Resources": [_resource(row, account, region)],
            "Compliance": self._compliance(row),
            "Workflow": {"Status": _WORKFLOW.get(row.status, "NEW")},
        }
        return f"{{{self._shared[row.control]},{members(own)}}}"

    def _of_control(self, control_id: str) -> Mapping[str, Any]:
        """What the findings of a control have in common."""
        control = self._run.control(control_id)
        severity = {"Label": control["severity"].upper(), "Original": control["severity"]}
        title = f"SANDBOX: {control['title']}" if self._run.is_mocked else control["title"]
        return {
            "SchemaVersion": "2018-10-08",
            "ProductName": "Muster",
            "GeneratorId": cut_name(f"muster/{control_id}", LONGEST_ID),
            "Types": _TYPES,
            "Severity": severity,
            "FindingProviderFields": {"Severity": severity, "Types": _TYPES},
            "Title": cut(title, LONGEST_TITLE),
            "Remediation": {"Recommendation": _recommendation(control)},
            "RecordState": "ACTIVE",
            "Sample": self._run.is_mocked,
        }

    def _compliance(self, row: Verdict) -> dict[str, Any]:
        requirements = self._requirements[row.control]
        said = cut(spelled(outcome(row)), LONGEST_FIELD)
        return {
            "Status": _COMPLIANCE[row.status],
            "StatusReasons": [{"ReasonCode": f"MUSTER_{row.status.upper()}", "Description": said}],
            **({"RelatedRequirements": requirements} if requirements else {}),
        }

    def _fields(self, row: Verdict) -> dict[str, str]:
        fields = {
            "muster/run": row.run,
            "muster/version": self._version,
            "muster/status": row.status,
            "muster/account": row.account,
            "muster/resource": spelled(cut_name(row.resource, LONGEST_FIELD // 8)),
            "muster/reads": " ".join(row.reads),
            "muster/waiver": row.waiver or "",
            "muster/judged-in": row.judged_in or "",
            "muster/evidence": self._run.evidence,
            "muster/name": spelled(row.name or ""),
            "muster/parameters": "; ".join(parameters_text(self._run.control(row.control))),
        }
        return {name: cut(value, LONGEST_FIELD) for name, value in fields.items() if value}


def _recommendation(control: Mapping[str, Any]) -> dict[str, str]:
    return {
        "Text": cut(control["fix"], LONGEST_REMEDIATION),
        **({"Url": control["see"][0]} if control["see"] else {}),
    }


def _resource(row: Verdict, account: AccountFacts, region: str) -> dict[str, Any]:
    return {
        "Type": "Other",
        "Id": cut_name(spelled(row.resource), LONGEST_ID),
        "Partition": account.partition,
        "Region": region,
        **({"Tags": _tags(row.tags)} if row.tags else {}),
    }


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    """https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Resource.html."""
    named = [(name, value) for name, value in tags.items() if name]
    return {
        cut(spelled(name), LONGEST_TAG): cut(spelled(value), LONGEST_TAG_VALUE) for name, value in named[:MOST_TAGS]
    }
