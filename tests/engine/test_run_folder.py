"""The run folder: rows of many processes in one file, and nothing that lies after a kill."""

from __future__ import annotations

import json
import multiprocessing
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.errors import RunOver
from muster.evidence.run_folder import RowRange, RunFolder
from muster.verdict import Verdict


def verdict(control: str, number: int = 0, reason: str = "") -> Verdict:
    arn = f"arn:aws:s3:::bucket-{number}"
    return Verdict(
        "run", control, "prod", "global", arn, "pass", reason, {}, ("h",), None, None, "2026-11-23T00:00:00Z"
    )


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "run")
    made.create()
    return made


def test_a_new_folder_has_no_rows_and_no_reads(folder: RunFolder) -> None:
    assert (list(folder.rows()), list(folder.reads.iterdir()), folder.torn_lines()) == ([], [], 0)


def test_a_folder_is_made_once(folder: RunFolder) -> None:
    with pytest.raises(FileExistsError):
        folder.create()


def test_rows_are_found_again_by_their_range(folder: RunFolder) -> None:
    first, second = [verdict("a", n) for n in range(3)], [verdict("b", 0, "grün")]
    ranges = [folder.append(first), folder.append(second), folder.append([])]
    assert [list(folder.rows(where)) for where in ranges] == [first, second, []]
    assert list(folder.rows()) == first + second


@settings(deadline=None)
@given(st.lists(st.lists(st.text(), max_size=3), max_size=5))
def test_ranges_cover_the_file_without_a_gap(tmp_path_factory: pytest.TempPathFactory, items: list[list[str]]) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("runs") / "run")
    folder.create()
    end = 0
    for reasons in items:
        rows = [verdict("a", 0, reason) for reason in reasons]
        where = folder.append(rows)
        assert (where.start, list(folder.rows(where))) == (end, rows)
        end = where.start + where.length
    assert folder.verdicts.stat().st_size == end


TORN = verdict("torn").as_line().encode()[:-30]


def test_a_line_that_a_kill_left_torn_swallows_none_that_follow(folder: RunFolder) -> None:
    folder.append([verdict("a")])
    with folder.verdicts.open("ab") as handle:
        handle.write(TORN)
    where = folder.append([verdict("b"), verdict("c")])
    assert [row.control for row in folder.rows()] == ["a", "b", "c"]
    assert [row.control for row in folder.rows(where)] == ["b", "c"]
    assert folder.torn_lines() == 1


@pytest.mark.parametrize(
    ("data", "torn"),
    [
        pytest.param(TORN, 1, id="the only line"),
        pytest.param(TORN + b"\n" + TORN + b"\n", 2, id="two"),
        pytest.param(b"\n\n", 0, id="empty lines are none"),
        pytest.param(b"\xff\xfe\n", 1, id="no text"),
    ],
)
def test_torn_lines_are_counted_and_left_out(folder: RunFolder, data: bytes, torn: int) -> None:
    folder.verdicts.write_bytes(data)
    where = folder.append([verdict("b")])
    assert ([row.control for row in folder.rows()], folder.torn_lines()) == (["b"], torn)
    assert [row.control for row in folder.rows(where)] == ["b"]


def append_many(path: Path, who: str) -> list[RowRange]:
    """What a worker does: ten items of twenty rows each."""
    folder = RunFolder(path)
    return [folder.append([verdict(f"{who}-{item}", n, "x" * 200) for n in range(20)]) for item in range(10)]


def test_four_processes_append_at_once_and_no_row_is_cut_or_lost(folder: RunFolder) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        ranges = pool.starmap(append_many, [(folder.path, who) for who in "abcd"])
    assert folder.torn_lines() == 0
    assert len(list(folder.rows())) == 4 * 10 * 20
    for who, of_worker in zip("abcd", ranges, strict=True):
        for item, where in enumerate(of_worker):
            assert {row.control for row in folder.rows(where)} == {f"{who}-{item}"}
            assert len(list(folder.rows(where))) == 20


def conduct(path: Path) -> None:
    """What a conductor does, until it is killed."""
    folder = RunFolder(path)
    folder.conductor.hold()
    folder.append([verdict("of the conductor")])
    time.sleep(60)


def test_a_killed_conductor_leaves_a_folder_that_takes_no_more_rows_of_workers(folder: RunFolder) -> None:
    conductor = multiprocessing.get_context("spawn").Process(target=conduct, args=(folder.path,))
    conductor.start()
    while not list(folder.rows()):
        time.sleep(0.01)
    folder.append([verdict("of a worker")], as_worker=True)
    assert (folder.conductor.is_held(), folder.conductor.was_dropped()) == (True, False)
    conductor.kill()
    conductor.join()

    with pytest.raises(RunOver):
        folder.append([verdict("of an orphan")], as_worker=True)
    assert folder.conductor.was_dropped()
    assert [row.control for row in folder.rows()] == ["of the conductor", "of a worker"]


def test_a_concluded_run_takes_no_more_rows_of_workers(folder: RunFolder) -> None:
    conducted = RunFolder(folder.path)
    conducted.conductor.hold()
    conducted.close_to_workers()

    with pytest.raises(RunOver):
        folder.append([verdict("of a worker")], as_worker=True)
    conducted.append([verdict("of the conductor")])
    assert not folder.conductor.was_dropped()
    assert [row.control for row in folder.rows()] == ["of the conductor"]


def test_run_json_is_replaced_in_one_step(folder: RunFolder) -> None:
    folder.write_run({"ended": None})
    with pytest.raises(TypeError):
        folder.write_run({"ended": object()})
    assert folder.read_run() == {"ended": None}
    folder.write_run({"ended": "today", "by": "grün"})
    assert folder.read_run() == {"ended": "today", "by": "grün"}
    assert json.loads(folder.run.read_text(encoding="utf-8")) == folder.read_run()
    assert {path.name for path in folder.path.iterdir()} == {"run.json", "verdicts.jsonl", "reads"}


def test_a_folder_without_run_json_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RunFolder(tmp_path).read_run()


def test_what_only_the_processes_needed_is_dropped(folder: RunFolder) -> None:
    folder.drop_shared()
    folder.shared.mkdir()
    (folder.shared / "note").touch()
    folder.drop_shared()
    assert not folder.shared.exists()


def claimed(parent: str) -> str:
    return RunFolder.claim(Path(parent), "20261126T120000Z-baseline-prod").path.name


def test_runs_that_begin_in_one_second_have_a_folder_each(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        names = pool.map(claimed, [str(tmp_path / "runs")] * 8)

    numbers = ["", *(f"-{number}" for number in range(2, 9))]
    assert sorted(names) == sorted(f"20261126T120000Z-baseline-prod{number}" for number in numbers)
