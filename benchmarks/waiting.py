"""Waiting: what an account's audit waits for answers that take 50 and 200 ms, in one region and in seventeen."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.audits import Audited, audit, first_controls
from benchmarks.figures import Figure
from benchmarks.late_aws import LateAws, late_aws
from benchmarks.regions import REGIONS

LATENCIES = (0.05, 0.2)
# A role is assumed, the caller asked; then a list, what stands in it, and what that leads to.
LONGEST_CHAIN = 2 + 4
SHARE = 1.2
AT_A_TIME = 32
"""So many questions at a time the goal is made for; an account is asked twice as many, half of them of one service."""
WALL_SECONDS = 2.5
FIRST_SECONDS = 1.0
PASSES = 3
"""Of so many audits the fastest counts: what else runs on the machine only ever adds."""


def measure(regions: Sequence[str] = REGIONS) -> list[Figure]:
    """Audit without waiting, then with; the rest of the two is waiting.

    With one region the controls of the first catalogue are audited by themselves, too: the goal of the wall is theirs.
    """
    with late_aws() as server:
        return [
            *_of(server, regions[:1], "1 region, first catalogue", first_controls()),
            *_of(server, regions[:1], "1 region"),
            *_of(server, regions, f"{len(regions)} regions"),
        ]


def _of(server: LateAws, regions: Sequence[str], where: str, controls: Sequence[str] | None = None) -> list[Figure]:
    audit(server.url, regions, controls=controls)  # the server asks the sandbox what it will answer
    firsts: list[float] = []
    at_once = _fastest(server, regions, 0.0, firsts, controls)
    figures = [
        Figure(f"{where}: calls", at_once.calls, ""),
        Figure(f"{where}: wall at 0 ms", at_once.wall, "s", at_most=WALL_SECONDS if controls else None),
        Figure(f"{where}: start to first read", min(firsts), "s", at_most=FIRST_SECONDS),
    ]
    for seconds in LATENCIES:
        late = _fastest(server, regions, seconds, firsts, controls)
        ideal = late.calls * seconds / AT_A_TIME + LONGEST_CHAIN * seconds
        waited = max(0.0, late.wall - at_once.wall)
        figures.append(Figure(f"{where}: waited at {seconds * 1000:.0f} ms", waited, "s", at_most=SHARE * ideal))
    return figures


def _fastest(
    server: LateAws, regions: Sequence[str], seconds: float, firsts: list[float], controls: Sequence[str] | None
) -> Audited:
    audits = []
    for _ in range(PASSES):
        server.answer_after(seconds)
        audits.append(audit(server.url, regions, controls=controls))
        firsts.append(server.answer_after(0.0)["first"] - audits[-1].begun)
    return min(audits, key=lambda each: each.wall)
