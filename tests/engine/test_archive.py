"""The archive: a file an answer under its hash, one question however many threads and processes put it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.reading.archive import FolderArchive, MemoryArchive, parse_recorded, recorded_text
from muster.reading.reads import Answer, ApiError, Call
from muster.run.replay import past_answers

ROOT = Path(__file__).parents[2]
CALL = Call("prod", "eu-west-1", "lamps", "list_lamps", {"Room": "Küche"})
ANSWER = Answer({"Lamps": ["grün"]}, None, ("r-1",), "2026-11-23T00:00:00.000000Z")
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Asked:
    """A question that counts how often it is put."""

    def __init__(self, answer: Answer = ANSWER, seconds: float = 0.0) -> None:
        self.times = 0
        self._answer, self._seconds = answer, seconds
        self._lock = threading.Lock()

    def __call__(self) -> Answer:
        with self._lock:
            self.times += 1
        time.sleep(self._seconds)
        return self._answer


@settings(deadline=None)
@given(PLAIN, st.none() | st.builds(ApiError, st.text(), st.text(), st.none() | st.integers()))
def test_a_recorded_text_holds_the_call_and_the_answer(content: Any, error: ApiError | None) -> None:
    answer = Answer(content, error, ("r-1", "r-2"), "2026-11-23T00:00:00Z")
    assert parse_recorded(recorded_text(CALL, answer)) == (CALL, answer)


def test_a_file_is_named_by_the_sha256_of_its_text(tmp_path: Path) -> None:
    recorded = FolderArchive(tmp_path).fetch(CALL, Asked())
    (path,) = tmp_path.iterdir()
    assert path.name == f"{recorded.sha256}.json"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == recorded.sha256
    assert parse_recorded(path.read_text(encoding="utf-8")) == (CALL, ANSWER)


@pytest.mark.parametrize("shared", [False, True], ids=["one process", "shared"])
def test_of_32_threads_one_asks(tmp_path: Path, shared: bool) -> None:
    archive = FolderArchive(tmp_path / "reads", shared=tmp_path / "shared" if shared else None)
    ask, gate = Asked(seconds=0.02), threading.Barrier(32)

    def fetch(_: int) -> str:
        gate.wait()
        return archive.fetch(CALL, ask).sha256

    with ThreadPoolExecutor(32) as pool:
        hashes = set(pool.map(fetch, range(32)))
    assert (ask.times, len(hashes)) == (1, 1)
    assert len(list((tmp_path / "reads").iterdir())) == 1


FETCH = """
import sys, time
from pathlib import Path
from muster.reading.archive import FolderArchive
from muster.reading.reads import Answer, Call

folder = Path(sys.argv[1])

def ask():
    with (folder / "asked").open("a") as note:
        note.write("x")
    time.sleep(0.3)
    return Answer({"Lamps": ["gr\\u00fcn"]})

call = Call("prod", "eu-west-1", "lamps", "list_lamps", {})
recorded = FolderArchive(folder / "reads", shared=folder / "shared").fetch(call, ask)
print(recorded.sha256, ascii(recorded.answer.content))
"""


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="with the locale of this machine"),
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="with an ASCII locale"),
    ],
)
def test_of_two_processes_one_asks_and_both_read_the_same(tmp_path: Path, environment: dict[str, str]) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", FETCH, str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=30) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert (tmp_path / "asked").read_text() == "x"
    assert said[0] == said[1]


def killed() -> Answer:
    raise RuntimeError("killed")


def test_a_process_that_died_while_it_asked_leaves_the_question_to_the_next(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        FolderArchive(tmp_path / "reads", shared=tmp_path / "shared").fetch(CALL, killed)
    ask = Asked()
    assert FolderArchive(tmp_path / "reads", shared=tmp_path / "shared").fetch(CALL, ask).answer == ANSWER
    assert ask.times == 1


def test_what_another_process_asked_is_not_asked_again_not_even_if_it_failed(tmp_path: Path) -> None:
    denied = Answer(error=ApiError("AccessDenied", "no", 403), at=ANSWER.at)
    FolderArchive(tmp_path / "reads", shared=tmp_path / "shared").fetch(CALL, Asked(denied))
    ask = Asked()
    assert FolderArchive(tmp_path / "reads", shared=tmp_path / "shared").fetch(CALL, ask).answer == denied
    assert ask.times == 0


def test_a_file_that_was_never_finished_is_no_evidence(tmp_path: Path) -> None:
    reads = tmp_path / "reads"
    sha256 = FolderArchive(reads).fetch(CALL, Asked()).sha256
    (reads / f"{'0' * 64}.partial").write_text('{"account": "pr')
    assert list(past_answers(tmp_path)) == [CALL.key]
    assert sorted(path.suffix for path in reads.iterdir()) == [".json", ".partial"]
    assert (reads / f"{sha256}.json").exists()


def test_an_unfinished_file_is_written_over(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(recorded_text(CALL, ANSWER).encode()).hexdigest()
    (tmp_path / f"{sha256}.partial").write_text("torn")
    assert FolderArchive(tmp_path).fetch(CALL, Asked()).sha256 == sha256
    assert (tmp_path / f"{sha256}.json").read_text(encoding="utf-8") == recorded_text(CALL, ANSWER)
    assert not (tmp_path / f"{sha256}.partial").exists()


def test_what_a_killed_worker_had_begun_to_write_is_gone_before_the_seal(tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path)
    sha256 = archive.fetch(CALL, Asked()).sha256
    (tmp_path / f"{'0' * 64}.partial").write_text('{"account": "pr')
    archive.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"{sha256}.json"]


def test_an_earlier_run_is_judged_again_from_its_files_with_nobody_asked(tmp_path: Path) -> None:
    before = FolderArchive(tmp_path / "before" / "reads").fetch(CALL, Asked())
    ask = Asked()
    again = FolderArchive(tmp_path / "again", past=past_answers(tmp_path / "before"))
    assert again.fetch(CALL, ask) == before
    assert ask.times == 0
    assert [path.read_bytes() for path in (tmp_path / "again").iterdir()] == [
        path.read_bytes() for path in (tmp_path / "before" / "reads").iterdir()
    ]


def test_what_the_earlier_run_did_not_ask_is_asked(tmp_path: Path) -> None:
    ask = Asked()
    FolderArchive(tmp_path, past={"another key": "{}"}).fetch(CALL, ask)
    assert ask.times == 1


def test_nouns_see_what_a_replay_will_see() -> None:
    recorded = MemoryArchive().fetch(CALL, Asked(Answer({"At": ("a", "b"), "By": {1: None}}, at=ANSWER.at)))
    assert recorded.answer.content == {"At": ["a", "b"], "By": {"1": None}}


def test_two_calls_with_the_same_answer_are_two_pieces_of_evidence() -> None:
    archive = MemoryArchive()
    other = Call("prod", "eu-west-1", "lamps", "list_lamps", {})
    assert archive.fetch(CALL, Asked()).sha256 != archive.fetch(other, Asked()).sha256
    assert len(archive) == 2


def test_an_answer_that_comes_after_the_end_is_not_kept(tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path)
    archive.fetch(CALL, lambda: Answer({"Buckets": []}))
    archive.close()

    late = archive.fetch(replace(CALL, operation="list_keys"), lambda: Answer({"Keys": []}))

    assert late.answer.content == {"Keys": []}
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]
