"""Limits: how much one answer may take, so that no endpoint holds an audit for ever or fills the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from muster.errors import MusterError

MIB = 1024 * 1024


@dataclass(frozen=True)
class AnswerLimits:
    """What one answer may take, all its pages together, and what a page of it may.

    An account of 500,000 things of a kind must fit. The smallest pages that AWS and GitHub cut are of 25 to 50 things,
    which makes 20,000 pages; a thing is a kilobyte at most where there are so many. Two hours let GitHub's hourly rate
    limit pass once. No page that AWS or GitHub sends comes near 64 MiB, and one that takes three minutes with all its
    retries (60 seconds an attempt where nobody answers) does not come any more. Real answers are nested some ten levels
    deep; what is done with them, redaction say, goes down by recursion.

    Bytes alone do not tell what an answer costs: botocore takes a minute of a core and two gigabytes for half a
    gigabyte of short elements of XML. Five million values take it some twenty seconds and half a gigabyte, and are
    500,000 log groups, 200,000 rules of security groups or 40,000 instances, of one region each.
    """

    pages: int = 20_000
    bytes: int = 512 * MIB
    seconds: float = 7_200
    values: int = 5_000_000
    page_bytes: int = 64 * MIB
    page_seconds: float = 180
    depth: int = 100


class LimitPassed(MusterError):
    """An answer takes more than it may; the name of the class is the code of the error that it becomes."""


class AnswerTooLong(LimitPassed):
    """It has too many pages."""


class AnswerTooLarge(LimitPassed):
    """It has too many bytes, unpacked."""


class AnswerTooDeep(LimitPassed):
    """It is nested too deep."""


class DeadlinePassed(LimitPassed):
    """It takes too many seconds."""


class NobodyWaits(LimitPassed):
    """The run has ended: nobody waits for the answer any more."""


class Allowance:
    """What is left of the limits for the answer that a thread waits for; `passed` is what was raised of them."""

    def __init__(self, limits: AnswerLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._pages = 0
        self._bytes = 0
        self._values = 0
        self._page_bytes = 0
        self._ends = clock() + limits.seconds
        self._page_ends = self._ends
        self.passed: LimitPassed | None = None

    def begin_page(self) -> None:
        """A page more is asked for. Raises `LimitPassed`."""
        self._pages += 1
        if self._pages > self.limits.pages:
            self._pass(AnswerTooLong(f"the answer has more than {self.limits.pages:,} pages"))
        self._page_bytes = 0
        self._page_ends = self._clock() + self.limits.page_seconds
        self.check()

    def take(self, number: int) -> None:
        """So many bytes more have come. Raises `LimitPassed`."""
        self._bytes += number
        self._page_bytes += number
        if self._page_bytes > self.limits.page_bytes:
            self._pass(AnswerTooLarge(f"a page of the answer has more than {self.limits.page_bytes:,} bytes"))
        if self._bytes > self.limits.bytes:
            self._pass(AnswerTooLarge(f"the answer has more than {self.limits.bytes:,} bytes"))

    def parse(self, values: int) -> None:
        """So many values more are about to be made of bytes that have come. Raises `LimitPassed`."""
        self._values += values
        if self._values > self.limits.values:
            self._pass(AnswerTooLarge(f"the answer has more than {self.limits.values:,} values"))

    def seconds_left(self) -> float:
        """How long may still be waited, more than 0. Raises `LimitPassed`."""
        self.check()
        return min(self._ends, self._page_ends) - self._clock()

    def pause(self, seconds: float) -> None:
        """Somebody asks to wait so long (a rate limit, our own pace): it counts for the answer, not for its page.

        Raises `LimitPassed` where the answer's time would be over after that.
        """
        if self.passed is not None:
            raise self.passed
        self._page_ends += seconds
        if self._clock() + seconds >= self._ends:
            self._pass(
                DeadlinePassed(
                    f"to wait {seconds:,.0f} seconds more, as was asked, would take the answer {self._whole()}"
                )
            )

    def give_up(self) -> None:
        """Nobody waits for the answer any more: whoever looks next is told so."""
        self.passed = self.passed or NobodyWaits("the run has ended, and nobody waits for the answer any more")

    def check(self) -> None:
        """Raise the `LimitPassed` of a limit that was passed, also one that a library has caught since."""
        if self.passed is not None:
            raise self.passed
        now = self._clock()
        if now >= self._ends:
            self._pass(DeadlinePassed(f"the answer takes {self._whole()}"))
        if now >= self._page_ends:
            self._pass(DeadlinePassed(f"a page of the answer takes more than {self.limits.page_seconds:,g} seconds"))

    def _whole(self) -> str:
        return f"more than {self.limits.seconds:,g} seconds"

    def _pass(self, passed: LimitPassed) -> None:
        self.passed = passed
        raise passed
