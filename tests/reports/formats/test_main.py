"""`python -m reports RUN --format=…`: formats made again from a run folder, by the command that users type."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from muster.evidence.manifest import write_manifest
from reports.__main__ import main
from reports.formats import FORMATS
from reports.page.page import write_page
from reports.run import Run
from tests.reports.formats.samples import row, row_of_each_status, run_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return run_of(tmp_path, row_of_each_status())


def test_the_command_makes_the_formats_asked_for(run: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reports", run.folder.path, "--format=sarif,csv", "--format=junit"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    names = ("findings.sarif", "verdicts.csv", "controls.junit.xml")
    assert done.stdout.splitlines() == [str(run.folder.path / name) for name in names]
    assert all((run.folder.path / name).stat().st_size for name in names)


def test_all_makes_every_format(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    assert main([str(run.folder.path), "--format=all", f"--to={folder}"]) == 0
    assert {path.name for path in folder.iterdir()} == {known.file_name for known in FORMATS.values()} | {"index.html"}


def test_the_page_is_made_again_as_it_was(run: Run, tmp_path: Path) -> None:
    page = write_page(run, None).read_bytes()

    assert main([str(run.folder.path), "--format=html", f"--to={tmp_path}"]) == 0
    assert (tmp_path / "index.html").read_bytes() == page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{run}", "--format=sariff"], 'no format is called "sariff": did you mean "sarif"?'),
        (["{run}", "--format=,"], "--format names no format; known: html, asff, csv"),
        (["{run}/nowhere", "--format=csv"], "nowhere: no run folder: expected run.json and verdicts.jsonl in it"),
        (["{run}", "--format=csv", "--to={run}/nowhere"], "cannot be written: No such file or directory; --to=DIR"),
    ],
    ids=["unknown format", "no format", "no run", "no folder"],
)
def test_a_mistake_is_named_with_its_remedy(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main([argument.replace("{run}", str(run.folder.path)) for argument in arguments]) == 2
    assert said in capsys.readouterr().err


def test_without_a_format_the_command_says_what_it_wants(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(run.folder.path)])
    assert "--format" in capsys.readouterr().err


def test_what_a_format_had_no_room_for_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(tmp_path, [row(account="stranger")])

    main([str(run.folder.path), "--format=asff"])

    assert "findings.asff.jsonl: 1 rows of stranger are left out" in capsys.readouterr().err


def test_a_file_that_joins_a_sealed_run_is_warned_of(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(run.folder.path), "--format=csv"])
    write_manifest(run.folder)
    capsys.readouterr()

    main([str(run.folder.path), "--format=csv,sarif"])

    assert capsys.readouterr().err.startswith("findings.sarif: not in manifest.json")


def test_the_other_commands_are_reached(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert {"formats", "history", "sample", "poam"} <= set(capsys.readouterr().out.split())
