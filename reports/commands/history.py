"""`python -m reports history RUNS`: the period view over many runs, and the user's own SQL over their rows."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from muster.errors import UsageError
from muster.printable import counted
from muster.run.places import runs_at
from reports.commands import sheet

if TYPE_CHECKING:
    from reports.history.period import History, Standing

MISSING_EXTRA = "the history needs duckdb and fsspec: pip install 'muster[history]'"

_HEAD = ("severity", "control", "account", "evidence", "compliant", "nights", "in words")


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "history",
        help="control × account × night over many runs",
        description="Control × account × night over the run folders of one place. A night on which nothing is known is"
        " never a compliant one.",
    )
    parser.add_argument(
        "runs", metavar="RUNS", help="the folder, or s3://BUCKET/PREFIX, in which the runs stand; they may be packed"
    )
    parser.add_argument("--since", type=day, metavar="DATE", help="the first day (UTC) that counts")
    parser.add_argument("--until", type=day, metavar="DATE", help="the last day (UTC) that counts")
    parser.add_argument("--control", default="*", metavar="PATTERN", help="only controls that match")
    parser.add_argument("--account", default="*", metavar="PATTERN", help="only accounts that match")
    parser.add_argument(
        "--sql", metavar="SELECT", help="one SELECT over the views runs, controls, accounts, verdicts and nights"
    )
    sheet.add_output(parser, sheet.FORMATS, "table")


def run(arguments: argparse.Namespace) -> None:
    """Carry it out. Raises `UsageError` for a mistake in what was asked."""
    with runs_at(arguments.runs) as runs:
        document = _document(arguments, runs)
    sheet.write(document, arguments.output)


def is_missing_extra(error: ModuleNotFoundError) -> bool:
    """Whether what could not be imported is of the extra `history`."""
    return (error.name or "").partition(".")[0] in ("duckdb", "fsspec")


def _document(arguments: argparse.Namespace, runs: str) -> str:
    try:
        from reports.history import period as periods
    except ModuleNotFoundError as error:
        if not is_missing_extra(error):
            raise
        raise UsageError(MISSING_EXTRA) from error
    store, database = periods.open_history(runs, periods.Window(arguments.since, arguments.until))
    if arguments.sql is not None:
        columns, rows = database.select(arguments.sql)
        mocked = sum(run.record is not None and run.record.mocked for run in store.runs)
        return _answer(arguments, columns, rows, _mocked(mocked, len(store.runs)) if mocked else None)
    found = periods.period(store, database, controls=arguments.control, accounts=arguments.account)
    if not found.standings:
        raise UsageError("no run of the period asked such a control of such an account: widen the patterns or the days")
    if arguments.format == "html":
        groups = [(name, list(group)) for name, group in groupby(found.standings, key=lambda one: one.control)]
        return sheet.rendered_page(
            "history.html.j2", period=found, notes=list(_notes(found)), states=periods.STATES, groups=groups
        )
    rows = [_row(found, standing) for standing in found.standings]
    days = [night.isoformat() for night in found.nights]
    if arguments.format == "csv":
        return sheet.table_as_csv(
            (*_HEAD, *days), [(*row, *s.states) for row, s in zip(rows, found.standings, strict=True)]
        )
    return sheet.table_as_text([*_notes(found), *found.problems], _HEAD, rows)


def _answer(
    arguments: argparse.Namespace, columns: list[str], rows: Sequence[Sequence[Any]], mocked: str | None
) -> str:
    """What the user's SELECT gave. A CSV has no place for a note, and so it has a column more."""
    if arguments.format == "csv":
        return sheet.table_as_csv([*columns, "evidence"], [(*row, mocked or "live") for row in rows])
    if arguments.format == "html":
        values = {"title": "History", "notes": [arguments.sql], "columns": columns, "rows": rows, "mocked": mocked}
        return sheet.rendered_page("sheet.html.j2", **values)
    return sheet.table_as_text([mocked] if mocked else [], columns, rows)


def _row(found: History, standing: Standing) -> tuple[Any, ...]:
    return (
        standing.severity,
        standing.control,
        standing.account,
        standing.evidence,
        standing.compliant,
        standing.applicable,
        "; ".join(filter(None, (standing.sentence, standing.others))),
    )


def _notes(found: History) -> Iterator[str]:
    if found.mocked_runs:
        yield _mocked(found.mocked_runs, found.runs)
    first, last = found.nights[0], found.nights[-1]
    yield f"{counted(len(found.nights), 'night')} from {first} to {last} (UTC), {counted(found.runs, 'run')}"
    if found.missing:
        yield f"{counted(len(found.missing), 'night')} without a run: {', '.join(map(str, found.missing))}"
    else:
        yield "No night without a run"


def _mocked(mocked: int, runs: int) -> str:
    return f"SANDBOX: {mocked} of {counted(runs, 'run')} judged mocked accounts. They are no evidence of real ones."


def day(text: str) -> date:
    """A day as ISO 8601 spells it; argparse names this function where it is none."""
    return date.fromisoformat(text)
