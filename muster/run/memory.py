"""Memory of a process that judges: garbage is looked for seldom, and threads share their heaps."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

MANY = 50_000
"""So many objects more are looked at together; at Python's 700 a fifth of an audit's CPU goes into looking."""
HEAPS = 4
"""Of glibc's allocator; by itself it has eight a core, and what is free in one is lost to threads that use another.

With so many 130 threads take 28 MB less, and no more time; with two they wait for each other.
"""
_M_ARENA_MAX = -8


def settle_memory() -> None:
    """Look for garbage seldom, and let threads share `HEAPS` heaps.

    Nothing is done about heaps where the C library has no such setting, or somebody has set it.
    https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    gc.set_threshold(MANY, 20, 20)
    if sys.platform != "linux" or "MALLOC_ARENA_MAX" in os.environ:
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # the C library of Alpine has none
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, HEAPS)
