"""Pytest's own reports of an audit: what is told of an item goes to disk with the item, and not to memory.

`report.html` and `junit.xml` are those of pytest-html and pytest. Both hold all cases until the end, some 8 KB an item,
and then make the whole document of them at once. Here a case goes to a file beside it once pytest has torn
its item down, and from there into the document, a piece at a time.
"""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TextIO, cast
from xml.etree import ElementTree

import pytest
from _pytest.junitxml import LogXML, xml_key
from pytest_html.basereport import BaseReport

from muster.plugin.items import PROPERTY
from muster.plugin.where import is_audit

NO_KEYWORDS: dict[str, Any] = {}
PLACEHOLDER = "muster: the cases that are on disk"
SUITE_ENDS = "</testsuite></testsuites>"


def pytest_configure(config: pytest.Config) -> None:
    """Take part where an audit is conducted."""
    if not hasattr(config, "workerinput") and is_audit(config):
        config.pluginmanager.register(Spooler(config), "muster-spooler")


class Spooler:
    """Lets each report that pytest and its plugins make let go of an item when its last word was said."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._junit: SpooledJunit | None = None
        self._html: list[SpooledHtml] = []
        self._files = ExitStack()
        self._called: dict[str, pytest.TestReport] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Find the reports of this session: plugins make them when they are configured."""
        junit = self._config.stash.get(xml_key, None)
        self._junit = SpooledJunit(junit, self._file()) if junit is not None else None
        plugins = [plugin for _, plugin in self._config.pluginmanager.list_name_plugin()]
        self._html = [SpooledHtml(each, self._file()) for each in plugins if isinstance(each, BaseReport)]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Iterator[None]:
        """Once all have noted the last report of an item, put it on disk."""
        yield
        if report.when == "call":
            self._called[report.nodeid] = report
        # An item that pytest-rerunfailures sets up again has that outcome when it is torn down.
        if report.when == "teardown" and str(report.outcome) != "rerun":
            if self._junit is not None:
                self._junit.put_finished()
            for page in self._html:
                page.put(report.nodeid)
            self._forget_uneventful()
            self._make_light(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Iterator[None]:
        """Complete what pytest has written."""
        yield
        if self._junit is not None:
            self._junit.complete()

    def pytest_unconfigure(self) -> None:
        """Let the files go."""
        self._files.close()

    def _file(self) -> TextIO:
        return cast(TextIO, self._files.enter_context(TemporaryFile("w+", encoding="utf-8")))

    def _make_light(self, nodeid: str) -> None:
        """Of what pytest keeps of an item until the end, let go of what its summary does not look at."""
        called = self._called.pop(nodeid, None)
        if called is not None:
            called.keywords = NO_KEYWORDS
            called.user_properties = [each for each in called.user_properties if each[0] != PROPERTY]

    def _forget_uneventful(self) -> None:
        """Of reports without a word in the summary, those of set-up and tear-down, only --durations tells anything."""
        terminal: Any = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is not None and self._config.getoption("durations", None) is None:
            terminal.stats.get("", []).clear()


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
