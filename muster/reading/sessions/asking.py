"""The question that a thread is asking: what of an HTTP client's work belongs to which call.

Clients are shared by threads and call back from deep inside; a context variable tells them on whose behalf they work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from typing import Any

from muster.once import Once
from muster.reading.reads import Call
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.limits import Allowance, AnswerLimits
from muster.reading.sessions.pace import Pace


@dataclass(frozen=True, eq=False)
class Caller:
    """As whom an account is asked: what its questions do not share with those of other accounts.

    `credentials` are botocore's, None where the client has its own. `quotas` are those of retries, one a service and
    region. `failing` are the names of the operations that failed to the end when they were asked last, `silent` the
    regions in which a question was asked to the end without an answer, and nothing was answered since.
    """

    counts: Counts = field(default_factory=Counts)
    credentials: Any = None
    pace: Pace = field(default_factory=lambda: Pace(None))
    quotas: Once[tuple[str, str], Any] = field(default_factory=Once)
    failing: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Asking:
    """One call while it is asked: what its answer may still take, and whether a request has left this process.

    `socket` is the one from which its answer is read, None before there is one.
    """

    call: Call
    allowance: Allowance
    caller: Caller
    sent: bool = False
    socket: Any = None

    def give_up(self) -> None:
        """Nobody waits for the answer any more: the thread that does is told so, however silent the other side is."""
        self.allowance.give_up()
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(SHUT_RDWR)


_ASKING: ContextVar[Asking] = ContextVar("asking")


@contextmanager
def asking(call: Call, limits: AnswerLimits, caller: Caller | None = None) -> Iterator[Asking]:
    """Ask a call: until the block ends, all that this thread sends and receives is for it."""
    question = Asking(call, Allowance(limits), caller or Caller())
    token = _ASKING.set(question)
    question.caller.counts.begin(question)
    try:
        yield question
    finally:
        question.caller.counts.end(question)
        _ASKING.reset(token)


def is_asking() -> bool:
    """Whether this thread asks a call."""
    return _ASKING.get(None) is not None


def now_asking() -> Asking:
    """The call that this thread asks. Raises `LookupError` if it asks none."""
    return _ASKING.get()
