"""Cores: what judges accounts stays on one, because its threads take turns at one interpreter lock.

A turn that goes to a thread on another core has to wake that core, and finds its caches cold.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Collection

from muster.run.memory import call_of_glibc


def current_core() -> int | None:
    """The core on which the system runs the calling thread just now; None where it does not tell.

    https://man7.org/linux/man-pages/man3/sched_getcpu.3.html
    """
    core = call_of_glibc("sched_getcpu")
    return core if core is not None and core >= 0 else None


class OneCore:
    """The core of the thread that judges, and of those that help it, from `take` to `leave`; then any will do again.

    Where the system does not tell on which core a thread runs, or lets nobody choose, all stay as free as they were.
    """

    def __init__(self, tell: Callable[[], int | None] = current_core) -> None:
        self._tell = tell
        self._core: int | None = None
        self._before: Collection[int] | None = None
        self._taken_by: int | None = None

    def take(self) -> None:
        """Stay on the core on which the system runs the calling thread just now: it has put us beside who is busy."""
        if self._before is None and sys.platform == "linux":
            self._before = os.sched_getaffinity(0)
            self._taken_by = threading.get_ident()
            self._core = self._tell()
            self.join()

    def join(self) -> None:
        """Let the calling thread, and what it starts, run on this core alone."""
        if self._core is not None:
            _run_on({self._core})

    def leave(self) -> None:
        """Let the thread that took the core run where it could before."""
        if self._before is not None and self._taken_by == threading.get_ident():
            _run_on(self._before)
            self._before = self._core = None


def _run_on(cores: Collection[int]) -> None:
    """Let the calling thread run on these cores alone; one that is not there any more leaves it as it is.

    https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
    """
    try:
        os.sched_setaffinity(0, cores)
    except OSError:
        return
