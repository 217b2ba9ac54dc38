"""Reports at the end of an audit: the page that people open, and the machine formats that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from muster.errors import UsageError
from muster.evidence.run_folder import RunFolder
from muster.files.problems import did_you_mean
from muster.plugin.conductor import RUN_FOLDER
from muster.plugin.where import is_audit
from muster.run.options import split

if TYPE_CHECKING:  # reports are made at the end: what they take is not imported before the first read
    from reports.drift.compare import Drift
    from reports.run import ReportedRun

PAGE = "html"
SUMMARY = "reports.session.terminal"


def pytest_configure(config: pytest.Config) -> None:
    """Make reports where an audit is conducted."""
    if hasattr(config, "workerinput") or not is_audit(config):
        return
    try:
        names = split("--report", config.getoption("report")) or (PAGE,)
        refuse_unknown(names)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(ReportMaker(config, names), "muster-reports")


def refuse_unknown(names: Sequence[str]) -> None:
    """Raise `UsageError` for a report that does not exist, before anything is judged."""
    if set(names) <= {PAGE}:
        return
    from reports.formats import FORMATS

    known = (PAGE, *FORMATS)
    for name in names:
        if name not in known:
            raise UsageError(f"--report={name}: no such report; {did_you_mean(name, known)}")


class ReportMaker:
    """Makes the reports of one session, when its rows are whole and before its folder is sealed."""

    def __init__(self, config: pytest.Config, names: Sequence[str]) -> None:
        self._config = config
        self._names = names
        self._notes: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Make them all; `index.html` says what changed as `drift.json` does, or else since the run before like it."""
        from reports.drift.stored import drift_of
        from reports.run import ReportedRun

        self._config.pluginmanager.import_plugin(SUMMARY)
        folder: RunFolder | None = self._config.stash.get(RUN_FOLDER, None)
        if folder is None or not folder.run.exists():
            return
        run = ReportedRun.load(folder.path)
        self._notes += make(run, self._names, drift_of(run, self._notes.append))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what a format had no room for."""
        for note in self._notes:
            terminalreporter.write_line(note)


def make(run: ReportedRun, names: Sequence[str], drift: Drift | None) -> list[str]:
    """Make the named reports of a run in its folder; gives notes on what one of them had no room for."""
    from reports.formats import write_documents
    from reports.page.page import write_page

    if PAGE in names:
        write_page(run, drift)
    written = write_documents(run, [name for name in names if name != PAGE], run.folder.path)
    return [f"{document.path.name}: {note}" for document in written for note in document.notes]
