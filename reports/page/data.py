"""What the page of a run shows, packed from its run folder and from nothing else."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from muster.verdict import NEEDS_SOMEBODY, SEVERITIES, STATUSES, Severity, Status
from reports.drift.changes import CHANGES, LOST
from reports.drift.compare import Drift
from reports.frameworks import framework_states
from reports.not_asked import omissions_of
from reports.page.columns import STATUS_ORDER, Columns
from reports.page.unread import UnreadVerdicts
from reports.run import ReportedRun

COUNTED: tuple[Status, ...] = ("pass", "fail", "error", "not_run", "waived")
"""What the score is a share of: everything but what does not apply."""

MANY = 1_000
"""So many values of a list are spelled together."""

# The statuses whose answers a reader wants at hand.
_EXPLAINED = {STATUSES.index(status) for status in NEEDS_SOMEBODY}


@dataclass(frozen=True)
class PageData:
    """The data of a page: `main`, hashes of the `answers` that readers want at hand, figures by severity and status."""

    main: Mapping[str, Any]
    answers: Sequence[str]
    by_severity: Mapping[Severity, Mapping[Status, int]]

    def json_pieces(self) -> Iterator[bytes]:
        """`main` as JSON, one member after the other: all of it at once is several times as heavy as what it is of."""
        return _pieces(self.main)

    @property
    def totals(self) -> Counter[Status]:
        """Counts by status over all rows."""
        total: Counter[Status] = Counter()
        for counts in self.by_severity.values():
            total.update(counts)
        return total


def score(counts: Mapping[Status, int]) -> float | None:
    """The share of passes, 0 to 1, in all verdicts but those that do not apply; None where there are none.

    What failed, could not be read, was not run or is waived counts against it.
    """
    counted = sum(counts.get(status, 0) for status in COUNTED)
    return counts.get("pass", 0) / counted if counted else None


def page_data(run: ReportedRun, drift: Drift | None, files: str = "") -> PageData:
    """Pack a run, and what changed since an earlier one; `files` leads from the page to the folder of the run.

    Raises `BadEvidence` if rows and `run.json` do not agree.
    """
    columns, unread = Columns(), UnreadVerdicts(run)
    columns.extend(unread.noting(run.rows()))
    severities = {control: run.control(control)["severity"] for control in columns.controls.values()}
    order = columns.order(severities)
    rows = columns.as_data(order)
    if drift is not None:
        rows |= columns.changes(order, drift)
    read_lists, hashes = columns.read_lists, columns.hashes.values()
    explained = dict.fromkeys(
        hashes[number]
        for status, reads in zip(rows["status"], rows["reads"], strict=True)
        if status in _EXPLAINED
        for number in read_lists[reads]
    )
    main = {
        "record": run.record,
        "notes": [[note.word, note.text] for note in run.notes],
        "files": files,
        "askedAccounts": len(run.accounts),
        "statuses": STATUSES,
        "statusOrder": STATUS_ORDER,
        "severities": SEVERITIES,
        "counted": COUNTED,
        "controls": columns.controls.values(),
        "accounts": columns.accounts.values(),
        "regions": columns.regions.values(),
        "texts": columns.texts.values(),
        "tagLists": columns.tags.values(),
        "hashes": hashes,
        "readLists": read_lists,
        "rows": rows,
        "frameworks": framework_states(run, _statuses_of_pairs(columns)),
        "unseen": unread.as_data(),
        "notAsked": [omission.as_data() for omission in omissions_of(run)],
        "since": _since(drift) if drift is not None else None,
    }
    return PageData(main, list(explained), _by_severity(columns, severities))


def _pieces(members: Mapping[str, Any]) -> Iterator[bytes]:
    for number, (name, value) in enumerate(sorted(members.items())):
        yield b"%s%s:" % (b"," if number else b"{", json.dumps(name).encode())
        if name == "rows":
            yield from _pieces(value)
        elif isinstance(value, list | array) and len(value) > MANY:
            yield from _parts(value)
        else:
            yield _spelled(value)
    yield b"}"


def _parts(values: list[Any] | array[int]) -> Iterator[bytes]:
    for start in range(0, len(values), MANY):
        yield (b"," if start else b"[") + _spelled(list(values[start : start + MANY]))[1:-1]
    yield b"]"


def _spelled(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=list).encode()


def _by_severity(columns: Columns, severities: Mapping[str, Severity]) -> dict[Severity, Counter[Status]]:
    found: dict[Severity, Counter[Status]] = {severity: Counter() for severity in SEVERITIES}
    controls = columns.controls.values()
    for (control, status), number in Counter(zip(columns["control"], columns["status"], strict=True)).items():
        found[severities[controls[control]]][STATUSES[status]] += number
    return found


def _statuses_of_pairs(columns: Columns) -> dict[tuple[str, str], set[Status]]:
    controls, accounts = columns.controls.values(), columns.accounts.values()
    found: dict[tuple[str, str], set[Status]] = {}
    for control, account, status in set(zip(columns["control"], columns["account"], columns["status"], strict=True)):
        found.setdefault((controls[control], accounts[account]), set()).add(STATUSES[status])
    return found


def _since(drift: Drift) -> dict[str, Any]:
    """What the page says of the comparison beside its rows."""
    lost = [each for each in drift.changes if each.change in LOST]
    return {
        "run": drift.since,
        "started": drift.since_started,
        "signed": drift.since_signed_by is not None,
        "changes": CHANGES,
        "counts": [drift.counts[name] for name in CHANGES],
        "lost": [
            [*each.key, each.name, CHANGES.index(each.change), None if each.was is None else STATUSES.index(each.was)]
            for each in lost
        ],
        "incomparable": drift.incomparable,
        "askedNoMore": drift.not_asked,
        "askedNow": drift.not_asked_before,
    }
