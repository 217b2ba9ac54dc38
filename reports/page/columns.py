"""The rows of a run as columns: every text once, a number for each further use of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from muster.verdict import SEVERITIES, STATUSES, Severity, Status, Verdict
from reports.page.changes import CHANGES, Key, change, key_of

T = TypeVar("T", bound=Hashable)

NONE = -1
"""What stands in a column where a row has no such thing."""

# What needs somebody comes first; the page shows rows in this order until a reader sorts them otherwise.
STATUS_ORDER: tuple[Status, ...] = ("fail", "error", "not_run", "waived", "not_applicable", "pass")


class Pool(Generic[T]):
    """Numbers values in the order in which they come; a value keeps its number."""

    def __init__(self) -> None:
        self._numbers: dict[T, int] = {}

    def number(self, value: T) -> int:
        """The value's number."""
        return self._numbers.setdefault(value, len(self._numbers))

    def values(self) -> list[T]:
        """All values, each at its number."""
        return list(self._numbers)


@dataclass
class Columns:
    """The columns of a table of verdicts.

    `number` is a row's place in `verdicts.jsonl`, from 1; `reads` numbers a list of answers in `read_lists`; all
    other columns number a text of the pool of that name, `resource` and `reason` one of `texts`.
    """

    controls: Pool[str] = field(default_factory=Pool)
    accounts: Pool[str] = field(default_factory=Pool)
    regions: Pool[str] = field(default_factory=Pool)
    texts: Pool[str] = field(default_factory=Pool)
    hashes: Pool[str] = field(default_factory=Pool)
    read_lists: Pool[tuple[int, ...]] = field(default_factory=Pool)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    at: list[str] = field(default_factory=list)
    keys: list[tuple[Key, Status]] = field(default_factory=list)

    NAMES = ("number", "status", "control", "account", "region", "resource", "reason", "reads", "waiver", "judgedIn")

    def extend(self, verdicts: Iterable[Verdict], *, keep_keys: bool) -> None:
        """Add rows; `keep_keys` keeps what comparing them with another run needs."""
        for verdict in verdicts:
            self.rows.append(
                (
                    len(self.rows) + 1,
                    STATUSES.index(verdict.status),
                    self.controls.number(verdict.control),
                    self.accounts.number(verdict.account),
                    self.regions.number(verdict.region),
                    self.texts.number(verdict.resource),
                    self.texts.number(verdict.reason),
                    self.read_lists.number(tuple(self.hashes.number(sha256) for sha256 in verdict.reads)),
                    NONE if verdict.waiver is None else self.texts.number(verdict.waiver),
                    NONE if verdict.judged_in is None else self.texts.number(verdict.judged_in),
                )
            )
            self.at.append(verdict.at)
            if keep_keys:
                self.keys.append((key_of(verdict), verdict.status))

    def order(self, severities: dict[str, Severity]) -> list[int]:
        """The positions of all rows as the page shows them: what needs somebody first, the most severe of it first."""
        controls, accounts, regions = self.controls.values(), self.accounts.values(), self.regions.values()
        texts = self.texts.values()

        def rank(position: int) -> tuple[int, int, str, str, str, str, int]:
            number, status, control, account, region, resource = self.rows[position][:6]
            return (
                STATUS_ORDER.index(STATUSES[status]),
                SEVERITIES.index(severities[controls[control]]),
                controls[control],
                accounts[account],
                texts[resource],
                regions[region],
                number,
            )

        return sorted(range(len(self.rows)), key=rank)

    def as_data(self, order: list[int]) -> dict[str, Any]:
        """The columns as JSON, with their rows in this order."""
        columns: dict[str, Any] = {
            name: [self.rows[position][index] for position in order] for index, name in enumerate(self.NAMES)
        }
        return columns | {"at": [self.at[position] for position in order]}

    def changes(self, order: list[int], before: dict[Key, Status]) -> dict[str, list[int]]:
        """Columns `change` and `was`: what became of each row since another run's verdicts."""
        found: list[tuple[int, int]] = []
        for position in order:
            key, status = self.keys[position]
            was = before.get(key)
            what = change(was, status)
            found.append(
                (NONE if what is None else CHANGES.index(what), NONE if was is None else STATUSES.index(was)),
            )
        return {"change": [what for what, _ in found], "was": [was for _, was in found]}
