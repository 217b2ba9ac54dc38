"""Cores: the threads that judge an account stay on one, because they take turns at one interpreter lock.

A turn that goes to a thread on another core has to wake that core, and finds its caches cold.
"""

from __future__ import annotations

import os
import sys

from muster.run.memory import call_of_glibc


def current_core() -> int | None:
    """The core on which the system runs the calling thread just now; None where it does not tell.

    https://man7.org/linux/man-pages/man3/sched_getcpu.3.html
    """
    core = call_of_glibc("sched_getcpu")
    return core if core is not None and core >= 0 else None


def stay_on(core: int | None) -> None:
    """Let the calling thread, and the threads that it starts, run on this core alone; None leaves them free.

    So does a core that is not there any more, and a system that lets nobody choose.
    https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
    """
    if core is None or sys.platform != "linux":
        return
    try:
        os.sched_setaffinity(0, {core})
    except OSError:
        return
