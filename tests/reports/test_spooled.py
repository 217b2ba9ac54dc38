"""report.html and junit.xml say the same when their cases go through files as when memory holds them."""

from __future__ import annotations

import html
import json
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
NOTHING, UNREADABLE = "", "def broken(:"


def reported(folder: Path, suite: str, conftest: str) -> tuple[list[tuple[str, ...]], dict[str, Any]]:
    """The cases of a suite in junit.xml (without the seconds that they took), and the data of report.html."""
    (folder / "conftest.py").write_text(conftest)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_suite.py").write_text(suite)
    command = [sys.executable, "-m", "pytest", "-q", "--junitxml=junit.xml", "--html=report.html"]
    plugins = ["-p", "no:hypothesispytest", "-p", "no:cacheprovider", "--self-contained-html"]
    root = Path(__file__).parents[2]
    environment = {"PYTHONPATH": str(root), "PATH": ""}
    done = subprocess.run(  # this Python
        [*command, *plugins], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert "INTERNALERROR" not in done.stdout, done.stdout
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
