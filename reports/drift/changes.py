"""What may have become of a resource under a control from one run to another."""

from __future__ import annotations

from typing import Literal, get_args

from muster.verdict import UNREADABLE, Status, Verdict

Change = Literal[
    "new failure",
    "still failing",
    "fixed",
    "newly unreadable",
    "still unreadable",
    "newly waived",
    "no longer applies",
    "resource gone",
    "not seen",
]
"""The last two are of what has no verdict any more; `not seen` is what may still be there."""

CHANGES: tuple[Change, ...] = get_args(Change)
NEW: frozenset[Change] = frozenset({"new failure", "newly unreadable"})
LOST: frozenset[Change] = frozenset({"resource gone", "not seen"})

RowKey = tuple[str, str, str, str]
"""Control, account, region, resource."""

# Of several rows of one key the worst counts.
_WORST_FIRST: tuple[Status, ...] = ("fail", "error", "not_run", "waived", "pass", "not_applicable")


def row_key(row: Verdict) -> RowKey:
    """What makes a row of one run and a row of another the same."""
    return (row.control, row.account, row.region, row.resource)


def is_worse(status: Status, than: Status | None) -> bool:
    """Whether a status counts before another one of the same key; before none, any does."""
    return than is None or _WORST_FIRST.index(status) < _WORST_FIRST.index(than)


def change(was: Status | None, now: Status) -> Change | None:
    """What became of a resource; `was` is None where the earlier run had no verdict on it."""
    if now == "fail":
        return "still failing" if was == "fail" else "new failure"
    if now in UNREADABLE:
        return "still unreadable" if was in UNREADABLE else "newly unreadable"
    if now == "waived":
        return None if was == "waived" else "newly waived"
    if was == "fail":
        return "fixed" if now == "pass" else "no longer applies"
    return None
