"""CSV: every row of the run, for spreadsheets.

Lines and quotes as RFC 4180 has them (https://www.rfc-editor.org/rfc/rfc4180). What a spreadsheet would take for a
formula has an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection), within a cell, too: where a
system separates lists by semicolons or tabs, each of them begins a cell, and each line of a text a row, quoted or not.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from typing import Any, TextIO

from muster.printable import spelled
from reports.formats.accounts import account_of, accounts_of
from reports.formats.document import IdentifiedRow
from reports.formats.wording import defaults_set_otherwise
from reports.run import ReportedRun

COLUMNS = (
    "run",
    "evidence",
    "control",
    "title",
    "severity",
    "domain",
    "account",
    "account_id",
    "region",
    "resource",
    "name",
    "tags",
    "status",
    "reason",
    "waiver",
    "judged_in",
    "parameters",
    "defaults",
    "reads",
    "at",
)

# The wide forms are formulas to spreadsheets, too. Quotes and spaces may stand before them.
_BEGINS_FORMULA = re.compile(r"(?P<begin>(?:^|[;\t\n|])[\s\"']*)(?P<sign>[=+\-@＝＋－＠])")
_BEGINS_BADLY = ("\t", "\n")


class CsvTable:
    """A line a row; `evidence` says what the run is evidence of, `defaults` what a profile set otherwise."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._accounts = accounts_of(run)
        self._evidence = run.evidence
        self._defaults = {
            name: _json(defaults_set_otherwise(control)) for name, control in run.record["controls"].items()
        }
        self._writer = csv.writer(out)
        self._writer.writerow(COLUMNS)

    def add(self, entry: IdentifiedRow) -> None:
        """Write a row."""
        row = entry.row
        control = self._run.control(row.control)
        cells = (
            row.run,
            self._evidence,
            row.control,
            control["title"],
            control["severity"],
            control["domain"],
            row.account,
            account_of(row.account, self._accounts).id,
            row.region,
            row.resource,
            row.name or "",
            _json(row.tags),
            row.status,
            row.reason,
            row.waiver or "",
            row.judged_in or "",
            _json(row.parameters),
            self._defaults[row.control],
            " ".join(row.reads),
            row.at,
        )
        self._writer.writerow([cell(text) for text in cells])

    def finish(self) -> list[str]:
        """Nothing is left to write, and nothing was left out."""
        return []


def _json(data: Mapping[str, Any] | None) -> str:
    return json.dumps(data, ensure_ascii=False) if data else ""


def cell(text: str) -> str:
    """The text as a spreadsheet shows it and does not carry it out."""
    seen = spelled(text)
    # To fill in a template costs more than to look, and hardly any text needs it.
    if _BEGINS_FORMULA.search(seen):
        seen = _BEGINS_FORMULA.sub(r"\g<begin>'\g<sign>", seen)
    return "'" + seen if seen.startswith(_BEGINS_BADLY) else seen
