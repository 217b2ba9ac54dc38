"""An audit of an organization of five accounts, as a user runs it; some judge what concerns all of them."""

from __future__ import annotations

from benchmarks import audit
from benchmarks.figures import Figure

ARGUMENTS = ("--profile=baseline", "--account=all", "--discover", "--estate=fixtures/sandbox/estates/group")
WALL_SECONDS = 30.0


def measure() -> list[Figure]:
    """Collect, audit, and count in the run folder what was asked.

    The organization is asked for its accounts before anything is collected, so that this is no figure of collecting.
    """
    figures = audit.measure(ARGUMENTS, WALL_SECONDS)
    return [figure for figure in figures if not figure.name.startswith("collection")]
