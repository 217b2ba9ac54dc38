"""SARIF 2.1.0, as GitHub's code scanning takes it: a rule a control, an alert a resource that somebody must look at.

GitHub shows every result as an alert, whatever its `kind` or `suppressions` say. So what passes or is not applicable is
counted with its rule and no result; what could not be judged is one, because it must not get lost; a waived one says so
in its text, too. GitHub tells alerts apart by `primaryLocationLineHash` alone: it holds our fingerprint.
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from muster.printable import spelled
from muster.verdict import SEVERITIES, STATUSES, Severity, Status
from reports.formats.document import IdentifiedRow
from reports.formats.json_text import compact, members
from reports.formats.wording import (
    cut,
    cut_name,
    defaults_set_otherwise,
    outcome,
    version_of,
    waiver_text,
    waivers_of,
    whole_line,
)
from reports.run import ReportedRun

MOST_RESULTS = 25_000
MOST_SHOWN = 5_000
LONGEST_NAME = 500
LONGEST_TEXT = 1_024
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS: Mapping[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# GitHub reads a score of the CVSS's ranges: https://nvd.nist.gov/vuln-metrics/cvss
_SCORES: Mapping[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
_RESULTS: Mapping[Status, int] = {"fail": 0, "error": 1, "not_run": 1, "waived": 2}


class Sarif:
    """One run of the log; the worst results come first, and the least of them go where GitHub's limit is passed."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._out = out
        self._waivers = waivers_of(run)
        self._rules = {control: number for number, control in enumerate(run.record["controls"])}
        self._counts: dict[str, Counter[Status]] = {control: Counter() for control in self._rules}
        self._results: dict[tuple[bool, int, int], list[str]] = {}
        self._held = 0
        self._cut = 0

    def add(self, entry: IdentifiedRow) -> None:
        """Count a row, and hold a result for it if it is one to look at."""
        row = entry.row
        self._counts[row.control][row.status] += 1
        if row.status not in _RESULTS:
            return
        severity = SEVERITIES.index(self._run.severity(row))
        rank = (row.status == "waived", severity, _RESULTS[row.status])
        self._results.setdefault(rank, []).append(compact(self._result(entry)))
        self._held += 1
        if self._held > MOST_RESULTS:
            least = max(self._results)
            self._results[least].pop()
            if not self._results[least]:
                del self._results[least]
            self._held -= 1
            self._cut += 1

    def finish(self) -> list[str]:
        """Write the log."""
        notes = list(self._notes())
        head = members(self._head(notes))
        self._out.write(f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{{head},"results":[\n')
        self._out.write(",\n".join(result for rank in sorted(self._results) for result in self._results[rank]))
        self._out.write("\n]}]}\n")
        return notes

    def _notes(self) -> Iterator[str]:
        if self._cut:
            yield (
                f"{self._cut:,} results, the least severe, are left out: GitHub takes {MOST_RESULTS:,} a run;"
                " verdicts.jsonl has all"
            )
        if self._held > MOST_SHOWN:
            yield f"GitHub shows the {MOST_SHOWN:,} worst of these {self._held:,} results"

    def _head(self, notes: list[str]) -> dict[str, Any]:
        record = self._run.record
        said = [*map(str, self._run.notes), *notes]
        total: Counter[Status] = Counter()
        for counts in self._counts.values():
            total.update(counts)
        invocation = {
            "executionSuccessful": record["ended"] is not None
            and record.get("part") is None
            and not total["error"]
            and not total["not_run"],
            "startTimeUtc": record["started"],
            "toolExecutionNotifications": [
                *({"level": "warning", "message": {"text": message(text)}} for text in said),
                *({"level": "error", "message": {"text": message(each["text"])}} for each in record["problems"] or ()),
            ],
        }
        if record["ended"] is not None:
            invocation["endTimeUtc"] = record["ended"]
        return {
            "tool": {
                "driver": {
                    "name": "Muster",
                    "version": version_of(self._run),
                    "rules": [self._rule(control) for control in self._rules],
                }
            },
            "automationDetails": {"id": f"muster/{'+'.join(record['profiles'])}/{record['run']}"},
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation],
            "properties": {
                "run": record["run"],
                "mocked": self._run.is_mocked,
                "evidence": self._run.evidence,
                "part": record.get("part"),
                "counts": _figures(total),
                "resultsLeftOut": self._cut,
                "git": record["git"],
            },
        }

    def _rule(self, control_id: str) -> dict[str, Any]:
        control = self._run.control(control_id)
        see = control["see"]
        return {
            "id": control_id,
            "name": control_id,
            "shortDescription": {"text": message(cut(control["title"], LONGEST_TEXT))},
            "fullDescription": {"text": message(cut(control["why"], LONGEST_TEXT))},
            "help": {"text": message("\n\n".join([control["why"], control["fix"], *see]))},
            **({"helpUri": see[0]} if see else {}),
            "defaultConfiguration": {"level": _LEVELS[control["severity"]]},
            "properties": {
                "tags": ["security", control["domain"]],
                "precision": "high",
                "security-severity": _SCORES[control["severity"]],
                "parameters": control["parameters"],
                "defaults": defaults_set_otherwise(control),
                "counts": _figures(self._counts[control_id]),
            },
        }

    def _result(self, entry: IdentifiedRow) -> dict[str, Any]:
        row = entry.row
        control = self._run.control(row.control)
        name = whole_line(cut_name(row.called, LONGEST_NAME))
        text = f"{name} ({row.account}, {row.region}): {spelled(cut(outcome(row), LONGEST_TEXT))}"
        result = {
            "ruleId": row.control,
            "ruleIndex": self._rules[row.control],
            "guid": entry.uuid,
            "level": "note" if row.status == "waived" else _LEVELS[control["severity"]],
            "message": {"text": message(f"SANDBOX: {text}" if self._run.is_mocked else text)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": control["file"], "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": control["line"]},
                    },
                    "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
                }
            ],
            "partialFingerprints": {
                "primaryLocationLineHash": entry.fingerprint,
                "musterResource/v1": entry.fingerprint,
            },
            "properties": {
                "status": row.status,
                "account": row.account,
                "region": row.region,
                "resource": row.resource,
                "name": row.name,
                "tags": [f"{name}={value}" for name, value in (row.tags or {}).items()],
                "reads": list(row.reads),
            },
        }
        if row.status == "waived" and row.waiver is not None:
            said = waiver_text(row.waiver, self._waivers)
            result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
        return result


def message(text: str) -> str:
    """The text as a SARIF message, in which brackets would be links and braces placeholders (sections 3.11.5 and 6)."""
    return re.sub(r"([\\\[\]])", r"\\\1", text).replace("{", "{{").replace("}", "}}")


def _figures(counts: Counter[Status]) -> dict[str, int]:
    return {status: counts[status] for status in STATUSES}
