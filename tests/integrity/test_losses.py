"""A run whose folder something else was at while it went on: what is left of it does not pass for a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from muster.errors import UsageError
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify import verify
from tests.integrity.recorded_run import ATTESTED, CONTROL, judged


def first_row(folder: RunFolder) -> bytes:
    return folder.verdicts.read_bytes().splitlines(keepends=True)[0]


def cut_rows(folder: RunFolder) -> None:
    folder.verdicts.write_bytes(b"")


def leave_one_row(folder: RunFolder) -> None:
    folder.verdicts.write_bytes(first_row(folder))


def tear_a_row(folder: RunFolder) -> None:
    folder.verdicts.write_bytes(folder.verdicts.read_bytes()[10:])


def remove_answers(folder: RunFolder) -> None:
    for path in folder.reads.iterdir():
        path.unlink()


def change_answers(folder: RunFolder) -> None:
    for path in folder.reads.iterdir():
        path.write_text(path.read_text().replace("false", "true"))


@pytest.mark.parametrize(
    ("damage", "kind", "said"),
    [
        pytest.param(cut_rows, "rows_lost", "4 rows of verdicts.jsonl, of 4, are gone", id="all rows"),
        pytest.param(leave_one_row, "rows_lost", "3 rows of verdicts.jsonl, of 4, are gone", id="some rows"),
        pytest.param(tear_a_row, "rows_lost", "1 row of verdicts.jsonl, of 4, are gone", id="a row that is torn"),
        pytest.param(remove_answers, "answers_lost", "on which rows rest are not in reads/", id="answers"),
    ],
)
def test_what_is_gone_is_a_problem_of_the_run(
    tmp_path: Path, damage: Callable[[RunFolder], None], kind: str, said: str
) -> None:
    run = judged(tmp_path)
    damage(run.folder)
    code = run.conclude(0)
    found = {each["kind"]: each["text"] for each in run.folder.read_run()["problems"]}

    assert code == 1
    assert said in found[kind]


def test_a_control_whose_rows_are_gone_was_not_run(tmp_path: Path) -> None:
    run = judged(tmp_path)
    cut_rows(run.folder)
    run.conclude(0)
    run.seal(None, None)

    assert {(row.control, row.status) for row in run.folder.rows()} == {(CONTROL, "not_run"), (ATTESTED, "not_run")}
    assert verify(run.folder.path).defects == []


def test_a_whole_run_has_no_such_problem(tmp_path: Path) -> None:
    run = judged(tmp_path)
    run.conclude(0)

    assert not {each["kind"] for each in run.folder.read_run()["problems"]} & {"rows_lost", "answers_lost"}


def test_an_answer_that_is_another_now_is_not_sealed(tmp_path: Path) -> None:
    run = judged(tmp_path)
    run.conclude(0)
    change_answers(run.folder)

    with pytest.raises(UsageError, match="is not what was answered any more"):
        run.seal(None, None)
    assert not run.folder.manifest.exists()
