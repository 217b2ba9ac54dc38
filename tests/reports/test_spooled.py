"""report.html and junit.xml say the same when their cases go through files as when memory holds them."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

SUITE = """
import pytest

def test_passes(record_property):
    print("said & <done>")
    record_property("of", '"me"')

def test_fails():
    assert "<a>" == "b, ]}"

@pytest.mark.skip(reason="later")
def test_skips(): ...

@pytest.fixture
def broken():
    yield
    raise OSError("torn down")

def test_breaks(broken): ...
"""
SPOOLED = """
from reports.session.spooled import Spooler

def pytest_configure(config):
    config.pluginmanager.register(Spooler(config))
"""
# What a conftest of somebody's own does with what the terminal knows.
TOLD = """
def pytest_terminal_summary(terminalreporter):
    for outcome, reports in sorted(terminalreporter.stats.items()):
        told = [(each.nodeid, each.when, each.longreprtext, sorted(each.keywords), each.user_properties, each.sections,
            hasattr(each, "node")) for each in reports if outcome]
        terminalreporter.write_line(f"told: {outcome} {len(told)} {sorted(told)}")
"""
NOTHING, UNREADABLE = "", "def broken(:"


def run(folder: Path, suite: str, conftest: str, *arguments: str) -> str:
    """What pytest says of a suite."""
    (folder / "conftest.py").write_text(conftest)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_suite.py").write_text(suite)
    plugins = ["-p", "no:hypothesispytest", "-p", "no:cacheprovider"]
    root = Path(__file__).parents[2]
    done = subprocess.run(  # this Python
        [sys.executable, "-m", "pytest", *plugins, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(root), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "INTERNALERROR" not in done.stdout, done.stdout
    return done.stdout


def reported(folder: Path, suite: str, conftest: str) -> tuple[list[tuple[str, ...]], dict[str, Any]]:
    """The cases of a suite in junit.xml (without the seconds that they took), and the data of report.html."""
    run(folder, suite, conftest, "-q", "--junitxml=junit.xml", "--html=report.html", "--self-contained-html")
    tree = ElementTree.parse(folder / "junit.xml")
    cases = [
        tuple(value for element in case.iter() for value in (element.tag, str(element.text), *attributes(element)))
        for case in tree.iter("testcase")
    ]
    page = (folder / "report.html").read_text(encoding="utf-8")
    data = json.loads(html.unescape(page.partition('data-jsonblob="')[2].partition('"')[0]))
    assert page.endswith("</html>")
    return sorted(cases), data["tests"]


def attributes(element: ElementTree.Element) -> list[str]:
    return [f"{name}={value}" for name, value in element.attrib.items() if name != "time"]


def without_seconds(tests: dict[str, Any]) -> dict[str, Any]:
    """The cases of report.html without what tells of time."""
    return {
        name: [[cell for cell in case["resultsTableRow"] if "duration" not in cell] + [case["log"]] for case in cases]
        for name, cases in tests.items()
    }


@pytest.mark.parametrize(
    ("suite", "cases"),
    [
        pytest.param(SUITE, 4, id="of every kind"),
        pytest.param(NOTHING, 0, id="nothing"),
        pytest.param(UNREADABLE, 1, id="what cannot be collected"),
    ],
)
def test_the_reports_say_the_same(tmp_path: Path, suite: str, cases: int) -> None:
    junit, page = reported(tmp_path, suite, SPOOLED)
    junit_in_memory, page_in_memory = reported(tmp_path, suite, "")

    assert len(junit) == cases
    assert junit == junit_in_memory
    assert without_seconds(page) == without_seconds(page_in_memory)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-rA", "-vv"), id="a summary of all"),
        pytest.param(("--durations=0", "-vv"), id="durations"),
        pytest.param(("-n", "1", "-rA"), id="a worker"),
    ],
)
def test_the_terminal_says_the_same(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    said = run(tmp_path, SUITE, SPOOLED + TOLD, *arguments)

    assert "told: failed 1 " in said
    assert without_times(said) == without_times(run(tmp_path, SUITE, TOLD, *arguments))


def without_times(said: str) -> list[str]:
    """The lines of a terminal without seconds; those of durations stand in the order of their names."""
    return sorted(re.sub(r"[0-9.]+s\b|0x[0-9a-f]+|=+", "", line) for line in said.splitlines())
