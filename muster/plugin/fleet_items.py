"""Pytest items of a fleet: one an account. What each control found is told by the page that it leads to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from muster.errors import MusterError
from muster.evidence.fleet_record import ACCOUNTS
from muster.fleet.outcome import AccountOutcome
from muster.printable import counted, one_line
from muster.verdict import NEEDS_SOMEBODY, Severity

FLEET_PROPERTY = "muster-fleet"
MOST_CONTROLS = 10


class FleetCollector(pytest.Collector):
    """The accounts of a fleet."""

    accounts: list[str]
    outcome_of: Callable[[str], AccountOutcome]
    severities: dict[str, Severity]
    place: Path

    def collect(self) -> Iterator[AccountItem]:
        """An item an account, in the order of the estate."""
        for account in self.accounts:
            yield AccountItem.from_parent(self, name=account)


class AccountItem(pytest.Item):
    """One account of a fleet, which is judged elsewhere."""

    parent: FleetCollector

    def runtest(self) -> None:
        """Wait until it is judged, and end the way the worst of its verdicts says."""
        try:
            outcome = self.parent.outcome_of(self.name)
        except MusterError as error:
            raise AccountFailed(f"{one_line(self.name)}: {one_line(str(error))}") from error
        counts = {status: number for status, number in outcome.counts.items() if number}
        told = {"account": self.name, "ended": outcome.ended, "counts": counts}
        self.user_properties.append((FLEET_PROPERTY, json.dumps(told)))
        if outcome.ended != "judged" or any(counts.get(status) for status in NEEDS_SOMEBODY):
            raise AccountFailed(account_text(self.name, outcome, self.parent.severities, self.parent.place))
        if not counts.get("pass"):
            pytest.skip("no control passed, and none failed: nothing applies to it")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What needs somebody in it, as text; a mistake in the engine keeps its traceback."""
        if isinstance(excinfo.value, AccountFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where pytest says the item stands."""
        return self.path, 0, f"account {self.name}"


class AccountFailed(Exception):
    """What a failed item raises: the worst of its account, and the way to its page; or why nothing is known."""


def account_text(name: str, outcome: AccountOutcome, severities: dict[str, Severity], place: Path) -> str:
    """Counts, the controls that need somebody, the worst first, and the way to the page."""
    counts = ", ".join(f"{number:,} {status.replace('_', ' ')}" for status, number in outcome.counts.items() if number)
    lines = [f"{one_line(name)} ({outcome.id or 'its id is not known'}): {counts}"]
    if outcome.reason is not None:
        lines.append(f"  {outcome.ended.replace('_', ' ').upper()} {one_line(outcome.reason)}")
    worst = outcome.worst(severities)
    for severity, control, found in worst[:MOST_CONTROLS] if outcome.reason is None else ():
        what = ", ".join(f"{found[status]:,} {status.replace('_', ' ')}" for status in NEEDS_SOMEBODY if found[status])
        lines.append(f"  {severity:8} {control}: {what}")
    if outcome.reason is None and len(worst) > MOST_CONTROLS:
        lines.append(f"  … and {counted(len(worst) - MOST_CONTROLS, 'more control')}")
    page = place / ACCOUNTS / name / outcome.run / "index.html"
    lines.append(f"  Page: {one_line(os.path.relpath(page))}")
    return "\n".join(lines)
