"""SIGTERM ends a run as Ctrl-C does: what was judged stands, what was not is said, and the folder is sealed.

A container that is stopped, a CI job that is cancelled and a machine that goes down send it, and some seconds later
what nobody can answer.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

import pytest


class EndsOnSigterm:
    """In the process that conducts a run; the first SIGTERM counts, those after it find the run at its conclusion."""

    def __init__(self) -> None:
        self._before: object = None

    def pytest_sessionstart(self) -> None:
        """Listen from here on, where nobody else does."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.getsignal(signal.SIGTERM)
            if self._before is signal.SIG_DFL:
                signal.signal(signal.SIGTERM, _interrupt)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Leave it as it was found."""
        if self._before is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt("SIGTERM")
