"""The question that a thread is asking: what of an HTTP client's work belongs to which call.

Clients are shared by threads and call back from deep inside; a context variable tells them on whose behalf they work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from muster.reading.reads import Call
from muster.reading.sessions.limits import Allowance, Limits


@dataclass
class Asking:
    """One call while it is asked: what its answer may still take, and whether a request has left this process."""

    call: Call
    allowance: Allowance
    sent: bool = False


_ASKING: ContextVar[Asking] = ContextVar("asking")


@contextmanager
def asking(call: Call, limits: Limits) -> Iterator[Asking]:
    """Ask a call: until the block ends, all that this thread sends and receives is for it."""
    question = Asking(call, Allowance(limits))
    token = _ASKING.set(question)
    try:
        yield question
    finally:
        _ASKING.reset(token)


def is_asking() -> bool:
    """Whether this thread asks a call."""
    return _ASKING.get(None) is not None


def now_asking() -> Asking:
    """The call that this thread asks. Raises `LookupError` if it asks none."""
    return _ASKING.get()
