"""Cores: what judges accounts stays on one, because its threads take turns at one interpreter lock.

A turn that goes to a thread on another core has to wake that core, and finds its caches cold.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Collection
from socket import AF_UNIX, SOCK_DGRAM, socket

from muster.run.memory import call_of_glibc


def current_core() -> int | None:
    """The core on which the system runs the calling thread just now; None where it does not tell.

    https://man7.org/linux/man-pages/man3/sched_getcpu.3.html
    """
    core = call_of_glibc("sched_getcpu")
    return core if core is not None and core >= 0 else None


class OneCore:
    """The core of the thread that judges, and of those that help it, from `take` to `leave`; then any will do again.

    No other process of Muster on this machine takes the same one; where none is left, or the system does not tell on
    which core a thread runs, all stay as free as they were.
    """

    def __init__(self, tell: Callable[[], int | None] = current_core, claims: str = "muster-core") -> None:
        """Be told by `tell` where a thread runs; who takes a core says so to all whose `claims` are these."""
        self._tell = tell
        self._claims = claims
        self._core: int | None = None
        self._claim: socket | None = None
        self._before: Collection[int] | None = None
        self._taken_by: int | None = None

    def take(self) -> None:
        """Stay on the core on which the system runs the calling thread just now, or on another that is free."""
        if self._before is not None or sys.platform != "linux":
            return
        self._before = os.sched_getaffinity(0)
        self._taken_by = threading.get_ident()
        now = self._tell()
        for core in sorted(self._before, key=lambda each: each != now) if now in self._before else ():
            self._claim = _claimed(f"{self._claims}-{core}")
            if self._claim is not None:
                self._core = core
                break
        self.join()

    def join(self) -> None:
        """Let the calling thread, and what it starts, run on this core alone."""
        if self._core is not None:
            _run_on({self._core})

    def leave(self) -> None:
        """Let the thread that took the core run where it could before."""
        if self._before is not None and self._taken_by == threading.get_ident():
            _run_on(self._before)
            if self._claim is not None:
                self._claim.close()
            self._before = self._core = self._claim = None


def _claimed(name: str) -> socket | None:
    """What holds a name for as long as it is open; None where another process holds it.

    It is an address without a file, which goes with whoever holds it, however that ends.
    https://man7.org/linux/man-pages/man7/unix.7.html
    """
    claim = socket(AF_UNIX, SOCK_DGRAM)
    try:
        claim.bind(f"\0{name}")
    except OSError:
        claim.close()
        return None
    return claim


def _run_on(cores: Collection[int]) -> None:
    """Let the calling thread run on these cores alone; one that is not there any more leaves it as it is.

    https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
    """
    try:
        os.sched_setaffinity(0, cores)
    except OSError:
        return
