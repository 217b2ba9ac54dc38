"""The rows of a run as columns: every text once, a number for each further use of it."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from muster.verdict import SEVERITIES, STATUSES, Severity, Status, Verdict
from reports.drift.changes import CHANGES, LOST, RowKey
from reports.drift.compare import Drift

T = TypeVar("T", bound=Hashable)

NONE = -1
"""What stands in a column where a row has no such thing."""

# What needs somebody comes first; the page shows rows in this order until a reader sorts them otherwise.
STATUS_ORDER: tuple[Status, ...] = ("fail", "error", "not_run", "waived", "not_applicable", "pass")


def numbers(values: Iterable[int] | bytes = ()) -> array[int]:
    """An array: lists of numbers would be ten times as heavy, and a fleet has rows by the ten thousand."""
    return array("i", values)


def _rank(column: array[int], values: Sequence[Any], position: int) -> Any:
    return values[column[position]]


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
    tags: Pool[tuple[tuple[str, str], ...]] = field(default_factory=Pool)
    hashes: Pool[str] = field(default_factory=Pool)
    _read_lists: Pool[bytes] = field(default_factory=Pool)
    at: list[str] = field(default_factory=list)

    NAMES = (
        "number",
        "status",
        "control",
        "account",
        "region",
        "resource",
        "reason",
        "reads",
        "waiver",
        "judgedIn",
        "name",
        "tags",
    )

    def __post_init__(self) -> None:
        self._columns = {name: numbers() for name in self.NAMES}

    def __getitem__(self, name: str) -> array[int]:
        """The column of this name, in the order of the rows."""
        return self._columns[name]

    def __len__(self) -> int:
        return len(self.at)

    @property
    def read_lists(self) -> list[array[int]]:
        """The lists of answers, each at its number, as numbers of `hashes`."""
        return [numbers(packed) for packed in self._read_lists.values()]

    def extend(self, verdicts: Iterable[Verdict]) -> None:
        """Add rows."""
        for verdict in verdicts:
            reads = numbers(map(self.hashes.number, verdict.reads))
            self._append(
                (
                    len(self) + 1,
                    STATUSES.index(verdict.status),
                    self.controls.number(verdict.control),
                    self.accounts.number(verdict.account),
                    self.regions.number(verdict.region),
                    self.texts.number(verdict.resource),
                    self.texts.number(verdict.reason),
                    self._read_lists.number(reads.tobytes()),
                    NONE if verdict.waiver is None else self.texts.number(verdict.waiver),
                    NONE if verdict.judged_in is None else self.texts.number(verdict.judged_in),
                    NONE if verdict.name is None else self.texts.number(verdict.name),
                    NONE if verdict.tags is None else self.tags.number(tuple(sorted(verdict.tags.items()))),
                )
            )
            self.at.append(verdict.at)

    def _append(self, row: tuple[int, ...]) -> None:
        for column, number in zip(self._columns.values(), row, strict=True):
            column.append(number)

    def order(self, severities: dict[str, Severity]) -> list[int]:
        """The positions of all rows as the page shows them: what needs somebody first, the most severe of it first."""
        ranks: tuple[tuple[str, Sequence[Any]], ...] = (
            ("status", [STATUS_ORDER.index(status) for status in STATUSES]),
            ("control", [(SEVERITIES.index(severities[name]), name) for name in self.controls.values()]),
            ("account", self.accounts.values()),
            ("resource", self.texts.values()),
            ("region", self.regions.values()),
        )
        positions = list(range(len(self)))
        # One column after the other, the last first (a sort keeps what is equal in order): no keys are made.
        for name, values in reversed(ranks):
            positions.sort(key=partial(_rank, self[name], values))
        return positions

    def as_data(self, order: list[int]) -> dict[str, Any]:
        """The columns, with their rows in this order."""
        columns: dict[str, Any] = {
            name: numbers(map(column.__getitem__, order)) for name, column in self._columns.items()
        }
        return columns | {"at": [self.at[position] for position in order]}

    def changes(self, order: list[int], drift: Drift) -> dict[str, list[int]]:
        """Columns `change`, `was` and `why`: what became of each row since another run; each change is told once."""
        waiting = {(each.key, each.now): each for each in drift.changes if each.change not in LOST}
        found = [(NONE, NONE, NONE)] * len(self)
        controls, accounts, regions = self.controls.values(), self.accounts.values(), self.regions.values()
        texts = self.texts.values()
        known = zip(*(self[name] for name in ("status", "control", "account", "region", "resource")), strict=True)
        for position, (status, control, account, region, resource) in enumerate(known):
            key: RowKey = (controls[control], accounts[account], regions[region], texts[resource])
            each = waiting.pop((key, STATUSES[status]), None)
            if each is not None:
                found[position] = (
                    CHANGES.index(each.change),
                    NONE if each.was is None else STATUSES.index(each.was),
                    self.texts.number("; ".join(each.why)) if each.why else NONE,
                )
        return {
            name: [found[position][index] for position in order] for index, name in enumerate(("change", "was", "why"))
        }
