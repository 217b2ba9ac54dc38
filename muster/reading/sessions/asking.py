"""The question that a thread is asking: what of an HTTP client's work belongs to which call.

Clients are shared by threads and call back from deep inside; a context variable tells them on whose behalf they work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from muster.reading.reads import Call


@dataclass
class Asking:
    """One call while it is asked; `sent` says whether a request for it has left this process."""

    call: Call
    sent: bool = False


_ASKING: ContextVar[Asking] = ContextVar("asking")


@contextmanager
def asking(call: Call) -> Iterator[Asking]:
    """Ask a call: until the block ends, all requests of this thread are sent for it."""
    question = Asking(call)
    token = _ASKING.set(question)
    try:
        yield question
    finally:
        _ASKING.reset(token)


def now_asking() -> Asking:
    """The call that this thread asks. Raises `LookupError` if it asks none."""
    return _ASKING.get()
