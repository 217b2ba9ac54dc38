"""Drift: what changed between two runs, a resource under a control at a time, and why.

Rows are streamed; of each a digest is held (16 bytes), and whole ones only of what fails or changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from muster.reading.reads import canonical_json
from muster.verdict import UNREADABLE, Status, Verdict
from reports.drift.causes import Causes
from reports.drift.changes import CHANGES, LOST, NEW, Change, RowKey, change, is_worse, row_key
from reports.run import ReportedRun

# What stayed as it was needs no explanation, and of what is not there nothing is known.
_UNEXPLAINED: frozenset[Change] = LOST | {"still failing", "still unreadable"}
MOST_EXPLAINED = 5_000


@dataclass(frozen=True)
class Changed:
    """What became of one resource under one control.

    `was` is None where the earlier run had no verdict on it, `now` where this one has none. `why` names the causes,
    likeliest first; it is empty where nothing is to be explained.
    """

    control: str
    account: str
    region: str
    resource: str
    change: Change
    was: Status | None
    now: Status | None
    reason: str
    why: tuple[str, ...] = ()
    name: str | None = None

    @property
    def key(self) -> RowKey:
        """What makes a row of either run speak of this."""
        return (self.control, self.account, self.region, self.resource)


@dataclass(frozen=True)
class Drift:
    """What changed from the run `since` to the run `run`, in a fixed order.

    `since_signed_by` is the fingerprint of the key that signed the earlier run, None where none did.
    `incomparable` says of accounts why their earlier verdicts do not count; `not_asked` counts controls × accounts
    that were judged then and not now, `not_asked_before` the other way round; `unexplained` counts changes beyond
    `MOST_EXPLAINED`.
    """

    since: str
    since_started: str
    run: str
    mocked: bool
    changes: tuple[Changed, ...]
    incomparable: Mapping[str, str]
    not_asked: int
    not_asked_before: int
    unexplained: int
    since_signed_by: str | None = None

    @property
    def counts(self) -> dict[Change, int]:
        """How many of each change, zeros included."""
        counted = Counter(each.change for each in self.changes)
        return {name: counted[name] for name in CHANGES}

    @property
    def is_new(self) -> bool:
        """Whether something fails or is unreadable that did not or was not before."""
        return any(each.change in NEW for each in self.changes)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for `drift.json`."""
        return {**asdict(self), "counts": self.counts}


def compare(previous: ReportedRun, current: ReportedRun) -> Drift:
    """What changed between two runs.

    What is not there any more is `resource gone` only if its control was judged there again and saw all there is; where
    its list, or anything in its place, was unreadable, it is `not seen`. Verdicts of an account that is another one
    under the same name (another id, or a sandbox then) are left out, so that everything in it is new.
    """
    incomparable = _incomparable(previous, current)
    before, now = _Verdicts(), _Verdicts()
    for row in _rows(previous, incomparable):
        before.add(row)
    for row in current.rows():
        now.add(row)
    changed = _changed_now(current, before, now)
    old = _old_rows(previous, incomparable, changed, now)
    causes = Causes(previous, current)
    found, explained = [], 0
    for digest, (row, what) in changed.items():
        why: tuple[str, ...] = ()
        if what not in _UNEXPLAINED and explained < MOST_EXPLAINED:
            explained += 1
            why = causes.of(old[digest], row) if digest in old else _why_unknown_before(before, row)
        found.append(_as_changed(row, what, before.status.get(digest), row.status, why))
    for digest, row in old.items():
        if digest not in changed:
            found.append(_as_changed(row, now.fate_of(row), row.status, None))
    found.sort(key=lambda each: (CHANGES.index(each.change), *each.key))
    return Drift(
        since=previous.name,
        since_started=str(previous.record["started"]),
        run=current.name,
        mocked=current.is_mocked,
        changes=tuple(found),
        incomparable=incomparable,
        not_asked=len(before.asked - now.asked),
        not_asked_before=len(now.asked - before.asked),
        unexplained=sum(each.change not in _UNEXPLAINED for each in found) - explained,
    )


@dataclass
class _Verdicts:
    """What is held of all rows of a run: the worst status by digest, who was asked, and where not all was seen."""

    status: dict[bytes, Status] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    unseen: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, row: Verdict) -> None:
        digest = _digest(row)
        if is_worse(row.status, self.status.get(digest)):
            self.status[digest] = row.status
        self.asked.add((row.control, row.account))
        if row.status in UNREADABLE:
            self.unseen.add((row.control, row.account, row.region))

    def is_blind(self, row: Verdict) -> bool:
        """Whether something in the place of a row was not seen."""
        places = {(row.control, row.account, region) for region in (row.region, "global")}
        return bool(self.unseen & places)

    def fate_of(self, row: Verdict) -> Change:
        """What became of a row that these verdicts lack, though its control was asked."""
        return "not seen" if self.is_blind(row) else "resource gone"


def _rows(run: ReportedRun, incomparable: Collection[str]) -> Iterator[Verdict]:
    return (row for row in run.rows() if row.account not in incomparable)


def _changed_now(current: ReportedRun, before: _Verdicts, now: _Verdicts) -> dict[bytes, tuple[Verdict, Change]]:
    changed: dict[bytes, tuple[Verdict, Change]] = {}
    for row in current.rows():
        digest = _digest(row)
        if row.status != now.status[digest] or digest in changed:
            continue
        what = change(before.status.get(digest), row.status)
        if what is not None:
            changed[digest] = (row, what)
    return changed


def _old_rows(
    previous: ReportedRun, incomparable: Collection[str], changed: Collection[bytes], now: _Verdicts
) -> dict[bytes, Verdict]:
    """The earlier rows of what changed, and those of what is not there any more."""
    old: dict[bytes, Verdict] = {}
    for row in _rows(previous, incomparable):
        digest = _digest(row)
        lost = digest not in now.status and (row.control, row.account) in now.asked
        if digest in changed or (lost and row.status in ("pass", "fail", "waived")):
            known = old.get(digest)
            if is_worse(row.status, known.status if known is not None else None):
                old[digest] = row
    return old


def _why_unknown_before(before: _Verdicts, row: Verdict) -> tuple[str, ...]:
    if (row.control, row.account) not in before.asked:
        return ("the control was not judged in this account before",)
    if before.is_blind(row):
        return ("it was not seen before",)
    return ("the resource is new",)


def _incomparable(previous: ReportedRun, current: ReportedRun) -> dict[str, str]:
    then, now = _accounts(previous), _accounts(current)
    found = {}
    for name in sorted(then.keys() & now.keys()):
        if then[name] != now[name]:
            (old_id, old_kind), (new_id, new_kind) = then[name], now[name]
            found[name] = (
                f"it was {old_kind} {old_id or 'without an id'}, and is {new_kind} {new_id or 'without an id'}"
            )
    return found


def _accounts(run: ReportedRun) -> dict[str, tuple[str, str]]:
    """The id of each account, and whether it is a live one: of the name alone nobody can tell."""
    ids = run.record.get("account_ids", {})
    return {
        access["name"]: (str(ids.get(access["name"], access["id"])), "mocked" if access["mocked"] else "live")
        for access in run.record["accounts"]
    }


def _as_changed(
    row: Verdict, what: Change, was: Status | None, now: Status | None, why: tuple[str, ...] = ()
) -> Changed:
    return Changed(*row_key(row), change=what, was=was, now=now, reason=row.reason, why=why, name=row.name)


def _digest(row: Verdict) -> bytes:
    # Long enough that nobody finds a name for a resource that stands for another one.
    return blake2b(canonical_json(row_key(row)).encode(errors="surrogatepass"), digest_size=16).digest()
