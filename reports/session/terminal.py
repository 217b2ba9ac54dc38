"""The end of an audit on the terminal: the figures, the worst of what fails, what could not be read, the report.

What fails for one reason in forty accounts is one line.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from muster.evidence.run_folder import RunFolder
from muster.plugin.conductor import RUN_FOLDER
from muster.printable import counted, one_line
from muster.verdict import NEEDS_SOMEBODY, STATUSES, Status
from reports.console import console_of
from reports.groups import Groups
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

MOST_LINES = 10
MOST_ACCOUNTS = 20


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
    groups = Groups(run)
    summary = Summary.of(run, groups.noting(run.rows()))
    console.print(_figures("domain", {**summary.by_domain, "total": summary.totals}))
    if len(groups.by_account) > 1:
        _print_accounts(groups, console)
    _print_failing(groups, console)
    _print_causes(groups, console)
    _print_unreachable(run, console)
    _print_left_out(run, console)
    for problem in run.record["problems"] or []:
        console.print(Text.assemble(("\n! ", "bold red"), one_line(problem["text"])), soft_wrap=True)
    for framework, missing in run.record["uncovered"].items():
        if missing:
            console.print(
                Text(
                    "\n" + one_line(f"{framework}: {len(missing)} requirements have no control yet: {_some(missing)}")
                ),
                soft_wrap=True,
            )
    for note in run.notes:
        console.print(Text(f"\n{one_line(str(note))}", "yellow"), soft_wrap=True)
    console.print(Text(f"\nReport: {_relative(report)}"), soft_wrap=True)
    if (run.folder.path / PAGE).exists():
        console.print(Text(f"Page:   {_relative(run.folder.path / PAGE)}"), soft_wrap=True)


def _some(ids: Sequence[str]) -> str:
    """The first of many ids, and how many there are beside them: a large framework has hundreds without a control."""
    more = f" and {len(ids) - MOST_LINES:,} more (uncovered in run.json)" if len(ids) > MOST_LINES else ""
    return ", ".join(ids[:MOST_LINES]) + more


def _print_accounts(groups: Groups, console: Console) -> None:
    """The figures of each account, those with most that needs somebody first."""

    def worst_first(entry: tuple[str, Counter[Status]]) -> tuple[int, str]:
        account, counts = entry
        return -sum(counts[status] for status in NEEDS_SOMEBODY), account

    entries = sorted(groups.by_account.items(), key=worst_first)
    console.print()
    console.print(_figures("account", dict(entries[:MOST_ACCOUNTS])))
    _print_more(len(entries) - MOST_ACCOUNTS, "accounts", console)


def _print_failing(groups: Groups, console: Console) -> None:
    if not groups.failing:
        return
    console.print("\nThe worst of it", style="bold")
    for each in groups.failing[:MOST_LINES]:
        asked = groups.accounts_asked(each.control)
        resources = f"{counted(each.resources, 'resource')}, " if each.resources > 1 else ""
        line = Text.assemble(
            ("fail  ", STYLES["fail"]),
            f"{groups.run.severity(each.first):8} {each.control}: {len(each.accounts):,} of"
            f" {counted(asked, 'account')}",
            f"  {resources}{'first ' if resources else ''}{one_line(each.first.called)}",
            f" ({one_line(each.first.account)}, {one_line(each.first.region)})",
        )
        console.print(line, soft_wrap=True)
    _print_more(len(groups.failing) - MOST_LINES, "controls that fail", console)


def _print_unreachable(run: ReportedRun, console: Console) -> None:
    """The accounts that could not be entered, once a cause: of their controls nothing else is printed."""
    shut: dict[str, list[str]] = {}
    for account, reason in run.record.get("unreachable", {}).items():
        shut.setdefault(reason.removeprefix(f"the account {account} could not be entered: "), []).append(account)
    for cause, accounts in sorted(shut.items(), key=lambda entry: -len(entry[1]))[:MOST_LINES]:
        named = ", ".join(accounts[:MOST_ACCOUNTS]) + (", …" if len(accounts) > MOST_ACCOUNTS else "")
        line = f"{counted(len(accounts), 'account')} could not be entered: {one_line(cause)} ({one_line(named)})"
        console.print(Text.assemble(("\n! ", "bold red"), line), soft_wrap=True)
    _print_more(len(shut) - MOST_LINES, "causes for which accounts could not be entered", console)


def _print_left_out(run: ReportedRun, console: Console) -> None:
    """Each account of the organization that is not judged, with the reason."""
    organization = run.record.get("organization") or {}
    left_out = [each for each in organization.get("accounts") or () if each["reason"] is not None]
    if left_out:
        console.print("\nAccounts of the organization that are left out", style="bold")
    for each in left_out:
        console.print(Text(one_line(f"{each['id']} {each['name']} ({each['path']}): {each['reason']}")), soft_wrap=True)


def _print_causes(groups: Groups, console: Console) -> None:
    if not groups.causes:
        return
    console.print("\nWhat could not be judged, by its cause", style="bold")
    for each in groups.causes[:MOST_LINES]:
        missing = f" (missing: {each.permission})" if each.permission else ""
        line = Text.assemble(
            ("error ", STYLES["error"]),
            f"{one_line(each.text)}{one_line(missing)}: {counted(len(each.controls), 'control')} in"
            f" {len(each.accounts):,} of {counted(len(groups.by_account), 'account')}",
        )
        console.print(line, soft_wrap=True)
    _print_more(len(groups.causes) - MOST_LINES, "causes", console)


def _print_more(number: int, what: str, console: Console) -> None:
    if number > 0:
        console.print(f"… and {number:,} more {what}: the page has all of them", style="dim")


def _figures(what: str, counts_by_name: Mapping[str, Counter[Status]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(what)
    for status in STATUSES:
        table.add_column(status_words(status), justify="right")
    for name, counts in counts_by_name.items():
        style = "bold" if name == "total" else None
        table.add_row(Text(one_line(name)), *(_figure(status, counts[status]) for status in STATUSES), style=style)
    return table


def _figure(status: Status, number: int) -> Text:
    return Text(str(number), STYLES[status] if number else "dim")


def _relative(path: Path) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
