"""What is free in the heaps of the C library is given back to the system."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from muster.run.memory import give_back


def resident() -> float:
    """Megabytes of this process that are in memory."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1_000


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library gives back as it likes")
def test_free_memory_is_given_back() -> None:
    blocks = [bytes(3_000) for _ in range(20_000)]
    blocks[:-1] = []  # the last one holds the heap where it is
    held = resident()
    give_back()

    assert held - resident() > 30
    assert blocks
