"""A fleet: forty empty accounts of seventeen regions in one process, each answer 0.1 s late."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.audits import audit
from benchmarks.figures import Figure
from benchmarks.late_aws import late_aws
from benchmarks.regions import REGIONS

ACCOUNTS, FEW = 40, 5
SECONDS = 0.1
MEGABYTES = 300.0
# What an account more adds: of those before it pytest keeps the id of each item.
MEGABYTES_MORE = 0.2
MILLISECONDS = 3.0


def measure(accounts: int = ACCOUNTS, few: int = FEW, regions: Sequence[str] = REGIONS) -> list[Figure]:
    """Audit a few accounts, then all; an account alone waits for its own answers, so that the sum is what is saved."""
    with late_aws() as server:
        audit(server.url, regions)  # the server asks the sandbox what it will answer
        server.answer_after(SECONDS)
        one, some, all_of_them = (audit(server.url, regions, number) for number in (1, few, accounts))
    more = (all_of_them.memory - some.memory) / (accounts - few)
    return [
        Figure("accounts", accounts, ""),
        Figure("calls", all_of_them.calls, ""),
        Figure("wall", all_of_them.wall, "s"),
        Figure("wall, of one account after the other", one.wall * accounts, "s"),
        Figure("CPU a call of one account, all in", 1000 * one.cpu / one.calls, "ms", at_most=MILLISECONDS),
        Figure("CPU a call, all in", 1000 * all_of_them.cpu / all_of_them.calls, "ms", at_most=MILLISECONDS),
        Figure(
            "CPU a call of an account more",
            1000 * (all_of_them.cpu - some.cpu) / (all_of_them.calls - some.calls),
            "ms",
            at_most=MILLISECONDS,
        ),
        Figure("peak memory", all_of_them.memory, "MB", at_most=MEGABYTES),
        Figure(f"memory an account after the first {few}", more, "MB", at_most=MEGABYTES_MORE),
    ]
