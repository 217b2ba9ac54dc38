"""Figures: what a benchmark measured, beside the goal it is held to."""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace


class BenchmarkFailed(Exception):
    """Nothing could be measured, and why."""


@dataclass(frozen=True)
class Figure:
    """One number; `at_most` is its goal, None where it is told for interest.

    `before` is what an earlier commit measured, told beside it.

    Of several passes the median counts, or the largest of them where not even one may be above the goal (`strict`).
    """

    name: str
    value: float
    unit: str
    at_most: float | None = None
    strict: bool = False
    before: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether it has a goal and is above it."""
        return self.at_most is not None and self.value > self.at_most

    def __str__(self) -> str:
        before = f"  (before: {_amount(self.before, self.unit)})" if self.before is not None else ""
        if self.at_most is None:
            return f"  {self.name:<44}{'':<18}{_amount(self.value, self.unit)}{before}"
        goal = f"goal <= {_amount(self.at_most, self.unit)}"
        measured = f"measured {_amount(self.value, self.unit)}"
        return f"  {self.name:<44}{goal:<18}{measured:<22}{'MISSED' if self.is_missed else 'ok'}{before}"


def middle(passes: Sequence[Sequence[Figure]]) -> list[Figure]:
    """The figures of several passes as one of each."""
    return [
        replace(figures[0], value=(max if figures[0].strict else statistics.median)(figure.value for figure in figures))
        for figures in zip(*passes, strict=True)
    ]


class Clock:
    """Seconds that passed in a `with timed()` block."""

    seconds: float


@contextmanager
def timed() -> Iterator[Clock]:
    """Measure the wall time of a block."""
    clock, start = Clock(), time.perf_counter()
    yield clock
    clock.seconds = time.perf_counter() - start


def peak_memory() -> Figure:
    """The most memory that this process ever had resident."""
    return Figure("peak memory", megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss), "MB")


def megabytes(maxrss: int) -> float:
    """`ru_maxrss` in megabytes: the kernel counts it in kilobytes, that of macOS in bytes."""
    return maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)


def surroundings() -> str:
    """What the figures depend on beside the code."""
    version = ".".join(map(str, sys.version_info[:3]))
    return f"Python {version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} from whatever else runs"


def _amount(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.2f}"
    return f"{number} {unit}".rstrip()
