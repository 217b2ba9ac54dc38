"""What fails and what could not be read, by control and by cause: forty accounts with one fault are one line.

Memory grows with controls, accounts and causes, not with resources.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from muster.verdict import SEVERITIES, UNREADABLE, Status, Verdict
from reports.refused import RefusedReads
from reports.run import ReportedRun


@dataclass
class FailingControl:
    """A control that fails: in which accounts, on how many resources, and the first of them by account and name."""

    control: str
    first: Verdict
    resources: int = 0
    accounts: set[str] = field(default_factory=set)

    def add(self, row: Verdict) -> None:
        """Count a failing row."""
        self.resources += 1
        self.accounts.add(row.account)
        self.first = min(self.first, row, key=lambda each: (each.account, each.resource, each.region))


@dataclass
class Cause:
    """Why verdicts could not be given: the read and its error (or the reason), and the permission that was missing."""

    text: str
    permission: str | None
    verdicts: int = 0
    controls: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)

    def add(self, row: Verdict) -> None:
        """Count a verdict that could not be given."""
        self.verdicts += 1
        self.controls.add(row.control)
        self.accounts.add(row.account)


@dataclass
class Groups:
    """Gathers them as the rows of a run go by, with the counts of each account."""

    run: ReportedRun
    by_account: dict[str, Counter[Status]] = field(default_factory=dict)
    _asked: dict[str, set[str]] = field(default_factory=dict)
    _failing: dict[str, FailingControl] = field(default_factory=dict)
    _causes: dict[str, Cause] = field(default_factory=dict)

    def noting(self, rows: Iterable[Verdict]) -> Iterator[Verdict]:
        """The same rows, counted."""
        refused = RefusedReads(self.run.folder.path)
        shut = self.run.record.get("unreachable", {})
        for row in rows:
            self.by_account.setdefault(row.account, Counter())[row.status] += 1
            self._asked.setdefault(row.control, set()).add(row.account)
            if row.status == "fail":
                self._failing.setdefault(row.control, FailingControl(row.control, row)).add(row)
            elif row.status in UNREADABLE and row.account not in shut:
                self._cause(row, refused).add(row)
            yield row

    @property
    def failing(self) -> list[FailingControl]:
        """The controls that fail, the worst first: by severity, then by how many accounts they fail in."""

        def rank(each: FailingControl) -> tuple[int, int, str]:
            severity = self.run.control(each.control)["severity"]
            return SEVERITIES.index(severity), -len(each.accounts), each.control

        return sorted(self._failing.values(), key=rank)

    @property
    def causes(self) -> list[Cause]:
        """Why verdicts could not be given in accounts that were entered, the cause of most of them first."""
        return sorted(self._causes.values(), key=lambda each: (-each.verdicts, each.text))

    def accounts_asked(self, control: str) -> int:
        """In how many accounts a control left a row."""
        return len(self._asked.get(control, ()))

    def _cause(self, row: Verdict, refused: RefusedReads) -> Cause:
        read = refused.behind(row)
        if read is None:
            text, permission = row.reason, None
        else:
            text = f"{read.call.name}: {read.error.code}"
            permission = read.permission(self.run.record.get("permissions", {}))
        return self._causes.setdefault(text, Cause(text, permission))
