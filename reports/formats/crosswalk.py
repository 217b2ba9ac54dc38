"""The crosswalk as a table: a line a requirement, account and control, for whoever answers to a framework.

A requirement's state in an account stands on each of its lines. Controls that stand for no requirement of the run's
frameworks have lines without one, so that nothing that the run found is missing.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

from muster.printable import counted
from muster.verdict import NEEDS_SOMEBODY, STATUSES, Status
from reports.formats.accounts import account_of, accounts_of
from reports.formats.csv_table import cell
from reports.formats.document import IdentifiedRow
from reports.frameworks import crossings
from reports.run import ReportedRun

MOST_NAMED = 10
"""So many resources that need somebody are named in a cell; of more, their number is told."""

COLUMNS = (
    "run",
    "evidence",
    "framework",
    "requirement",
    "title",
    "judged",
    "confidence",
    "not_judged",
    "account",
    "account_id",
    "state",
    "control",
    "control_title",
    *STATUSES,
    "out_of_scope",
    "resources",
    "waivers",
    "attestation",
)


@dataclass
class _Behind:
    """What the rows of a control in an account come to."""

    counts: Counter[Status] = field(default_factory=Counter)
    out_of_scope: int = 0
    resources: list[str] = field(default_factory=list)
    waivers: dict[str, None] = field(default_factory=dict)

    @property
    def named(self) -> str:
        """The resources that need somebody, the first of them by name."""
        more = sum(self.counts[status] for status in NEEDS_SOMEBODY) - len(self.resources)
        return "\n".join([*self.resources, *([f"and {more:,} more"] if more else [])])


class Crosswalk:
    """Requirement × account → state, and the controls, resources, waivers and attestations behind it."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._accounts = accounts_of(run)
        self._behind: defaultdict[tuple[str, str], _Behind] = defaultdict(_Behind)
        self._writer = csv.writer(out)

    def add(self, entry: IdentifiedRow) -> None:
        """Count a row, and remember what needs somebody."""
        row = entry.row
        behind = self._behind[row.control, row.account]
        behind.counts[row.status] += 1
        behind.out_of_scope += row.scope is not None
        if row.waiver is not None:
            behind.waivers[row.waiver] = None
        if row.status in NEEDS_SOMEBODY and len(behind.resources) < MOST_NAMED:
            behind.resources.append(row.called)

    def finish(self) -> list[str]:
        """Write the table; nothing was left out."""
        self._writer.writerow(COLUMNS)
        head = (self._run.name, self._run.evidence)
        for line in (*self._of_requirements(), *self._of_none()):
            self._writer.writerow([cell(str(text)) for text in (*head, *line)])
        return []

    def _of_requirements(self) -> Iterator[tuple[object, ...]]:
        statuses = {pair: tuple(behind.counts) for pair, behind in self._behind.items()}
        for framework, data in self._run.record.get("frameworks", {}).items():
            for id_, requirement in data["requirements"].items():
                said = (framework, id_, *_said(requirement))
                found = list(crossings(self._run, requirement, statuses))
                for crossing in found:
                    for control in crossing.controls:
                        yield (*said, *self._line(crossing.account, crossing.state, control))
                if not found:
                    yield (*said, *self._line("", "not covered", ""))

    def _of_none(self) -> Iterator[tuple[object, ...]]:
        """Lines of what stands for no requirement; where the run says nothing of frameworks, of all of it."""
        named = {
            control
            for data in self._run.record.get("frameworks", {}).values()
            for requirement in data["requirements"].values()
            for control in requirement["controls"]
        }
        for control, account in self._behind:
            if control not in named:
                yield ("", "", *_said({}), *self._line(account, "", control))

    def _line(self, account: str, state: str, control: str) -> tuple[object, ...]:
        behind = self._behind.get((control, account), _Behind())
        known = self._run.record["controls"].get(control)
        return (
            account,
            account_of(account, self._accounts).id if account else "",
            state,
            control,
            known["title"] if known is not None else "",
            *(behind.counts[status] for status in STATUSES),
            behind.out_of_scope,
            behind.named if behind.counts or not control else "not in this run",
            " ".join(behind.waivers),
            self._attestation(control),
        )

    def _attestation(self, control: str) -> str:
        return "\n".join(
            f"{each['owner']}, {each['date']}, for {counted(each['valid_for_days'], 'day')}: {each['statement']}"
            for each in self._run.record["attestations"]
            if each["control"] == control
        )


def _said(requirement: Mapping[str, Any]) -> tuple[str, ...]:
    """What the framework's file says of a requirement; runs of earlier versions said less."""
    return tuple(requirement.get(key) or "" for key in ("title", "judged", "confidence", "not_judged"))
