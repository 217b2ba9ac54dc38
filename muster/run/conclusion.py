"""The conclusion of a run: what is missing, stale or left to others, found from the rows alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from muster.estate.declarations import Facts, Waiver
from muster.run.pairs import Pair
from muster.run.part import Part
from muster.verdict import NEEDS_SOMEBODY, STATUSES, UNREADABLE, Status, Verdict


@dataclass(frozen=True)
class Problem:
    """Why a run fails beside its failing resources: a stable word, and a sentence that names the remedy."""

    kind: str
    text: str

    def as_data(self) -> dict[str, str]:
        """Plain JSON, for `run.json`."""
        return {"kind": self.kind, "text": self.text}


@dataclass
class Tally:
    """What one pass over the rows tells: counts, who left rows, what waivers met, who else must judge."""

    counts: Counter[Status] = field(default_factory=Counter)
    seen: set[Pair] = field(default_factory=set)
    judged_by: set[Pair] = field(default_factory=set)
    left_to: dict[Pair, str] = field(default_factory=dict)
    waiver_met: dict[str, set[Status]] = field(default_factory=dict)
    unreadable: set[Pair] = field(default_factory=set)
    by_scope: Counter[str] = field(default_factory=Counter)
    in_scope: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, rows: Iterable[Verdict], waivers: Sequence[Waiver]) -> Tally:
        """Tally rows; memory grows with controls, accounts and waivers, not with resources."""
        tally = cls()
        tally.take_in(rows, waivers)
        return tally

    def take_in(self, rows: Iterable[Verdict], waivers: Sequence[Waiver]) -> None:
        """Tally more rows: those of another account of a fleet."""
        by_control: dict[str, list[Waiver]] = {}
        for waiver in waivers:
            by_control.setdefault(waiver.control, []).append(waiver)
        for row in rows:
            self._add(row, by_control.get(row.control, ()))

    def _add(self, row: Verdict, waivers: Sequence[Waiver]) -> None:
        pair = (row.control, row.account)
        self.counts[row.status] += 1
        self.seen.add(pair)
        if row.scope is not None:
            self.by_scope[row.scope] += 1
        elif row.status != "not_applicable":
            self.in_scope.add(row.control)
        if row.status in UNREADABLE:
            self.unreadable.add(pair)
        if row.judged_in is not None:
            self.left_to[row.control, row.judged_in] = row.account
        elif row.status in ("pass", "fail", "waived", "error"):
            self.judged_by.add(pair)
        for waiver in waivers:
            if waiver.covers(row.control, row.account, row.resource):
                self.waiver_met.setdefault(waiver.id, set()).add(row.status)


def problems(
    tally: Tally,
    *,
    waivers: Sequence[Waiver],
    selected: Collection[Pair],
    finished: Collection[Pair],
    account_ids: Mapping[str, str],
    facts: Facts,
    facts_read: Collection[str],
    today: date,
    part: Part | None = None,
    scoped: Collection[str] = (),
    organization: Mapping[str, Any] | None = None,
    asked: Collection[Pair] = (),
) -> list[Problem]:
    """All problems of a finished run, in a fixed order.

    `part` is what the run is of all that was asked; `asked`, `selected` and `finished` are pairs of control and
    account; `account_ids` maps names of this run's accounts to ids; `facts_read` are the facts that its controls read;
    `organization` is what `run.json` keeps of it.
    """
    return [
        *([Problem("part", part.reason)] if part is not None else []),
        *_unfinished(selected, finished),
        *_waiver_problems(tally, waivers, selected, today),
        *_fact_problems(facts, facts_read, today),
        *_scope_problems(tally, scoped),
        *_unjudged(tally, account_ids, facts.audited_elsewhere),
        *(_organization_problems(tally, organization, asked) if organization is not None else []),
    ]


def problems_of_share(selected: Collection[Pair], finished: Collection[Pair], part: Part | None) -> list[Problem]:
    """The problems of a run that is one account of a fleet, as far as that account alone can tell."""
    return [*([Problem("part", part.reason)] if part is not None else []), *_unfinished(selected, finished)]


def exit_fails(counts: Mapping[Any, int], found: Collection[Problem]) -> bool:
    """Whether a run with these counts and problems may not end with 0."""
    return bool(found) or any(counts.get(status, 0) for status in NEEDS_SOMEBODY)


def counts_of(tally: Tally) -> dict[str, int]:
    """Counts by status, zeros included."""
    return {status: tally.counts[status] for status in STATUSES}


def _unfinished(selected: Collection[Pair], finished: Collection[Pair]) -> list[Problem]:
    missing = sorted(pair for pair in selected if pair not in finished)
    return [
        Problem("not_run", f"{control} was not judged in {account}: the run ended before it")
        for control, account in missing
    ]


def _waiver_problems(tally: Tally, waivers: Sequence[Waiver], selected: Collection[Pair], today: date) -> list[Problem]:
    found = []
    for waiver in waivers:
        asked = {pair for pair in selected if _speaks_of(waiver, *pair)}
        if not asked:
            continue
        met = tally.waiver_met.get(waiver.id, set())
        what = f"waiver {waiver.id} ({waiver.control}, owner {waiver.owner})"
        if waiver.is_expired(today):
            found.append(Problem("waiver_expired", f"{what} expired on {waiver.expires}: renew it or fix the resource"))
        elif asked & tally.unreadable:
            continue  # what it covers may be among the things that could not be read
        elif not met:
            found.append(Problem("waiver_unmatched", f"{what} matches no resource ({waiver.resource}): remove it"))
        elif "waived" not in met:
            found.append(Problem("waiver_unneeded", f"{what} is no longer needed, nothing it covers fails: remove it"))
    return found


def _fact_problems(facts: Facts, facts_read: Collection[str], today: date) -> list[Problem]:
    return [
        Problem("fact_expired", f"{fact.named} expired on {fact.expires}: it excuses nothing, renew it or take it out")
        for _, fact in facts.excuses
        if fact.fact in facts_read and fact.is_expired(today)
    ]


def _organization_problems(tally: Tally, organization: Mapping[str, Any], asked: Collection[Pair]) -> Iterator[Problem]:
    """Accounts that the organization has, were asked for and left no row; and exclusions of what it has not."""
    to_judge = {account for _, account in asked}
    judged = {account for _, account in tally.seen}
    for each in organization["accounts"] or ():
        if each["account"] in to_judge - judged:
            text = f"the organization has {each['account']} ({each['id']}), and nothing was judged in it"
            yield Problem("account_missing", text)
    for account_id in organization["unmatched"]:
        text = f"the organization has no account {account_id}, which accounts.yaml excludes: take it out"
        yield Problem("exclude_unmatched", text)


def _scope_problems(tally: Tally, scoped: Collection[str]) -> list[Problem]:
    if not tally.by_scope or tally.in_scope & set(scoped):
        return []
    rules = ", ".join(f"{rule} ({number:,})" for rule, number in sorted(tally.by_scope.items()))
    return [
        Problem(
            "scope_empty",
            f"everything that the scoped controls found is out of scope, by {rules}: judge an account that holds such"
            " data as well, or correct out_of_scope (facts.yaml)",
        )
    ]


def _speaks_of(waiver: Waiver, control: str, account: str) -> bool:
    return control == waiver.control and waiver.account in ("*", account)


def _unjudged(tally: Tally, account_ids: Mapping[str, str], audited_elsewhere: Collection[str]) -> list[Problem]:
    found = []
    for (control, account_id), left_by in sorted(tally.left_to.items()):
        names = [name for name, known in account_ids.items() if known == account_id]
        judged = any((control, name) in tally.judged_by for name in names)
        if not judged and account_id not in audited_elsewhere:
            found.append(
                Problem(
                    "judged_nowhere",
                    f"{control} in {left_by} is to be judged in {account_id}, which gave no verdict:"
                    " add that account to the run, or name it in audited_elsewhere (facts.yaml)",
                )
            )
    return found
