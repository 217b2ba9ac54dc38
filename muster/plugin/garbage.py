"""Memory in an audit: garbage is not looked for in what lives as long as the process, and threads share their heaps."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

import pytest

MANY = 50_000
"""So many objects more are looked at together; at Python's 700 a fifth of an audit's CPU goes into looking."""
HEAPS = 4
"""Of glibc's allocator; by itself it has eight a core, and what is free in one is lost to threads that use another.

With so many 130 threads take 28 MB less, and no more time; with two they wait for each other.
"""
_M_ARENA_MAX = -8


class Garbage:
    """Looks seldom, and sets aside what is there when all is collected, and all there is when pytest ends.

    Pytest collects to the bottom at its end, which takes a second over botocore's service models.
    """

    def __init__(self) -> None:
        self._before = gc.get_threshold()
        gc.set_threshold(MANY, 20, 20)
        _share_heaps()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Modules, items and the plan stay until the end; accounts, which are entered next, do not."""
        gc.freeze()

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self) -> None:
        """The process ends: nothing needs to be given back any more."""
        gc.freeze()
        gc.set_threshold(*self._before)


def _share_heaps() -> None:
    """Let threads share `HEAPS` heaps, where the C library has such a setting and nobody has set it.

    https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    if sys.platform != "linux" or "MALLOC_ARENA_MAX" in os.environ:
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # the C library of Alpine has none
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, HEAPS)
