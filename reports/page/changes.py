"""What changed between two runs, a resource under a control at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from muster.verdict import Status, Verdict

Change = Literal[
    "new failure",
    "still failing",
    "fixed",
    "newly unreadable",
    "still unreadable",
    "newly waived",
    "no longer applies",
]
CHANGES: tuple[Change, ...] = get_args(Change)

Key = tuple[str, str, str, str]
"""Control, account, region, resource."""

# Of several rows of one key the worst counts.
_WORST_FIRST: tuple[Status, ...] = ("fail", "error", "not_run", "waived", "pass", "not_applicable")
_UNREADABLE = ("error", "not_run")


@dataclass(frozen=True)
class Gone:
    """A resource that was judged before and is not in the account any more."""

    key: Key
    was: Status


def key_of(row: Verdict) -> Key:
    """What makes a row of one run and a row of another the same."""
    return (row.control, row.account, row.region, row.resource)


def worst_by_key(rows: Iterable[tuple[Key, Status]]) -> dict[Key, Status]:
    """The worst status of each key."""
    worst: dict[Key, Status] = {}
    for key, status in rows:
        known = worst.get(key)
        if known is None or _WORST_FIRST.index(status) < _WORST_FIRST.index(known):
            worst[key] = status
    return worst


def change(was: Status | None, now: Status) -> Change | None:
    """What became of a resource; `was` is None where the earlier run had no verdict on it."""
    if now == "fail":
        return "still failing" if was == "fail" else "new failure"
    if now in _UNREADABLE:
        return "still unreadable" if was in _UNREADABLE else "newly unreadable"
    if now == "waived":
        return None if was == "waived" else "newly waived"
    if was == "fail":
        return "fixed" if now == "pass" else "no longer applies"
    return None


def gone(before: Mapping[Key, Status], now: Mapping[Key, Status]) -> Iterator[Gone]:
    """What was judged before and has no row now, though its control was asked of its account again.

    Where that control met something unreadable in that place, nothing is called gone: it may be what was not seen.
    """
    asked = {key[:2] for key in now}
    unseen = {key[:3] for key, status in now.items() if status in _UNREADABLE}
    for key, was in sorted(before.items()):
        control, account, region, _ = key
        blind = bool(unseen & {(control, account, region), (control, account, "global")})
        if key not in now and was in ("pass", "fail", "waived") and (control, account) in asked and not blind:
            yield Gone(key, was)
