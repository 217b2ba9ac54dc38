"""Once: work that many threads may ask for, and one does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from muster.errors import ControlError

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """Results by key: the first who asks for a key works it out, the others wait; an exception is everybody's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[K, Future[V]] = {}
        self._workers: dict[K, int] = {}

    def get(self, key: K, work: Callable[[], V]) -> V:
        """The result of this key's work, done now if nobody did it before."""
        with self._lock:
            known = self._results.get(key)
            if known is None:
                mine = self._results[key] = Future[V]()
                self._workers[key] = threading.get_ident()
        if known is not None:
            if not known.done() and self._workers[key] == threading.get_ident():
                raise ControlError(f"{key!r} asks for itself: it would wait for ever")
            return known.result()
        try:
            mine.set_result(work())
        except BaseException as error:  # whoever waits must wake up; the caller still gets the exception
            mine.set_exception(error)
            raise
        return mine.result()

    def has(self, key: K) -> bool:
        """Whether somebody asked for this key before."""
        return key in self._results

    def __len__(self) -> int:
        return len(self._results)
