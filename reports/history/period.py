"""A period: what the nights between the first run and the last say of each control in each account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from itertools import groupby, pairwise

from muster.errors import UsageError
from muster.printable import counted
from muster.verdict import SEVERITIES, Severity
from reports.history.chain import chain_problems
from reports.history.database import STATES, RunTables, State, Window
from reports.history.folders import RunFiles, RunStore, find_runs

MOST_DAYS = 3_660
"""A period is at most about ten years long."""


@dataclass(frozen=True)
class Standing:
    """One control in one account over a period: a state a night.

    `evidence` is `live`, `sandbox`, `none` (there is no such account), or `unknown` (the run does not say).
    """

    control: str
    title: str
    severity: Severity | None
    account: str
    evidence: str
    states: tuple[State, ...]

    @property
    def counts(self) -> Counter[State]:
        """How many nights of each state."""
        return Counter(self.states)

    @property
    def applicable(self) -> int:
        """How many nights there were to be compliant in: all but those in which the control did not apply."""
        return len(self.states) - self.counts["not applicable"]

    @property
    def compliant(self) -> int:
        """How many nights it was compliant, with or without a waiver."""
        return self.counts["compliant"] + self.counts["waived"]

    @property
    def sentence(self) -> str:
        """`compliant 88 of 90 nights, 2 of them by a waiver`."""
        if not self.applicable:
            return f"not applicable in {counted(len(self.states), 'night')}"
        waived = self.counts["waived"]
        return f"compliant {self.compliant} of {counted(self.applicable, 'night')}" + (
            f", {waived} of them by a waiver" if waived else ""
        )

    @property
    def others(self) -> str:
        """`1 failed, 1 no run`: the nights that were not compliant and that the sentence does not speak of."""
        said = {"compliant", "waived"} if self.applicable else {"not applicable"}
        return ", ".join(f"{number} {state}" for state, number in sorted(self.counts.items()) if state not in said)

    @property
    def exceptions(self) -> str:
        """`2 by a waiver, 1 failed, 1 no run`: all nights that were not plainly compliant; empty where that is said."""
        if not self.applicable:
            return self.others
        waived = self.counts["waived"]
        return ", ".join(filter(None, (f"{waived} by a waiver" if waived else "", self.others)))

    def stretches(self) -> Iterator[tuple[int, int, State]]:
        """Nights in a row with one state: the first's position, how many, the state."""
        start = 0
        for state, group in groupby(self.states):
            length = len(list(group))
            yield start, length, state
            start += length


@dataclass(frozen=True)
class History:
    """Standings by severity, control and account, over every day from the first night to the last.

    `missing` are days without a run; `runs` those that count; `problems` sentences on what weakens the evidence.
    """

    nights: tuple[date, ...]
    missing: tuple[date, ...]
    runs: int
    mocked_runs: int
    standings: tuple[Standing, ...]
    problems: tuple[str, ...]


def open_history(location: str, window: Window) -> tuple[RunStore, RunTables]:
    """The run folders at a place and their tables. Raises UsageError where there is nothing to look at."""
    store = find_runs(location)
    _refuse_ages(store.runs, window)
    database = RunTables(store, window)
    database.count()
    return store, database


def period(store: RunStore, database: RunTables, *, controls: str = "*", accounts: str = "*") -> History:
    """The period over the runs that count; `controls` and `accounts` are patterns (fnmatch) of what is wanted."""
    nights = [row[0] for row in database.query("SELECT DISTINCT night FROM runs WHERE counted ORDER BY night")]
    if not nights:
        raise UsageError("no run counts: none began in these days, or all that did are replays")
    days = tuple(date.fromordinal(day) for day in range(nights[0].toordinal(), nights[-1].toordinal() + 1))
    figures = next(database.query("SELECT count(*), count_if(coalesce(mocked, false)) FROM runs WHERE counted"))
    wanted = (
        standing
        for standing in _standings(database)
        if fnmatchcase(standing.control, controls) and fnmatchcase(standing.account, accounts)
    )
    return History(
        nights=days,
        missing=tuple(day for day in days if day not in set(nights)),
        runs=figures[0],
        mocked_runs=figures[1],
        standings=tuple(sorted(wanted, key=_rank)),
        problems=tuple(_problems(store, database)),
    )


def _refuse_ages(runs: Sequence[RunFiles], window: Window) -> None:
    """A run that says it began in another age would stretch the table over all the days from then on."""
    counted = [(run.night, run.name) for run in runs if run.night and window.holds(run.night) and not run.is_replay]
    if not counted:
        return
    (first, oldest), (last, newest) = min(counted), max(counted)
    if (last - first).days > MOST_DAYS:
        raise UsageError(
            f"{oldest} began on {first} and {newest} on {last}, which is too long for one table:"
            " narrow it with --since and --until, or look whether one of them tells the truth"
        )


def _rank(standing: Standing) -> tuple[int, str, str, str]:
    severity = len(SEVERITIES) if standing.severity is None else SEVERITIES.index(standing.severity)
    return severity, standing.control, standing.account, standing.evidence


def _standings(database: RunTables) -> Iterator[Standing]:
    texts = {
        control: (title, severity)
        for control, title, severity in database.query(
            "SELECT control, arg_max(title, run), arg_max(severity, run) FROM controls GROUP BY control"
        )
    }
    rows = database.query(
        "SELECT control, account, evidence, state FROM nights ORDER BY control, account, evidence, night"
    )
    for (control, account, evidence), group in groupby(rows, key=lambda row: row[:3]):
        title, severity = texts.get(control, ("", None))
        yield Standing(control, title, severity, account, evidence, tuple(row[3] for row in group))


def _problems(store: RunStore, database: RunTables) -> Iterator[str]:
    runs = store.runs
    for run in (*runs, *store.fleets):
        yield from run.problems
    yield from chain_problems([*(run for run in runs if run.fleet is None), *store.fleets])
    for run in runs:
        part = run.record.part if run.record is not None else None
        if part is not None:
            yield (
                f"{run.name} is a part: it judged {part.judged:,} of {counted(part.asked, 'control')} in their accounts"
            )
    for run in runs:
        if run.night is None:
            yield f"{run.name} does not say when it began: it counts for no night"
    edited = {run.run for run in runs if run.edited}
    for name, rows, unreadable, ended in database.query(
        "SELECT run, rows, unreadable_rows, ended FROM runs WHERE counted AND NOT whole ORDER BY run"
    ):
        if name not in edited:  # why it is not whole was said
            yield _not_whole(name, rows, unreadable, is_over=ended is not None)
    yield from _ids(database)


def _not_whole(name: str, rows: int, unreadable: int, *, is_over: bool) -> str:
    torn = f", {unreadable:,} unreadable lines beside them" if unreadable else ""
    why = "its rows are not those that run.json counted" if is_over else "it did not come to its end"
    return (
        f"{name} is not whole: {why} ({rows - unreadable:,} readable rows{torn}): what does not fail in it is unknown"
    )


def _ids(database: RunTables) -> Iterator[str]:
    """Names that stood for more than one account."""
    seen = database.query(
        "SELECT account, id, min(run) FROM accounts JOIN runs USING (run)"
        " WHERE counted AND id IS NOT NULL GROUP BY account, evidence, id ORDER BY account, evidence, min(run)"
    )
    for (before, old, _), (after, new, run) in pairwise(seen):
        if before == after and old != new:
            yield f"{after} is account {old} before {run}, and account {new} from there on"


__all__ = ["STATES", "History", "Standing", "Window", "open_history", "period"]
