"""What a run of the tests prints at its end: how many controls there are and are proved, and what they were denied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import cast

import pytest

from muster.judging.control import Control
from tests.proofs.record import RecordOfProofs

Count = Callable[[str], None]
"""Counts one more in a sentence with a place for the number; see the fixture `count`."""
_PROPERTY = "counted"


class Counts:
    """A plugin that adds up what tests counted, in whichever process they ran, and prints it."""

    def __init__(self, controls: Mapping[str, Control], proofs: RecordOfProofs) -> None:
        self._controls = controls
        self._proofs = proofs
        self._counted: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test that passed counted; its subtests report the same."""
        if report.when == "call" and report.passed and not isinstance(report, pytest.SubtestReport):
            for name, counted in report.user_properties:
                if name == _PROPERTY:
                    self._counted.update(cast(dict[str, int], counted))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print it, if there is anything."""
        if proved := len(self._proofs.proved):
            terminalreporter.write_line(f"controls: {len(self._controls):,}, of which proved here: {proved:,}")
        for what, number in sorted(self._counted.items()):
            terminalreporter.write_line(what.format(f"{number:,}"))


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Count what a test goes through, for the end of the run."""
    counted: dict[str, int] = {}
    record_property(_PROPERTY, counted)

    def add(what: str) -> None:
        counted[what] = counted.get(what, 0) + 1

    return add
