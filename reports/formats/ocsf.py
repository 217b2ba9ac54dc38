"""OCSF Compliance Findings (class 2003), one event a line, for SIEMs and security lakes.

https://schema.ocsf.io/1.5.0/classes/compliance_finding?profiles=cloud
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, TextIO

from muster.verdict import Severity, Status, Verdict
from reports.formats.accounts import AccountFacts, account_of, accounts_of
from reports.formats.document import Entry
from reports.formats.requirements import requirements_of
from reports.formats.wording import SANDBOX, outcome, version_of, waiver_text, waivers_of
from reports.run import Run

VERSION = "1.5.0"

_SEVERITIES: Mapping[Severity, int] = {"low": 2, "medium": 3, "high": 4, "critical": 5}
# Warning is OCSF's word for "did not yield a result due to missing information".
_COMPLIANCE: Mapping[Status, tuple[int, str]] = {
    "pass": (1, "Pass"),
    "fail": (3, "Fail"),
    "waived": (3, "Fail"),
    "error": (2, "Warning"),
    "not_run": (2, "Warning"),
    "not_applicable": (99, "Not applicable"),
}
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")
_AWS_ACCOUNT = 10


class Ocsf:
    """Writes each row as it comes."""

    def __init__(self, run: Run, out: TextIO) -> None:
        self._run = run
        self._out = out
        self._accounts = accounts_of(run)
        self._waivers = waivers_of(run)
        requirements = requirements_of(run)
        self._controls = {
            control: _Fixed(known, sorted({str(r.framework) for r in found}), [str(r) for r in found])
            for control, known in run.record["controls"].items()
            for found in [requirements[control]]
        }

    def add(self, entry: Entry) -> None:
        """Write a row's event."""
        self._out.write(json.dumps(self._event(entry), ensure_ascii=False) + "\n")

    def finish(self) -> list[str]:
        """Nothing is left to write, and nothing was left out."""
        return []
