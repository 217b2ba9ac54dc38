"""What pytest's users are used to: plugins left out, mistakes in files, the debugger. Never INTERNALERROR."""

from __future__ import annotations

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
