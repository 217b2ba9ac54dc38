"""`python -m reports RUN --format=…`: formats made again from a run folder, by the command that users type."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from muster.evidence.manifest import write_manifest
from muster.evidence.verify import verify
from reports.__main__ import main
from reports.formats import FORMATS
from reports.page.page import write_page
from reports.run import ReportedRun
from tests.reports.formats.samples import row, row_of_each_status, run_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path: Path) -> ReportedRun:
    return run_of(tmp_path, row_of_each_status())


def beside(run: ReportedRun) -> Path:
    """Where the command writes unless it is told where."""
    return run.folder.path.with_name(f"{run.folder.path.name}.reports")


def test_the_command_makes_the_formats_asked_for_beside_the_run_folder(run: ReportedRun) -> None:
    before = sorted(run.folder.path.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "reports", run.folder.path, "--format=sarif,csv", "--format=junit"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    names = ("findings.sarif", "verdicts.csv", "controls.junit.xml")
    assert done.stdout.splitlines() == [str(beside(run) / name) for name in names]
    assert all((beside(run) / name).stat().st_size for name in names)
    assert sorted(run.folder.path.iterdir()) == before


def test_all_makes_every_format(run: ReportedRun, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    assert main([str(run.folder.path), "--format=all", f"--output={folder}"]) == 0
    assert {path.name for path in folder.iterdir()} == {known.file_name for known in FORMATS.values()} | {"index.html"}


def test_the_page_is_made_again_as_it_was_but_for_the_way_to_the_files(run: ReportedRun) -> None:
    page = write_page(run, None).read_text()

    assert main([str(run.folder.path), "--format=html"]) == 0
    again = (beside(run) / "index.html").read_text()
    assert f'href="../{run.name}/report.html"' in again
    assert _without_data(again).replace(f"../{run.name}/", "") == _without_data(page)


def _without_data(page: str) -> str:
    return re.sub(r'id="data">[^<]*', "", page)


def test_a_sealed_run_stays_as_it_was_sealed(run: ReportedRun) -> None:
    write_manifest(run.folder)

    assert main([str(run.folder.path), "--format=all"]) == 0
    assert {defect.kind for defect in verify(run.folder.path).defects} & {"added", "changed"} == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["{run}", "--format=csv", "--output={run}"],
        ["{run}", "--format=csv", "--output={run}/reads"],
        ["sample", "{run}", "--control=s3-bucket-encrypted", "--seed=7", "--output={run}/sample.csv"],
        ["poam", "{run}", "--output={run}/reads/poam.csv"],
    ],
    ids=["formats", "formats below", "sample", "poam"],
)
def test_nothing_is_written_into_a_sealed_run(
    run: ReportedRun, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    write_manifest(run.folder)
    before = sorted(run.folder.path.rglob("*"))

    assert main([argument.replace("{run}", str(run.folder.path)) for argument in arguments]) == 2
    assert "sealed folder of a run" in capsys.readouterr().err
    assert sorted(run.folder.path.rglob("*")) == before


def test_a_link_in_the_place_of_the_reports_leads_nowhere(
    run: ReportedRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    beside(run).symlink_to(victim)

    assert main([str(run.folder.path), "--format=csv"]) == 2
    assert "it is a link, and not followed" in capsys.readouterr().err
    assert list(victim.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{run}", "--format=sariff"], 'no format is called "sariff": did you mean "sarif"?'),
        (["{run}", "--format=,"], "--format names no format; known: html, asff, crosswalk, csv"),
        (["{run}/nowhere", "--format=csv"], "nowhere: no run folder: expected run.json and verdicts.jsonl in it"),
        (["{run}", "--format=csv", "--output={run}/nowhere"], "nowhere: no such folder: make it, or name another"),
    ],
    ids=["unknown format", "no format", "no run", "no folder"],
)
def test_a_mistake_is_named_with_its_remedy(
    run: ReportedRun, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main([argument.replace("{run}", str(run.folder.path)) for argument in arguments]) == 2
    assert said in capsys.readouterr().err


def test_without_a_format_the_command_says_what_it_wants(run: ReportedRun, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(run.folder.path)])
    assert "--format" in capsys.readouterr().err


def test_what_a_format_had_no_room_for_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of(tmp_path, [row(account="stranger")])

    main([str(run.folder.path), "--format=asff"])

    assert "findings.asff.jsonl: 1 rows of stranger are left out" in capsys.readouterr().err


def test_the_other_commands_are_reached(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert {"formats", "history", "sample", "poam"} <= set(capsys.readouterr().out.split())
