"""What pytest's users are used to: plugins left out, mistakes in files, the debugger. Never INTERNALERROR."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.runs.audits import Audits

CONTROL = "--control=s3-bucket-versioned"
FILE = "controls/storage/buckets.py"


@pytest.fixture
def broken(audits: Audits, tmp_path: Path) -> Audits:
    """Audits by a project of the test's own, whose files may be spoilt."""
    project = tmp_path / "project"
    shutil.copytree(audits.project, project, symlinks=True)
    return replace(audits, project=project)


@pytest.mark.parametrize("plugin", ["terminal", "junitxml", "html", "xdist"])
def test_a_plugin_can_be_left_out(audits: Audits, plugin: str) -> None:
    outcome = audits("-p", f"no:{plugin}", CONTROL, "--account=demo")

    assert outcome.code == 1
    assert "INTERNALERROR" not in outcome.output
    assert outcome.run["ended"]


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "with a worker"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("def broken(:", "invalid syntax: nothing is judged", id="syntax"),
        pytest.param("import nothing_of_the_kind", "No module named 'nothing_of_the_kind'", id="an import"),
        pytest.param("nonsense", "name 'nonsense' is not defined", id="a name"),
        pytest.param("LIMIT = 1 / 0", "division by zero", id="arithmetic"),
    ],
)
def test_a_mistake_in_a_file_is_one_line_that_names_it(
    broken: Audits, workers: list[str], line: str, said: str
) -> None:
    path = broken.project / FILE
    path.write_text(f"{path.read_text()}{line}\n")
    outcome = broken(CONTROL, "--account=demo", *workers)

    assert outcome.code == 4
    assert f"{FILE}:{len(path.read_text().splitlines())}: " in outcome.output
    assert said in outcome.output
    assert "INTERNALERROR" not in outcome.output
    assert "Traceback" not in outcome.output
    assert outcome.folder is None


def test_the_debugger_shows_the_control_and_not_the_way_to_it(audits: Audits) -> None:
    outcome = audits("--pdb", "--control=iam-root-mfa", "--account=demo", text="q\n")

    shown = outcome.output.partition(">> traceback >>")[2].partition(">> entering PDB >>")[0]
    assert "def test_iam_root_mfa" in shown
    assert "muster/" not in shown
    assert "_pytest/" not in shown


# A plugin of somebody's own that puts what it likes on items and looks for it at the end.
OWN = """
import json
import pytest

KEY = pytest.StashKey()

def pytest_configure(config):
    config.addinivalue_line("markers", "own: of somebody's own")

def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.own)
        item.keywords["reviewed"] = True
        item.stash[KEY] = "kept"
        item.kept = "in an attribute"

def pytest_runtest_call(item):
    item.user_properties.append(("ticket", "T-1"))

def pytest_sessionfinish(session):
    item, = session.items
    told = [item.nodeid, item.location, item.get_closest_marker("own") is not None, "reviewed" in item.keywords]
    told += ["s3-bucket-versioned" in item.listextrakeywords(), item.stash[KEY], item.kept, item.user_properties]
    told += [sorted(mark.name for mark in item.iter_markers()), item.obj.__name__]
    print("\\ntold:", json.dumps(told))
"""


def test_what_a_plugin_puts_on_an_item_is_there_until_the_end(audits: Audits, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(OWN)
    outcome = audits("-p", "own", "-s", CONTROL, "--account=demo", environment={"PYTHONPATH": str(tmp_path)})

    function = "test_s3_bucket_versioned"
    told = json.loads(outcome.output.partition("told: ")[2].partition("\n")[0])
    nodeid, (file, line, called), *rest = told
    assert nodeid == f"{FILE}::{function}[demo]"
    assert (file, called) == (FILE, "s3-bucket-versioned [demo]")
    assert f"def {function}" in "".join((audits.project / FILE).read_text().splitlines()[line : line + 20])
    marks = ["medium", "own", "storage"]
    assert rest == [True, True, True, "kept", "in an attribute", [["ticket", "T-1"]], marks, function]


SKIPS = """\
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.skip(reason="somebody is tired of it"))
"""


def test_a_conftest_beside_controls_is_heard_and_what_it_skips_is_not_run(broken: Audits) -> None:
    (broken.project / "controls" / "conftest.py").write_text(SKIPS)
    outcome = broken(CONTROL, "--account=demo")

    assert outcome.code == 1, outcome.output
    assert [row.status for row in outcome.rows] == ["not_run"]
    assert [problem["kind"] for problem in outcome.run["problems"]] == ["not_run"]


TWICE = """\
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    runtestprotocol(item, nextitem=item)
    runtestprotocol(item, nextitem=nextitem)
    return True
"""


def test_a_control_that_a_plugin_judges_twice_leaves_its_rows_twice(audits: Audits, tmp_path: Path) -> None:
    (tmp_path / "twice.py").write_text(TWICE)
    outcome = audits("-p", "twice", CONTROL, "--account=demo", environment={"PYTHONPATH": str(tmp_path)})

    assert outcome.code == 1, outcome.output
    assert len(outcome.rows) == 2 * len(outcome.statuses)
    assert outcome.run["problems"] == []
