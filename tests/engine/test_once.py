"""Once: many threads ask, one works."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from muster.once import Once

THREADS = 32


def together(once: Once[str, int], works: list[int], error: Exception | None = None) -> list[object]:
    """What 32 threads get that ask for one key at the same moment."""
    gate = threading.Barrier(THREADS)

    def work() -> int:
        works.append(1)
        time.sleep(0.01)
        if error is not None:
            raise error
        return 7

    def one(_: int) -> object:
        gate.wait()
        try:
            return once.get("key", work)
        except ValueError as raised:
            return raised

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_of_32_threads_one_works_and_all_get_the_result() -> None:
    works: list[int] = []
    assert together(Once(), works) == [7] * THREADS
    assert len(works) == 1


def test_of_32_threads_one_fails_and_all_get_the_exception() -> None:
    works: list[int] = []
    error = ValueError("broken")
    assert together(Once(), works, error) == [error] * THREADS
    assert len(works) == 1


def test_keys_are_worked_out_apart() -> None:
    once = Once[str, str]()
    assert [once.get(key, lambda key=key: key.upper()) for key in ("a", "b", "a")] == ["A", "B", "A"]  # type: ignore[misc]  # a lambda with a default
    assert len(once) == 2


def test_a_failure_is_remembered_and_not_tried_again() -> None:
    once = Once[str, int]()
    works: list[int] = []

    def fail() -> int:
        works.append(1)
        raise KeyError("missing")

    for _ in range(2):
        with pytest.raises(KeyError):
            once.get("key", fail)
    assert works == [1]


def test_a_key_is_known_from_the_moment_it_was_asked_for() -> None:
    once = Once[str, int]()
    assert not once.has("key")
    assert once.get("key", lambda: int(once.has("key"))) == 1


def test_work_may_ask_for_another_key() -> None:
    once = Once[str, int]()
    assert once.get("outer", lambda: once.get("inner", lambda: 1) + 1) == 2
