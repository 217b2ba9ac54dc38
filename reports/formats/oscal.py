"""OSCAL assessment results: an observation a row, a finding a control and account, a risk a waiver.

OSCAL knows `satisfied` and `not-satisfied` alone. Satisfied is what passes without anything failing, waived, unreadable
or not run beside it; where nothing was applicable there is no finding, but the observations stand.
https://pages.nist.gov/OSCAL-Reference/models/latest/assessment-results/json-outline/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any, TextIO

from muster.printable import spelled
from muster.verdict import STATUSES, Status, Verdict
from reports.formats.accounts import account_of, accounts_of
from reports.formats.document import IdentifiedRow, uuid_of
from reports.formats.json_text import compact, members
from reports.formats.wording import (
    cut_name,
    outcome,
    parameters_text,
    version_of,
    waiver_text,
    waivers_of,
    whole_line,
)
from reports.run import ReportedRun, status_words

OSCAL_VERSION = "1.2.1"
PROPERTIES = "https://muster.example/ns/oscal"
LONGEST_TITLE = 200

_OPEN: tuple[Status, ...] = ("fail", "error", "not_run", "waived")


class Oscal:
    """Observations are written as rows come; what refers to them follows when all have."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._out = out
        self._accounts = accounts_of(run)
        self._waivers = waivers_of(run)
        self._counts: Counter[Status] = Counter()
        self._pairs: dict[tuple[str, str], Counter[Status]] = {}
        self._observed: dict[tuple[str, str], list[str]] = {}
        self._excused: dict[str, list[str]] = {}
        self._subjects: set[str] = set()
        # Resources are listed after the observations that name them: they wait on disk, there may be very many.
        self._items = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115  # closed when it was copied
        self._begin()

    def add(self, entry: IdentifiedRow) -> None:
        """Write a row's observation."""
        row = entry.row
        pair = (row.control, row.account)
        self._out.write(",\n" if self._counts else ',"observations":[\n')
        self._counts[row.status] += 1
        self._pairs.setdefault(pair, Counter())[row.status] += 1
        self._observed.setdefault(pair, []).append(entry.uuid)
        if row.waiver is not None:
            self._excused.setdefault(row.waiver, []).append(entry.uuid)
        self._out.write(compact(self._observation(entry, self._subject(row))))

    def finish(self) -> list[str]:
        """Write what refers to the observations, and close the document."""
        with self._items as items:
            if self._counts:
                items.seek(0)
                self._out.write('],"local-definitions":{"inventory-items":[\n')
                self._out.writelines(items)
                self._out.write("]}")
        self._out.write(",\n")
        self._list("findings", self._findings())
        self._list("risks", self._risks())
        self._out.write(members(self._conclusion()) + "}]}}\n")
        return []

    def _begin(self) -> None:
        record = self._run.record
        name = record["run"]
        plan = uuid_of(name, "plan")
        title = f"Muster: {name}" + "".join(f" ({whole_line(str(note))})" for note in self._run.notes)
        head = {
            "uuid": uuid_of(name, "assessment-results"),
            "metadata": {
                "title": title,
                "last-modified": record["ended"] or record["started"],
                "version": name,
                "oscal-version": OSCAL_VERSION,
                "props": [_property("tool-version", version_of(self._run)), self._evidence()],
            },
            "import-ap": {"href": f"#{plan}", "remarks": "There is no plan beside what run.json says was selected."},
            "local-definitions": {"objectives-and-methods": [self._objective(c) for c in record["controls"]]},
            "back-matter": {"resources": [{"uuid": plan, "title": "The run", "rlinks": [{"href": "run.json"}]}]},
        }
        result = {
            "uuid": uuid_of(name, "result"),
            "title": title,
            "description": f"Judged by {whole_line(record['by'])}; profiles: {', '.join(record['profiles'])}.",
            "start": record["started"],
            **({"end": record["ended"]} if record["ended"] is not None else {}),
        }
        self._out.write('{"assessment-results":{' + members(head) + ',"results":[{' + members(result))

    def _conclusion(self) -> dict[str, Any]:
        figures = [_property(f"count-{_token(status)}", str(self._counts[status])) for status in STATUSES]
        return {"reviewed-controls": {"control-selections": [self._reviewed()]}, "props": [*figures, self._evidence()]}

    def _reviewed(self) -> dict[str, Any]:
        """The controls that left a row: a part, or a run that was stopped, did not come to the others."""
        judged = {control for control, _ in self._pairs}
        named = [{"control-id": control} for control in self._run.record["controls"] if control in judged]
        if named:
            return {"include-controls": named}
        # OSCAL knows no empty selection.
        return {"include-all": {}, "exclude-controls": [{"control-id": each} for each in self._run.record["controls"]]}

    def _objective(self, control_id: str) -> dict[str, Any]:
        control = self._run.control(control_id)
        text = f"{control['title']}. {control['why']} {control['fix']}"
        part = {"id": _objective_id(control_id), "name": "assessment-objective", "prose": text}
        return {"control-id": control_id, "parts": [part]}

    def _observation(self, entry: IdentifiedRow, subject: str) -> dict[str, Any]:
        row = entry.row
        named = whole_line(cut_name(row.called, LONGEST_TITLE)).strip() or "(no name)"
        evidence = [{"href": f"reads/{sha}.json", "description": "An answer of the API."} for sha in row.reads]
        said = {
            "status": _token(row.status),
            "control": row.control,
            "account": row.account,
            "region": row.region,
            "severity": self._run.severity(row),
            "waiver": row.waiver or "",
            "judged-in": row.judged_in or "",
        }
        return {
            "uuid": entry.uuid,
            "description": spelled(outcome(row)),
            "props": [
                *(_property(name, value) for name, value in said.items() if value.strip()),
                *(_property("parameter", text) for text in parameters_text(self._run.control(row.control))),
            ],
            "methods": ["TEST"],
            "types": ["control-objective"],
            "subjects": [{"subject-uuid": subject, "type": "inventory-item", "title": named}],
            **({"relevant-evidence": evidence} if evidence else {}),
            "collected": row.at,
        }

    def _subject(self, row: Verdict) -> str:
        """The UUID of a row's resource, which is listed when it is first met."""
        subject = uuid_of(row.run, "resource", row.account, row.region, row.resource)
        if subject not in self._subjects:
            account = account_of(row.account, self._accounts)
            said = {"account": row.account, "account-id": account.id, "region": row.region, "name": row.name or ""}
            tags = [f"{name}={value}" for name, value in (row.tags or {}).items()]
            item = {
                "uuid": subject,
                "description": spelled(row.resource),
                "props": [
                    *(_property(name, value) for name, value in said.items() if value.strip()),
                    *(_property("tag", text) for text in tags),
                ],
            }
            self._items.write((",\n" if self._subjects else "") + compact(item))
            self._subjects.add(subject)
        return subject

    def _findings(self) -> Iterator[dict[str, Any]]:
        for (control, account), counts in sorted(self._pairs.items()):
            is_open = any(counts[status] for status in _OPEN)
            if not is_open and not counts["pass"]:
                continue
            title = self._run.control(control)["title"]
            figures = ", ".join(f"{counts[status]} {status_words(status)}" for status in STATUSES if counts[status])
            failed = {"reason": "fail"} if counts["fail"] else {"reason": "other"}
            yield {
                "uuid": uuid_of(self._run.record["run"], "finding", control, account),
                "title": whole_line(f"{title}: {account}"),
                "description": f"Verdicts: {figures}.",
                "props": [_property(f"count-{_token(s)}", str(counts[s])) for s in STATUSES if counts[s]],
                "target": {
                    "type": "objective-id",
                    "target-id": _objective_id(control),
                    "status": {"state": "not-satisfied", **failed}
                    if is_open
                    else {"state": "satisfied", "reason": "pass"},
                },
                "related-observations": [{"observation-uuid": uuid} for uuid in self._observed[control, account]],
            }

    def _risks(self) -> Iterator[dict[str, Any]]:
        for waiver_id, observed in sorted(self._excused.items()):
            waiver = self._waivers.get(waiver_id)
            yield {
                "uuid": uuid_of(self._run.record["run"], "waiver", waiver_id),
                "title": whole_line(f"Waiver {waiver_id}"),
                "description": spelled(waiver_text(waiver_id, self._waivers)),
                "statement": "The control fails, and its owner has accepted that until the waiver expires.",
                "status": "deviation-approved",
                **({"deadline": f"{waiver['expires']}T00:00:00Z"} if waiver is not None else {}),
                "related-observations": [{"observation-uuid": uuid} for uuid in observed],
            }

    def _list(self, name: str, listed: Iterator[dict[str, Any]]) -> None:
        """Write a list that OSCAL wants to be absent rather than empty."""
        first = next(listed, None)
        if first is None:
            return
        self._out.write(f'"{name}":[\n{compact(first)}')
        for member in listed:
            self._out.write(",\n" + compact(member))
        self._out.write("],\n")

    def _evidence(self) -> dict[str, str]:
        return _property("evidence", self._run.evidence)


def _objective_id(control_id: str) -> str:
    return f"{control_id}_obj"


def _token(status: Status) -> str:
    return status.replace("_", "-")


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": PROPERTIES, "value": whole_line(value).strip()}
