"""Once: work that many threads may ask for, and one does."""

from __future__ import annotations

import threading
from collections import OrderedDict
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

    def forget(self, chosen: Callable[[K], bool]) -> list[V]:
        """Let go of the results of these keys, and give them; whoever asks for one later works it out anew."""
        with self._lock:
            gone = []
            for key in [key for key in self._results if chosen(key)]:
                gone.append(self._results.pop(key))
                del self._workers[key]
        return [each.result() for each in gone if each.done() and each.exception() is None]

    def __len__(self) -> int:
        return len(self._results)


class Latest(Generic[K, V]):
    """The values that were put last, so many of them; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value of this key, which makes it a late one again; None if it is not among the latest."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Put a value; the one that was not looked at for longest goes."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)
