"""What the page of a run shows, packed from its run folder and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muster.verdict import SEVERITIES, STATUSES, Severity, Status
from reports.page.answers import embedded_answers
from reports.page.changes import CHANGES, Key, gone, key_of, worst_by_key
from reports.page.columns import STATUS_ORDER, Columns
from reports.page.frameworks import framework_states
from reports.page.permissions import RefusedRead, refused_read
from reports.run import Run

COUNTED: tuple[Status, ...] = ("pass", "fail", "error", "not_run", "waived")
"""What the score is a share of: everything but what does not apply."""

# The statuses whose answers a reader wants at hand.
_EXPLAINED = {STATUSES.index(status) for status in ("fail", "error", "not_run")}
_UNSEEN = {STATUSES.index(status) for status in ("error", "not_run")}


@dataclass(frozen=True)
class PageData:
    """The data of a page: `main` as JSON, `answers` packed by hash, and the figures by severity and status."""

    main: Mapping[str, Any]
    answers: Mapping[str, str]
    by_severity: Mapping[Severity, Mapping[Status, int]]

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


def page_data(run: Run, previous: Run | None) -> PageData:
    """Pack a run, and what changed since an earlier one. Raises ValueError if rows and `run.json` do not agree."""
    columns = Columns()
    columns.extend(run.rows(), keep_keys=previous is not None)
    severities = _severities(run, columns)
    order = columns.order(severities)
    rows = columns.as_data(order)
    since = _since(columns, previous) if previous is not None else None
    if since is not None:
        rows |= columns.changes(order, since.pop("before"))
    read_lists, hashes = columns.read_lists.values(), columns.hashes.values()
    explained = (
        hashes[number]
        for status, reads in zip(rows["status"], rows["reads"], strict=True)
        if status in _EXPLAINED
        for number in read_lists[reads]
    )
    main = {
        "record": run.record,
        "replay": run.replay_note,
        "statuses": STATUSES,
        "statusOrder": STATUS_ORDER,
        "severities": SEVERITIES,
        "counted": COUNTED,
        "controls": columns.controls.values(),
        "accounts": columns.accounts.values(),
        "regions": columns.regions.values(),
        "texts": columns.texts.values(),
        "hashes": hashes,
        "readLists": read_lists,
        "rows": rows,
        "frameworks": framework_states(run.record.get("frameworks", {}), _statuses_of_controls(columns)),
        "unseen": _unseen(columns, order, run.record.get("permissions", {})),
        "since": since,
    }
    return PageData(main, embedded_answers(explained, run.folder.reads), _by_severity(columns, severities))


def _severities(run: Run, columns: Columns) -> dict[str, Severity]:
    unknown = sorted(set(columns.controls.values()) - set(run.record["controls"]))
    if unknown:
        raise ValueError(
            f"{run.folder.verdicts} has rows of {', '.join(unknown)}, which run.json beside it does not name:"
            " one of the two files is from another run or was changed; verify the folder against manifest.json"
        )
    return {control: run.control(control)["severity"] for control in columns.controls.values()}


def _by_severity(columns: Columns, severities: Mapping[str, Severity]) -> dict[Severity, Counter[Status]]:
    found: dict[Severity, Counter[Status]] = {severity: Counter() for severity in SEVERITIES}
    controls = columns.controls.values()
    for (control, status), number in Counter((row[2], row[1]) for row in columns.rows).items():
        found[severities[controls[control]]][STATUSES[status]] += number
    return found


def _statuses_of_controls(columns: Columns) -> dict[str, set[Status]]:
    controls = columns.controls.values()
    found: dict[str, set[Status]] = {}
    for control, status in {(row[2], row[1]) for row in columns.rows}:
        found.setdefault(controls[control], set()).add(STATUSES[status])
    return found


def _since(columns: Columns, previous: Run) -> dict[str, Any]:
    """What the page says of the earlier run; `before` is for the columns and is not packed."""
    before: dict[Key, Status] = worst_by_key((key_of(row), row.status) for row in previous.rows())
    now = worst_by_key(columns.keys)
    asked_then, asked_now = {key[:2] for key in before}, {key[:2] for key in now}
    return {
        "before": before,
        "run": previous.record["run"],
        "started": previous.record["started"],
        "changes": CHANGES,
        "gone": [[*lost.key, STATUSES.index(lost.was)] for lost in gone(before, now)],
        "askedNoMore": len(asked_then - asked_now),
        "askedNow": len(asked_now - asked_then),
    }


def _unseen(columns: Columns, order: list[int], permissions: Mapping[str, str]) -> list[dict[str, Any]]:
    """The reads that gave no answer, those that most verdicts miss first, with the permission each lacked."""
    controls, accounts, texts = columns.controls.values(), columns.accounts.values(), columns.texts.values()
    groups: dict[tuple[str, ...], dict[str, Any]] = {}
    for position in order:
        _, status, control, account, region, _, reason = columns.rows[position][:7]
        if status not in _UNSEEN:
            continue
        data = _unseen_read(texts[reason], columns.regions.values()[region], permissions)
        identity = (accounts[account], data["call"] or texts[reason], data["region"], data["code"] or "")
        group = groups.setdefault(identity, {"account": accounts[account], **data, "rows": 0, "controls": []})
        group["rows"] += 1
        if controls[control] not in group["controls"]:
            group["controls"].append(controls[control])
    return sorted(groups.values(), key=lambda group: -int(group["rows"]))


def _unseen_read(reason: str, region: str, permissions: Mapping[str, str]) -> dict[str, Any]:
    read: RefusedRead | None = refused_read(reason)
    if read is None:
        return {"call": None, "region": region, "code": None, "message": reason, "permission": None, "denied": False}
    return {
        "call": read.call,
        "region": read.region,
        "code": read.code,
        "message": read.message,
        "permission": read.permission(permissions),
        "denied": read.is_denial,
    }
