"""`--since` and `--fail-on`: what changed since an earlier run, and an exit code that asks for that alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from muster.errors import BadEvidence, UsageError
from muster.evidence.manifest import Manifest, sha256_of
from muster.evidence.plain_files import is_plain, read_plain
from muster.evidence.run_folder import RunFolder
from muster.plugin.conductor import RUN_FOLDER
from muster.plugin.hooks import is_audit
from muster.plugin.items import PROPERTY
from muster.plugin.options import read_options
from muster.printable import one_line
from reports.console import console_of
from reports.drift import NEW, Changed, Drift, compare
from reports.run import Run

NAME = "drift.json"
MOST_SHOWN = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --since and --fail-on."""
    group = parser.getgroup("muster")
    group.addoption(
        "--since", metavar="RUN", help="say what changed since an earlier run: its folder, or latest for the last one"
    )
    group.addoption(
        "--fail-on",
        choices=("any", "new"),
        default="any",
        help="new: failures and unreadable reads that --since had already do not fail the run (default: any)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take part where an audit is conducted and a run to compare with was named."""
    if hasattr(config, "workerinput") or not is_audit(config) or config.getoption("collectonly"):
        return
    since, fail_on = config.getoption("since"), config.getoption("fail_on")
    try:
        if since is None and fail_on == "new":
            raise UsageError("--fail-on=new: new since when? Name a run with --since=RUN or --since=latest")
        if since is not None:
            path = read_options(config).latest if since == "latest" else Path(since)
            config.pluginmanager.register(DriftReporter(config, baseline(path), fail_on), "muster-drift")
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


def baseline(path: Path) -> Run:
    """The run to compare with. Raises `UsageError` if it cannot be read whole, or is not what its manifest says."""
    asked = f"--since={path}"
    folder = RunFolder(path.resolve())
    if not folder.run.is_file():
        raise UsageError(f"{asked}: no run folder (there is no run.json in it); leave --since out of a first run")
    try:
        manifest = Manifest.parse(read_plain(folder.path, folder.manifest.name))
        run = Run.load(folder.path)
    except FileNotFoundError as error:
        raise UsageError(
            f"{asked}: that run did not come to its end (it has no manifest.json); name another"
        ) from error
    except BadEvidence as error:
        raise UsageError(f"{asked}: its manifest.json or run.json is damaged ({error}); name another run") from error
    for file in (folder.run, folder.verdicts):
        if not is_plain(folder.path, file.name) or sha256_of(file) != manifest.files.get(file.name):
            raise UsageError(
                f"{asked}: {file.name} is not what it was at the end of that run"
                f" (python -m muster verify {folder.path}); name another run"
            )
    return run


class DriftReporter:
    """Compares the run of this session with an earlier one, when its rows are whole and before its folder is sealed."""

    def __init__(self, config: pytest.Config, previous: Run, fail_on: str) -> None:
        self._config = config
        self._previous = previous
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
        current = Run.load(folder.path)
        if current.record["ended"] is None:
            return
        self._drift = compare(self._previous, current)
        (folder.path / NAME).write_text(json.dumps(self._drift.as_data(), indent=1) + "\n", encoding="utf-8")
        if self._fail_on == "new":
            record = {**current.record, "fail_on": "new", "since": self._drift.since}
            if session.exitstatus == pytest.ExitCode.TESTS_FAILED and self._may_pass(current, self._drift):
                session.exitstatus = pytest.ExitCode.OK
                record["exit_code"] = int(pytest.ExitCode.OK)
            folder.write_run(record)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print what changed."""
        if self._drift is None:
            return
        console = console_of(terminalreporter)
        console.print()
        print_drift(self._drift, console)
        if self._fail_on == "new":
            told = "fails: something is new" if self._drift.is_new else "does not fail for what was there before"
            console.print(Text(f"\n--fail-on=new: the run {told}"), soft_wrap=True)

    def _may_pass(self, current: Run, drift: Drift) -> bool:
        return not (drift.is_new or current.record["problems"] or self._something_else_failed)


def print_drift(drift: Drift, console: Console) -> None:
    """Print how much changed, and the first of what is new."""
    table = Table(box=None, pad_edge=False, title=f"Since {drift.since}", title_justify="left")
    table.add_column("change")
    table.add_column("resources", justify="right")
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
    return one_line(f"{each.change:18} {each.control}  {each.resource} ({each.account}, {each.region}){why}")
