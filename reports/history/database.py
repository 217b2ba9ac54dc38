"""The runs of a place as tables: DuckDB over the files as they stand, with column types that are never guessed.

https://duckdb.org/docs/stable/data/json/loading_json
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import duckdb

from muster.errors import UsageError
from reports.history.folders import AccountRecord, RunFiles, RunStore
from reports.kinds import reported_kind

State = Literal[
    "failed",
    "unreadable",
    "not run",
    "no rows",
    "not whole",
    "waived",
    "compliant",
    "not applicable",
    "not asked",
    "no run",
]
"""What a night was for a control in an account: the first that fits.

`no rows`: it was asked, and nothing of it is there. `not whole`: nothing failed in what is left of a run that lacks
rows, so nobody knows. `not asked`: there were runs, and none asked this.
"""

STATES: tuple[State, ...] = get_args(State)

VIEWS: Mapping[str, tuple[str, ...]] = {
    "runs": (
        "run",
        "folder",
        "night",  # the day in UTC on which it began
        "counted",  # in the period, and no replay
        "started",
        "ended",
        "mocked",
        "replay_of",
        "profiles",
        "by",
        "exit_code",
        "rows",
        "unreadable_rows",
        "whole",  # it ended, its rows are as many of each status as it counted, and it is what its manifest says
    ),
    "controls": ("run", "control", "title", "severity", "domain", "kind", "parameters", "source_sha256"),
    "accounts": ("run", "account", "id", "kind", "evidence", "tags"),  # evidence: live, sandbox, or none
    "verdicts": (
        "run",
        "night",
        "counted",
        "control",
        "account",
        "region",
        "resource",
        "status",
        "reason",
        "parameters",
        "reads",
        "waiver",
        "judged_in",
        "judged_at",
        "name",
        "tags",
        "readable",  # not torn, every field there, of a known status, and of this run
    ),
    "nights": (  # a row a control, account, evidence and day between the first night and the last
        "control",
        "account",
        "evidence",
        "night",
        "state",
        "pass",  # how many verdicts of each status
        "fail",
        "error",
        "waived",
        "not_applicable",
        "not_run",
    ),
}
"""What a user's own SQL may rely on: the views and their columns."""

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Window:
    """The days (UTC) that count, both included; None is no limit."""

    since: date | None = None
    until: date | None = None

    def holds(self, night: date | None) -> bool:
        """Whether a night is in it; one that nobody knows is in none."""
        if night is None:
            return False
        return (self.since is None or self.since <= night) and (self.until is None or night <= self.until)


class RunTables:
    """The tables of a place: `controls`, `accounts` and `verdicts` from the start, the others once they are counted."""

    def __init__(self, store: RunStore, window: Window) -> None:
        files = [_as_pattern(run.verdicts) for run in store.runs if run.verdicts is not None]
        if not files:
            raise UsageError("none of the run folders has a verdicts.jsonl: there is no row to look at")
        self._connection = duckdb.connect(":memory:")
        # Nothing is fetched from anywhere: what is not in the installed package is not used.
        self._connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        if not store.is_local:
            self._connection.register_filesystem(store.filesystem)
        self._connection.execute("SET VARIABLE files = ?", [files])
        self._connection.execute("SET VARIABLE runs = ?", [_as_json(_run(run, window) for run in store.runs)])
        self._connection.execute("SET VARIABLE controls = ?", [_as_json(_controls(store.runs))])
        self._connection.execute("SET VARIABLE accounts = ?", [_as_json(_accounts(store.runs))])
        self._connection.execute("SET VARIABLE left_out = ?", [_as_json(_left_out(store.runs))])
        self._carry_out("tables.sql")

    def count(self) -> None:
        """Read all rows once and make `runs` and `nights`. Raises UsageError where a file cannot be read."""
        self._carry_out("counts.sql")

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """The rows of a query of ours, a few at a time. Raises UsageError where a file cannot be read."""
        try:
            cursor = self._connection.execute(sql, parameters or {})
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise UsageError(f"the rows of the run folders cannot be read: {error}") from error
        while rows := cursor.fetchmany(10_000):
            yield from rows

    def select(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The columns and rows of one SELECT of the user's. Raises UsageError for everything else."""
        try:
            statements = self._connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise UsageError("--sql takes one SELECT: the history is read, never written")
            cursor = self._connection.execute(statements[0])
            return [column[0] for column in cursor.description or ()], cursor.fetchall()
        except duckdb.Error as error:
            raise UsageError(f"--sql: {error}; the views are {', '.join(VIEWS)}") from error

    def _carry_out(self, name: str) -> None:
        try:
            self._connection.execute((_HERE / name).read_text(encoding="utf-8"))
        except duckdb.Error as error:
            raise UsageError(f"the rows of the run folders cannot be read: {error}") from error


def _as_pattern(address: str) -> str:
    """An address in which nothing stands for anything else: DuckDB takes every address for a pattern."""
    return re.sub(r"[*?\[]", r"[\g<0>]", address)


def _as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows))


def _run(run: RunFiles, window: Window) -> dict[str, Any]:
    """A row of `runs`; what `run.json` does not tell stays null."""
    night = run.night
    row: dict[str, Any] = {
        "run": run.run,
        "folder": run.name,
        "file": run.verdicts,
        "night": None if night is None else night.isoformat(),
        "counted": window.holds(night) and not run.is_replay,
        "edited": bool(run.edited),
    }
    if run.record is None:
        return row
    known = {"started", "ended", "mocked", "profiles", "by", "exit_code", "counts"}
    of = run.record.replay_of
    return row | run.record.model_dump(mode="json", include=known) | {"replay_of": of.run if of is not None else None}


def _controls(runs: Iterable[RunFiles]) -> Iterator[dict[str, Any]]:
    for run in runs:
        if run.record is not None:
            for id_, control in run.record.controls.items():
                yield {"run": run.run, "control": id_, **control.model_dump(mode="json")}


def _accounts(runs: Iterable[RunFiles]) -> Iterator[dict[str, Any]]:
    for run in runs:
        if run.record is not None:
            for account in run.record.accounts:
                yield {
                    "run": run.run,
                    "account": account.name,
                    "id": run.record.account_ids.get(account.name, account.id) or None,
                    "kind": account.kind,
                    "evidence": _evidence(account, run_is_mocked=run.record.mocked),
                    "tags": dict(account.tags),
                }


def _left_out(runs: Iterable[RunFiles]) -> Iterator[dict[str, Any]]:
    for run in runs:
        if run.record is not None and run.record.part is not None:
            for control, accounts in run.record.part.left_out.items():
                yield from ({"run": run.run, "control": control, "account": account} for account in accounts)


def _evidence(account: AccountRecord, *, run_is_mocked: bool) -> str:
    """What the account's verdicts are evidence of; what the estate declares goes with whom it was asked for."""
    if account.missing is not None:
        return "none"
    mocked = account.mocked or (not reported_kind(account.kind).is_asked and run_is_mocked)
    return "sandbox" if mocked else "live"
