"""Reports that stand in a file: pytest keeps every report until it ends, 1.4 KB each, of 40 accounts some 13,000."""

from __future__ import annotations

import itertools
import os
import pickle
from array import array
from collections.abc import Iterable, MutableSequence
from typing import Any, BinaryIO

ON_WORKERS = "node"
"""Where a report of xdist has the worker that it came from, a live object."""


class ReportsOnDisk(MutableSequence[Any]):
    """Reports in the order in which they came; those that were put on disk are read when somebody looks at them.

    It is no list, since what is written in C looks past the methods of one; it can be added to lists.
    """

    def __init__(self, file: BinaryIO, reports: Iterable[Any] = ()) -> None:
        self._file = file
        # Where a report stands in the file, or ~its number among those in memory.
        self._places = array("q")
        self._in_memory: dict[int, Any] = {}
        self._numbers = itertools.count()
        self._workers: dict[int, Any] = {}
        self.extend(reports)

    @property
    def newest(self) -> Any:
        """The last of them where it is in memory, else None."""
        return self._in_memory.get(~self._places[-1]) if self._places else None

    def put_on_disk(self, index: int) -> None:
        """Put a report there to which nothing will be added any more, unless something in it cannot be written."""
        if index >= len(self) or self._places[index] >= 0:
            return
        report = self[index]
        state = dict(vars(report))
        worker = state.pop(ON_WORKERS, None)
        self._workers[id(worker)] = worker
        try:
            text = pickle.dumps((type(report), state, id(worker)), pickle.HIGHEST_PROTOCOL)
        except (pickle.PicklingError, TypeError, AttributeError):
            return
        self._in_memory.pop(~self._places[index], None)
        self._places[index] = self._file.seek(0, os.SEEK_END)
        self._file.write(text)

    def insert(self, index: int, value: Any) -> None:
        """Put a report before another one."""
        self._places.insert(index, self._kept(value))

    def clear(self) -> None:
        """Forget them all."""
        del self[:]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self._read(place) for place in self._places[index]]
        return self._read(self._places[index])

    def __setitem__(self, index: int | slice, value: Any) -> None:
        if isinstance(index, slice):
            self._places[index] = array("q", map(self._kept, value))
        else:
            self._places[index] = self._kept(value)

    def __delitem__(self, index: int | slice) -> None:
        gone = self._places[index] if isinstance(index, slice) else [self._places[index]]
        for place in gone:
            self._in_memory.pop(~place, None)
        del self._places[index]

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self, *other]

    def __radd__(self, other: Iterable[Any]) -> list[Any]:
        return [*other, *self]

    def _kept(self, report: Any) -> int:
        number = next(self._numbers)
        self._in_memory[number] = report
        return ~number

    def _read(self, place: int) -> Any:
        if place < 0:
            return self._in_memory[~place]
        self._file.seek(place)
        kind, state, worker = pickle.load(self._file)  # noqa: S301  # a file without a name, written by this process
        report = kind.__new__(kind)
        vars(report).update(state)
        if self._workers[worker] is not None:
            vars(report)[ON_WORKERS] = self._workers[worker]
        return report


class CountedIds(set[Any]):
    """Ids that are counted, and let go of one after the other."""

    def __init__(self, ids: Iterable[Any] = ()) -> None:
        super().__init__(ids)
        self._gone = 0

    def let_go(self, id_: Any) -> None:
        """Let go of an id of which nothing more will be said; it counts on."""
        if id_ in self:
            self.remove(id_)
            self._gone += 1

    def __len__(self) -> int:
        return super().__len__() + self._gone
