"""An audit of an organization of five accounts, as a user runs it; some judge what concerns all of them."""

from __future__ import annotations

from benchmarks import audit
from benchmarks.figures import Figure

ARGUMENTS = ("--profile=baseline", "--account=all", "--estate=fixtures/sandbox/estates/group")
WALL_SECONDS = 30.0


def measure() -> list[Figure]:
    """Collect, audit, and count in the run folder what was asked."""
    return audit.measure(ARGUMENTS, WALL_SECONDS)
