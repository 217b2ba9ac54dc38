"""Which reads a piece of code touched, and whether one of them could not be read.

A frame is open while a resource is judged or a read is worked out; every answer that is looked at meanwhile leaves its
hash there. An unreadable answer leaves its mark too, so that no expression around it (`any`, `or`, `get`, a swallowed
exception) can turn it into a pass.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self


class GoneReason(str):
    """Why an answer is unreadable, where it says that the thing it was asked about is not there."""

    __slots__ = ()


class Frame:
    """The reads touched while it was open: their hashes in order, and why the first unreadable one was so."""

    __slots__ = ("hashes", "unreadable")

    def __init__(self) -> None:
        self.hashes: dict[str, None] = {}
        self.unreadable: str | None = None

    def touch(self, hashes: Iterable[str], unreadable: str | None = None) -> None:
        """Note that these answers were looked at, and why one of them is unreadable if one is."""
        self.hashes.update(dict.fromkeys(hashes))
        self.unreadable = self.unreadable or unreadable

    def __enter__(self) -> Self:
        _open.frames.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _open.frames.pop()


class _Open(threading.local):
    def __init__(self) -> None:
        self.frames: list[Frame] = []


_open = _Open()


def touched() -> tuple[str, ...]:
    """The hashes of the answers that were looked at so far, in all open frames of this thread."""
    return tuple(sha256 for frame in _open.frames for sha256 in frame.hashes)


def touch(hashes: Iterable[str], unreadable: str | None = None) -> None:
    """Note reads in the innermost open frame of this thread; outside of any frame there is nobody to tell."""
    if _open.frames:
        _open.frames[-1].touch(hashes, unreadable)
