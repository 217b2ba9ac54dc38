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

    Nothing is done about heaps where somebody has set them.
    https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    gc.set_threshold(MANY, 20, 20)
    if "MALLOC_ARENA_MAX" not in os.environ:
        call_of_glibc("mallopt", _M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Give free memory of the heaps back to the system, in a millisecond: after an account that is 20 MB.

    https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    call_of_glibc("malloc_trim", 0)


def call_of_glibc(name: str, *arguments: int) -> int | None:
    """What a function of glibc returns; None where the C library has none of this name: Alpine's has no such heaps."""
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    return None if function is None else int(function(*arguments))
