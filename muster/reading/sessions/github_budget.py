"""GitHub's rate limits: what is left of them, and who waits for them or gives up.

Each answer says what is left of the limit that its request counted against, until when. A secondary limit says nothing
beforehand; where it is met, nobody asks anything until the time that it names, or for a minute.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from muster.errors import MusterError
from muster.reading.reads import Call
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github_queries import QUERY

SERVICE = "github"
SERVICE_OF_QUERIES = "github-graphql"
"""Queries are counted apart: GitHub has a rate limit of their own for them."""
A_MINUTE = 60.0
"""Seconds to wait for a limit that says nothing of when it ends."""
# A longer wait than any rate limit's; whatever number a header holds, it can be counted with.
LONGEST_WAIT = 86_400.0
CORE, GRAPHQL = "core", "graphql"
Pause = Callable[[float], None]
"""Is told the seconds of a wait before it begins; raises where it would be too long."""


class BudgetSpent(MusterError):
    """A rate limit is spent, and the run does not wait for the next hour."""


@dataclass
class _Window:
    """What is left of a limit until it begins anew (seconds since 1970)."""

    limit: int
    remaining: int
    resets: float
    was_waited_for: bool = False


class RateBudget:
    """The rate limits of one token; safe between threads. Where `waits` is false, none of an hour is waited for."""

    def __init__(
        self,
        counts: Counts,
        *,
        waits: bool = True,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._counts = counts
        self._waits = waits
        self._clock = clock
        self._sleep = sleep or counts.is_over.wait
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}
        self._asking: Counter[str] = Counter()
        self._held_until = 0.0
        self._limit_of: dict[str, str] = {}
        self._turn = threading.local()

    @contextmanager
    def turn(self, call: Call, pause: Pause) -> Iterator[None]:
        """Wait until one more request is within the limit; until the block ends, it counts as one that is asked.

        Raises `BudgetSpent`, and what `pause` raises.
        """
        self._turn.limit = self._named(call)
        self._wait(self._turn.limit, pause, 0)
        try:
            yield
        finally:
            with self._lock:
                self._asking[self._turn.limit] -= 1

    def note(self, call: Call, headers: Mapping[str, str]) -> None:
        """Note what an answer says of the limit that its request counted against."""
        told = [headers.get(f"x-ratelimit-{each}", "") for each in ("limit", "remaining", "reset")]
        if not all(each.isascii() and each.isdecimal() and len(each) < 16 for each in told):
            return
        limit, remaining, resets = map(int, told)
        with self._lock:
            name = headers.get("x-ratelimit-resource") or self._limit_of.get(call.operation, _usual(call))
            if name != _usual(call):
                self._limit_of[call.operation] = name
            known = self._windows.get(name)
            if known is None or resets > known.resets:
                self._windows[name] = _Window(limit, remaining, resets)
            else:
                # Answers overtake each other: within one hour less is newer.
                known.remaining = min(known.remaining, remaining)

    def refuse(
        self, call: Call, headers: Mapping[str, str], asked: float | None, *, primary: bool, least: float
    ) -> None:
        """A limit was met. `asked` are the seconds of a Retry-After header, `least` those that are waited anyway."""
        self._counts.add(counted_as(call), "throttles")
        now = self._clock()
        self.note(call, headers)
        with self._lock:
            if primary or headers.get("x-ratelimit-remaining") == "0":
                window = self._windows.setdefault(self._named(call), _Window(0, 0, now + A_MINUTE))
                window.remaining = 0
                window.resets = min(max(window.resets, now + max(least, asked or 0.0)), now + LONGEST_WAIT)
                return
            self._counts.add(counted_as(call), "secondary")
            seconds = max(A_MINUTE if asked is None else asked, least)
            self._held_until = max(self._held_until, now + min(seconds, LONGEST_WAIT))

    def wait_again(self, call: Call, pause: Pause) -> None:
        """Wait, within a turn, until its request may be sent once more. Raises as `turn` does."""
        with self._lock:
            # By the answer it may count against another limit than it was thought to.
            self._asking[self._turn.limit] -= 1
            self._turn.limit = self._named(call)
            self._asking[self._turn.limit] += 1
        self._wait(self._turn.limit, pause, 1)

    def _wait(self, name: str, pause: Pause, own: int) -> None:
        while (seconds := self._seconds(name, own)) > 0:
            pause(seconds)
            self._sleep(seconds)

    def _seconds(self, name: str, own: int) -> float:
        """How long is to be waited for this limit; where nothing is, a request is counted as asked."""
        with self._lock:
            now = self._clock()
            if self._held_until > now:
                return self._held_until - now
            window = self._windows.get(name)
            if window is not None and now > window.resets:
                del self._windows[name]
                window = None
            if window is None or window.remaining > self._asking[name] - own:
                self._asking[name] += 1 - own
                return 0.0
            if not self._waits:
                raise BudgetSpent(
                    f"GitHub's rate limit ({name}, {window.limit:,} an hour) is spent until"
                    f" {clock_time(window.resets)}; --budget=wait waits for it"
                )
            if not window.was_waited_for:
                window.was_waited_for = True
                self._counts.add(SERVICE_OF_QUERIES if name == GRAPHQL else SERVICE, "waits")
            # A second more: it is not told when in that second it begins anew.
            return window.resets - now + 1.0

    def _named(self, call: Call) -> str:
        return self._limit_of.get(call.operation, _usual(call))


def counted_as(call: Call) -> str:
    """The name under which a question is counted."""
    return SERVICE_OF_QUERIES if call.operation.startswith(QUERY) else SERVICE


def clock_time(at: float) -> str:
    """`14:05 UTC` of the seconds since 1970."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M} UTC"


def _usual(call: Call) -> str:
    return GRAPHQL if call.operation.startswith(QUERY) else CORE
