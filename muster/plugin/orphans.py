"""Workers end with their controller: a run whose conductor was killed gets no more rows."""

from __future__ import annotations

import os
import threading
import time

OFTEN = 0.25
"""Seconds between two looks."""
ORPHANED = 70
"""The exit code of a worker without a controller; nobody is left to read it."""


def end_with(parent: int) -> None:
    """Let this process end, whatever it is at, soon after the process `parent` has: its own parent, if it is one.

    Execnet's workers notice by the end of their input, which they read between two items only. A worker that was
    started by somebody in between is left to that.
    """
    if os.getppid() == parent:
        threading.Thread(target=_watch, args=(parent,), name="muster-orphans", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(OFTEN)
    os._exit(ORPHANED)
