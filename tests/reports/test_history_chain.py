"""The chain of manifests in a period: what was taken out, put in or written again shows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from tests.reports.synthetic import make_run
from tests.reports.test_history import SMALL, edit_record, period


@pytest.fixture
def chained(tmp_path: Path) -> list[Path]:
    runs = []
    for night in range(4):
        runs.append(make_run(tmp_path, SMALL, night=night))
        write_manifest(RunFolder(runs[-1]))
    return runs


def problems(runs: list[Path]) -> str:
    return "\n".join(period(runs[0].parent).problems)


def test_a_whole_one_is_not_spoken_of(chained: list[Path]) -> None:
    assert problems(chained) == ""


def test_a_run_taken_out_shows(chained: list[Path]) -> None:
    shutil.rmtree(chained[2])

    assert f"{chained[3].name} follows on {chained[2].name}, which is not here" in problems(chained)


def test_a_manifest_written_again_shows(chained: list[Path]) -> None:
    (chained[1] / "new.txt").touch()
    write_manifest(RunFolder(chained[1]))

    assert f"{chained[1].name} is not as it was when {chained[2].name} ended" in problems(chained)


def test_a_run_put_in_between_shows(chained: list[Path]) -> None:
    put_in = chained[1].with_name("20261121T233000Z-late")
    shutil.copytree(chained[1], put_in)
    edit_record(put_in, {"run": put_in.name})
    write_manifest(RunFolder(put_in))

    assert f"{chained[2].name} follows on {chained[1].name}, not on {put_in.name}" in problems(chained)


def test_a_manifest_taken_away_shows(chained: list[Path]) -> None:
    (chained[3] / "manifest.json").unlink()

    assert f"no manifest.json, so that nothing tells what stood before: {chained[3].name}" in problems(chained)


def test_rows_that_were_edited_with_their_counts_make_no_compliant_night(chained: list[Path]) -> None:
    run = chained[1]
    rows = run / "verdicts.jsonl"
    rows.write_text(rows.read_text().replace('"status":"error"', '"status":"pass"'))
    counts = json.loads((run / "run.json").read_text())["counts"]
    edit_record(run, {"counts": {**counts, "error": 0, "pass": counts["pass"] + counts["error"]}})

    assert counts["error"]
    assert f"{run.name}/verdicts.jsonl is not what its manifest says: it was edited" in problems(chained)
    assert {standing.states[1] for standing in period(run.parent).standings} == {"not whole"}


def test_a_run_that_was_moved_to_another_night_shows(chained: list[Path]) -> None:
    edit_record(chained[3], {"started": "2026-11-25T22:00:00Z"})

    assert f"{chained[3].name}/run.json is not what its manifest says: it was edited" in problems(chained)
