"""Workers end with their controller: a run whose conductor was killed gets no more rows."""

from __future__ import annotations

import os
import threading
import time

from muster.evidence.conductor_lock import ConductorLock

OFTEN = 0.25
"""Seconds between two looks."""
ORPHANED = 70
"""The exit code of a worker without a controller; nobody is left to read it."""


def end_with(conductor: ConductorLock) -> None:
    """Let this process end, whatever it is at, soon after the conductor was killed; at once if it was already.

    Execnet's workers notice by the end of their input, which they read between two items only.
    """
    _end_if_orphaned(conductor)
    threading.Thread(target=_watch, args=(conductor,), name="muster-orphans", daemon=True).start()


def _watch(conductor: ConductorLock) -> None:
    while conductor.is_held():
        time.sleep(OFTEN)
    _end_if_orphaned(conductor)


def _end_if_orphaned(conductor: ConductorLock) -> None:
    # One that let go has concluded the run, and ends its workers itself.
    if conductor.was_dropped():
        os._exit(ORPHANED)
