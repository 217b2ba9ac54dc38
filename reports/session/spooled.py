"""Pytest's own reports of an audit: what is told of an item goes to disk with the item, and not to memory.

`report.html` and `junit.xml` are those of pytest-html and pytest. Both hold all cases until the end, some 8 KB an item,
and then make the whole document of them at once. Here a case goes to a file once pytest has torn its item down, and
from there into the document, a piece at a time. So do the reports of which the terminal's summary is made.
"""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TextIO, cast
from xml.etree import ElementTree

import pytest
from _pytest.junitxml import LogXML, xml_key
from _pytest.nodeid import NodeId
from _pytest.subtests import failed_subtests_key
from pytest_html.basereport import BaseReport

from muster.plugin.where import is_audit
from reports.session.on_disk import CountedIds, ReportsOnDisk

PLACEHOLDER = "muster: the cases that are on disk"
SUITE_ENDS = "</testsuite></testsuites>"


def pytest_configure(config: pytest.Config) -> None:
    """Take part in an audit, also where xdist's workers judge: the terminal's reporter is there, too."""
    if is_audit(config):
        config.pluginmanager.register(Spooler(config), "muster-spooler")


class Spooler:
    """Lets each report that pytest and its plugins make let go of an item when its last word was said."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._junit: SpooledJunit | None = None
        self._html: list[SpooledHtml] = []
        self._terminal: SpooledTerminal | None = None
        self._files = ExitStack()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Find the reports of this session: plugins make them when they are configured."""
        junit = self._config.stash.get(xml_key, None)
        self._junit = SpooledJunit(junit, self._file()) if junit is not None else None
        plugins = [plugin for _, plugin in self._config.pluginmanager.list_name_plugin()]
        self._html = [SpooledHtml(each, self._file()) for each in plugins if isinstance(each, BaseReport)]
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is not None:
            told = TemporaryFile("w+b")  # noqa: SIM115  # open until pytest is unconfigured
            self._files.push(told)
            self._terminal = SpooledTerminal(terminal, told, self._config.getoption("durations", None) is not None)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Iterator[None]:
        """Once all have noted the last report of an item, put it on disk."""
        yield
        if self._terminal is not None:
            self._terminal.note(report)
        # An item that pytest-rerunfailures sets up again has that outcome when it is torn down.
        if report.when == "teardown" and str(report.outcome) != "rerun":
            if self._junit is not None:
                self._junit.put_finished()
            for page in self._html:
                page.put(report.nodeid)
            if self._terminal is not None:
                self._terminal.put(report)
            _forget_subtests(self._config, report)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Iterator[None]:
        """Complete what pytest has written."""
        yield
        if self._junit is not None:
            self._junit.complete()

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Let the files go."""
        self._files.close()

    def _file(self) -> TextIO:
        return cast(TextIO, self._files.enter_context(TemporaryFile("w+", encoding="utf-8")))


def _forget_subtests(config: pytest.Config, report: pytest.TestReport) -> None:
    """Let go of the number of an item's failed subtests where there are none: asking for it has kept it."""
    failed = config.stash.get(failed_subtests_key, None)
    if failed is not None and failed.get(report.id) == 0:
        del failed[report.id]


class SpooledTerminal:
    """The terminal's reports by their outcome, which are in a file once their item was torn down.

    Only `--durations` (`tells_durations`) tells of those of set-up and tear-down that came to nothing.
    """

    def __init__(self, terminal: Any, file: BinaryIO, tells_durations: bool) -> None:
        self._terminal = terminal
        self._file = file
        self._tells_durations = tells_durations
        self._ids = terminal._progress_nodeids_reported = CountedIds(terminal._progress_nodeids_reported)
        self._told: dict[NodeId, list[tuple[ReportsOnDisk, int]]] = {}

    def note(self, report: pytest.TestReport) -> None:
        """Note where a report stands that the terminal has taken in just now."""
        stats = self._terminal.stats
        for outcome, reports in stats.items():
            if type(reports) is list:
                stats[outcome] = ReportsOnDisk(self._file, reports)
        for reports in stats.values():
            if isinstance(reports, ReportsOnDisk) and reports.newest is report:
                self._told.setdefault(report.id, []).append((reports, len(reports) - 1))

    def put(self, report: pytest.TestReport) -> None:
        """Put the reports of an item on disk."""
        for reports, index in self._told.pop(report.id, ()):
            if reports is not self._terminal.stats.get("") or self._tells_durations:
                reports.put_on_disk(index)
        if not self._tells_durations:
            self._terminal.stats.get("", []).clear()
        self._ids.let_go(report.id)


class SpooledHtml:
    """One report of pytest-html, whose cases are in a file in the form in which the page holds them."""

    def __init__(self, report: BaseReport, cases: TextIO) -> None:
        self._report = report
        self._cases = cases
        self._tests: dict[str, Any] = report._report.data["tests"]
        self._tests[PLACEHOLDER] = []
        report._write_report = self._write

    def put(self, nodeid: str) -> None:
        """Put what is known of an item on disk."""
        self._report._reports.pop(nodeid, None)
        tests = self._tests.pop(nodeid, None)
        if tests:
            self._cases.write(
                html.escape(f"{', ' if self._cases.tell() else ''}{json.dumps(nodeid)}: {json.dumps(tests)}")
            )

    def _write(self, page: str) -> None:
        """Write the page: what is on disk stands before what is not."""
        head, _, tail = page.partition(f"&#34;{PLACEHOLDER}&#34;: []")
        with self._report._report_path.open("w", encoding="utf-8") as document:
            document.write(head)
            if not self._cases.tell():
                tail = tail.removeprefix(", ")
            self._cases.seek(0)
            shutil.copyfileobj(self._cases, document)
            document.write(tail)


class SpooledJunit:
    """The JUnit document of pytest, whose cases are in a file as they stand in it."""

    def __init__(self, report: LogXML, cases: TextIO) -> None:
        self._report = report
        self._cases = cases

    def put_finished(self) -> None:
        """Put all cases on disk to which nothing will be added any more."""
        left = []
        for case in self._report.node_reporters_ordered:
            if "xml" in vars(case):  # a case that is finished holds nothing but its element
                left.append(case)
            else:
                self._cases.write(ElementTree.tostring(case.to_xml(), encoding="unicode"))
        self._report.node_reporters_ordered[:] = left

    def complete(self) -> None:
        """Put the cases into the document, which pytest has written without them."""
        path = Path(self._report.logfile)
        written = path.read_text(encoding="utf-8")
        head = written.removesuffix(SUITE_ENDS) if written.endswith(SUITE_ENDS) else _opened(written)
        self._cases.seek(0)
        with path.open("w", encoding="utf-8") as document:
            document.write(head)
            shutil.copyfileobj(self._cases, document)
            document.write(SUITE_ENDS)


def _opened(written: str) -> str:
    """The document up to a suite that is empty, opened for cases."""
    return written.removesuffix(" /></testsuites>") + ">"
