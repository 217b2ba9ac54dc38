"""The open items of a run: failures, waived ones, and what could not be judged, each with its owner and its dates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from muster.errors import UsageError
from muster.verdict import SEVERITIES, Severity, Status, Verdict
from reports.drift.changes import RowKey, row_key
from reports.history.database import RunTables, Window
from reports.history.folders import RunStore, find_runs
from reports.poam.owners import OWNER_TAGS, Owner, Owners
from reports.run import ReportedRun

DUE_DAYS: Mapping[Severity, int] = {"critical": 15, "high": 30, "medium": 90, "low": 180}
"""How many days after it was first seen an item is due, unless the user says otherwise."""

OPEN: tuple[Status, ...] = ("fail", "error", "not_run", "waived")
"""The statuses of open items: what could not be judged is not known to hold."""

_FIRST_SEEN = Path(__file__).with_name("first_seen.sql")


@dataclass(frozen=True)
class Age:
    """When an item was first seen open, and the last run before that saw it closed; None where no run did."""

    first_seen: date
    last_closed: date | None


@dataclass(frozen=True)
class PlanItem:
    """One open item: `waiver` is what `run.json` says of the waiver that covers it."""

    row: Verdict
    severity: Severity
    title: str
    fix: str
    owner: Owner
    age: Age
    due: date
    waiver: Mapping[str, Any] | None

    @property
    def deadline(self) -> date:
        """The day by which it must be closed: a waiver's last day, where one covers it."""
        return date.fromisoformat(self.waiver["expires"]) if self.waiver is not None else self.due

    @property
    def id(self) -> str:
        """Its id, the same in every run and every format."""
        return str(uuid5(NAMESPACE_URL, "muster:poam:" + json.dumps(row_key(self.row))))


@dataclass(frozen=True)
class ActionPlan:
    """The items of a run by severity, then status; `as_of` is the day of the run, `earlier` how many runs before it."""

    as_of: date
    items: tuple[PlanItem, ...]
    earlier: int

    def is_overdue(self, item: PlanItem) -> bool:
        """Whether its day was over on the day of the run."""
        return self.as_of > item.deadline


def make_plan(run: ReportedRun, due_days: Mapping[Severity, int], owner_tags: Sequence[str] = OWNER_TAGS) -> ActionPlan:
    """The plan of a run; the runs before it that stand beside its folder tell how old its items are.

    Raises UsageError where the folder beside it cannot be taken, and `BadEvidence` where its rows are not of this run.
    """
    worst: dict[RowKey, Verdict] = {}
    for row in sorted((row for row in run.rows() if row.status in OPEN), key=lambda row: _rank(run, row)):
        worst.setdefault(row_key(row), row)
    rows = list(worst.values())
    store = find_runs(str(run.folder.path.resolve().parent))
    earlier, ages = _ages(store, run, rows)
    owners = Owners(run, owner_tags)
    waivers = {waiver["id"]: waiver for waiver in run.record["waivers"]}
    as_of = datetime.fromisoformat(run.record["as_of"]).astimezone(UTC).date()
    items = []
    for row in rows:
        control, severity = run.control(row.control), run.severity(row)
        age = ages.get(row_key(row), Age(as_of, None))
        due = age.first_seen + timedelta(days=due_days[severity])
        waiver = waivers.get(row.waiver or "")
        items.append(PlanItem(row, severity, control["title"], control["fix"], owners.of(row), age, due, waiver))
    return ActionPlan(as_of, tuple(items), earlier)


def _ages(store: RunStore, run: ReportedRun, rows: Sequence[Verdict]) -> tuple[int, dict[RowKey, Age]]:
    """How many runs there are before this one, and the ages of its open items."""
    name = run.record["run"]
    of_today = [found for found in store.runs if name in (found.run, found.fleet)]
    began = [found.record.started for found in of_today if found.record is not None]
    if not began:
        raise UsageError(f"{run.folder.run}: it cannot be compared with other runs: a key that they have is missing")
    earlier = [
        found
        for found in store.runs
        if found.record is not None and not (found.is_replay or found.edited) and found.record.started < min(began)
    ]
    nights = {found.fleet or found.run for found in earlier}
    if not earlier or not rows:
        return len(nights), {}
    wanted = (*earlier, *of_today)
    database = RunTables(RunStore(store.filesystem, store.is_local, wanted), Window())
    open_rows = [
        dict(zip(("control", "account", "region", "resource"), row_key(row), strict=True))
        | {"item": number, "failing": row.status in ("fail", "waived")}
        for number, row in enumerate(rows)
    ]
    found = database.query(
        _FIRST_SEEN.read_text(encoding="utf-8"),
        {"runs": [found.run for found in of_today], "open": json.dumps(open_rows, ensure_ascii=False)},
    )
    ages = {
        row_key(rows[item]): Age((first or min(began)).date(), closed and closed.date())
        for item, first, closed in found
    }
    return len(nights), ages


def _rank(run: ReportedRun, row: Verdict) -> tuple[Any, ...]:
    return (SEVERITIES.index(run.severity(row)), OPEN.index(row.status), *row_key(row))


def parse_due(text: str) -> Iterator[tuple[Severity, int]]:
    """What `critical=7,high=14` says. Raises ValueError for anything else."""
    for part in text.split(","):
        severity, _, days = part.partition("=")
        matching = [known for known in SEVERITIES if known == severity.strip()]
        if not matching or not days.strip().isdigit():
            raise ValueError(f"{part!r}: expected SEVERITY=DAYS, with a severity of {', '.join(SEVERITIES)}")
        yield matching[0], int(days)
