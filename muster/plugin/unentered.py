"""Controls in an account that nobody could enter: their number. The cause is told once, at the end."""

from __future__ import annotations

import json

import pytest

from muster.plugin.items import PROPERTY

WORD = "not entered"


class NotEntered:
    """Counts such failures apart from others, whose every resource is printed. They fail the run as those do."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """The word for it; None for all other reports."""
        if getattr(report, "when", None) != "call" or not report.failed:
            return None
        told = [json.loads(str(value)) for name, value in report.user_properties if name == PROPERTY]
        if not told or told[0]["entered"]:
            return None
        return WORD, "E", (WORD.upper(), {"red": True})
