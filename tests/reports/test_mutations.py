"""Whatever a run folder holds, every command takes it or refuses it in a line: no traceback, no waiting."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from reports.__main__ import main
from tests.integrity.mutations import MUTATIONS, other_record, within
from tests.integrity.recorded_run import CONTROL, NAME, make_recorded
from tests.integrity.test_mutations import spoilt

SEEDS = range(6)
EACH = 25
LONGEST = 20
COMMANDS = {
    "formats": ["{run}", "--format=all"],
    "sample": ["sample", "{run}", f"--control={CONTROL}", "--seed=7", "--output={beside}/sample.csv"],
    "sample as a page": [
        "sample",
        "{run}",
        f"--control={CONTROL}",
        "--seed=7",
        "--format=html",
        "-o",
        "{beside}/a.html",
    ],
    "poam": ["poam", "{run}", "--output={beside}/poam.csv"],
    "poam in OSCAL": ["poam", "{run}", "--format=oscal", "--output={beside}/poam.json"],
    "history": ["history", "{beside}", "--output={beside}/history.txt"],
    "history as a page": ["history", "{beside}", "--format=html", "--output={beside}/history.html"],
    "history in SQL": ["history", "{beside}", "--sql=SELECT * FROM verdicts", "--output={beside}/sql.txt"],
}
every_command = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_recorded(tmp_path_factory.mktemp("recorded"))


def made(command: str, run: Path) -> int:
    places = {"run": str(run), "beside": str(run.parent)}
    with within(LONGEST):
        return main([argument.format(**places) for argument in COMMANDS[command]])


@every_command
def test_the_run_as_it_was_is_taken(
    recorded: Path, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(recorded, tmp_path / NAME)

    assert made(command, tmp_path / NAME) == 0, capsys.readouterr().err


@every_command
@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoilt_run_is_taken_or_refused_in_a_line(
    recorded: Path, tmp_path: Path, command: str, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(f"{command} {seed}")
    for _ in range(EACH):
        folder, how = spoilt(recorded, tmp_path / "spoilt", chance, (*MUTATIONS, other_record, other_record))
        code = made(command, folder)
        said = capsys.readouterr().err
        assert code in (0, 2), how
        assert code == 0 or len(said.splitlines()) == 1, f"{how}: {said}"
        assert "Traceback" not in said
