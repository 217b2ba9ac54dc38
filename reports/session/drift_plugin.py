"""`--since` and `--fail-on`: what changed since an earlier run, and an exit code that asks for that alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from muster.errors import UsageError
from muster.evidence.run_folder import RunFolder
from muster.plugin.conductor import PLANNER, RUN_FOLDER
from muster.plugin.items import PROPERTY
from muster.plugin.options import read_options
from muster.plugin.places import STORE, runs_kept
from muster.plugin.where import is_audit
from muster.printable import one_line
from muster.run.planning import Planner
from reports.console import console_of
from reports.drift.baseline import Asked, Baseline, accounts_selected, first_like, latest_like, verified, whole
from reports.drift.changes import NEW
from reports.drift.compare import Changed, Drift, compare
from reports.drift.stored import NAME, write_drift
from reports.run import ReportedRun

LATEST = "latest"
MOST_SHOWN = 20
FIRST_NIGHT = "no whole run of the same profiles and accounts stands here yet, so there is nothing to compare with"
NEW_SINCE_WHEN = "--fail-on=new: new since when? Name a run with --since=RUN or --since=latest"
UNSIGNED = "The run compared with is not signed: whoever may write there could have made its old failures up."


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take part where an audit is conducted and a run to compare with was named."""
    if hasattr(config, "workerinput") or not is_audit(config) or config.getoption("collectonly"):
        return
    since, fail_on = config.getoption("since"), config.getoption("fail_on")
    try:
        if since is None and fail_on == "new":
            raise UsageError(NEW_SINCE_WHEN)
        if since is not None:
            reporter = DriftReporter(config, baseline(config, since), fail_on)
            config.pluginmanager.register(reporter, "muster-drift")
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


def baseline(config: pytest.Config, since: str) -> Baseline | None:
    """The run to compare with, verified; None where none is like this one yet. Raises `UsageError`."""
    if since != LATEST:
        return whole(Path(since), f"--since={since}")
    asked = _asked(config.stash[PLANNER])
    if STORE in config.stash:
        latest = first_like(map(ReportedRun.load, runs_kept(config)), asked)
    else:
        latest = latest_like(read_options(config).reports, asked)
    return verified(latest.folder.path, f"--since={LATEST} ({latest.folder.path})") if latest is not None else None


def _asked(planner: Planner) -> Asked:
    organization = planner.discovered.record if planner.discovered is not None else None
    return Asked(
        planner.profiles,
        accounts_selected(organization, planner.accounts_asked),
        planner.not_asked.by if planner.not_asked is not None else (),
    )


class DriftReporter:
    """Compares the run of this session with an earlier one, when its rows are whole and before its folder is sealed.

    Without an earlier one (a first night) everything in it is new.
    """

    def __init__(self, config: pytest.Config, baseline: Baseline | None, fail_on: str) -> None:
        self._config = config
        self._baseline = baseline
        self._fail_on = fail_on
        self._drift: Drift | None = None
        self._something_else_failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what failed without a verdict to show for it: a crash is no old failure."""
        judged = report.when == "call" and any(name == PROPERTY for name, _ in report.user_properties)
        self._something_else_failed |= report.failed and not judged

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected."""
        self._something_else_failed |= report.failed

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Compare, write `drift.json`, and let the run pass if it may."""
        folder: RunFolder | None = self._config.stash.get(RUN_FOLDER, None)
        if folder is None or not folder.run.exists():
            return
        current = ReportedRun.load(folder.path)
        if current.record["ended"] is None:
            return
        record = {**current.record, "fail_on": self._fail_on, "since": None}
        if self._baseline is not None:
            compared = compare(self._baseline.run, current)
            self._drift = replace(compared, since_signed_by=self._baseline.signed_by)
            write_drift(folder, self._drift)
            record["since"] = self._drift.since
        if self._fail_on == "new" and session.exitstatus == pytest.ExitCode.TESTS_FAILED and self._may_pass(current):
            session.exitstatus = pytest.ExitCode.OK
            record["exit_code"] = int(pytest.ExitCode.OK)
        folder.write_run(record)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print what changed."""
        console = console_of(terminalreporter)
        console.print()
        if self._baseline is None:
            console.print(Text(f"Since {LATEST}: {FIRST_NIGHT}"), soft_wrap=True)
        if self._drift is None:
            return
        print_drift(self._drift, console)
        if self._drift.since_signed_by is None:
            console.print(Text(f"\n{UNSIGNED}", "yellow"), soft_wrap=True)
        if self._fail_on == "new":
            told = "fails: something is new" if self._drift.is_new else "does not fail for what was there before"
            console.print(Text(f"\n--fail-on=new: the run {told}"), soft_wrap=True)

    def _may_pass(self, current: ReportedRun) -> bool:
        nothing_new = self._drift is not None and not self._drift.is_new
        return nothing_new and not current.record["problems"] and not self._something_else_failed


def print_drift(drift: Drift, console: Console) -> None:
    """Print how much changed, and the first of what is new."""
    table = Table(box=None, pad_edge=False, title=f"Since {drift.since}", title_justify="left")
    table.add_column("change")
    table.add_column("verdicts", justify="right")
    for name, number in drift.counts.items():
        if number:
            table.add_row(name, str(number), style="bold red" if name in NEW else None)
    console.print(table if any(drift.counts.values()) else f"Since {drift.since}: nothing changed")
    for account, why in drift.incomparable.items():
        console.print(Text(f"! {one_line(account)} is not compared: {why}", "bold red"), soft_wrap=True)
    told = [each for each in drift.changes if not each.change.startswith("still")]
    for each in told[:MOST_SHOWN]:
        console.print(Text(_line(each)), soft_wrap=True)
    if len(told) > MOST_SHOWN:
        console.print(f"… and {len(told) - MOST_SHOWN:,} more; all of them are in {NAME}")


def _line(each: Changed) -> str:
    why = f": {'; '.join(each.why)}" if each.why else ""
    name = f" “{each.name}”" if each.name and not each.resource.endswith(each.name) else ""
    return one_line(f"{each.change:18} {each.control}  {each.resource}{name} ({each.account}, {each.region}){why}")
