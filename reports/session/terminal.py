"""The end of an audit on the terminal: the figures a domain, the ten worst findings, what else is wrong, the report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from muster.evidence.run_folder import RunFolder
from muster.plugin.conductor import RUN_FOLDER
from muster.printable import one_line
from muster.verdict import STATUSES, Status
from reports.console import console_of
from reports.page.page import NAME as PAGE
from reports.run import ReportedRun, Summary, status_words

STYLES: dict[Status, str] = {
    "pass": "green",
    "fail": "bold red",
    "error": "bold magenta",
    "waived": "yellow",
    "not_applicable": "dim",
    "not_run": "bold magenta",
}


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the summary of the run that this session made, if it made one."""
    folder: RunFolder | None = config.stash.get(RUN_FOLDER, None)
    if folder is None or not folder.run.exists():
        return
    console = console_of(terminalreporter)
    console.print()
    print_summary(ReportedRun.load(folder.path), console, Path(config.option.htmlpath))


def print_summary(run: ReportedRun, console: Console, report: Path) -> None:
    """Print what a reader must know before opening the report."""
    summary = Summary.of(run)
    console.print(_figures(summary))
    if summary.worst:
        console.print("\nThe worst of it", style="bold")
        for row in summary.worst:
            line = Text.assemble(
                (f"{status_words(row.status):5} ", STYLES[row.status]),
                f"{run.severity(row):8} {row.control}  {one_line(row.called)}",
                f" ({one_line(row.account)}, {one_line(row.region)})",
            )
            console.print(line, soft_wrap=True)
    for problem in run.record["problems"] or []:
        console.print(Text.assemble(("\n! ", "bold red"), one_line(problem["text"])), soft_wrap=True)
    for framework, missing in run.record["uncovered"].items():
        if missing:
            console.print(
                Text(
                    "\n"
                    + one_line(f"{framework}: {len(missing)} requirements have no control yet: {', '.join(missing)}")
                ),
                soft_wrap=True,
            )
    for note in run.notes:
        console.print(Text(f"\n{one_line(str(note))}", "yellow"), soft_wrap=True)
    console.print(Text(f"\nReport: {_relative(report)}"), soft_wrap=True)
    if (run.folder.path / PAGE).exists():
        console.print(Text(f"Page:   {_relative(run.folder.path / PAGE)}"), soft_wrap=True)


def _figures(summary: Summary) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("domain")
    for status in STATUSES:
        table.add_column(status_words(status), justify="right")
    for domain, counts in summary.by_domain.items():
        table.add_row(domain, *(_figure(status, counts[status]) for status in STATUSES))
    table.add_row("total", *(_figure(status, summary.totals[status]) for status in STATUSES), style="bold")
    return table


def _figure(status: Status, number: int) -> Text:
    return Text(str(number), STYLES[status] if number else "dim")


def _relative(path: Path) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
