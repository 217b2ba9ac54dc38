"""CSV: every row of the run, for spreadsheets.

Lines and quotes as RFC 4180 has them (https://www.rfc-editor.org/rfc/rfc4180). What a spreadsheet would take for a
formula has an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection), within a cell, too: where a
system separates lists by semicolons or tabs, each of them begins a cell, and each line of a text a row, quoted or not.
"""

from __future__ import annotations

import csv
import json
import re
from typing import TextIO

from reports.formats.accounts import account_of, accounts_of
from reports.formats.document import Entry
from reports.formats.wording import SANDBOX, printable
from reports.run import Run

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
    "status",
    "reason",
    "waiver",
    "judged_in",
    "parameters",
    "reads",
    "at",
)

# The wide forms are formulas to spreadsheets, too. Quotes and spaces may stand before them.
_BEGINS_FORMULA = re.compile(r"(?P<begin>(?:^|[;\t\n|])[\s\"']*)(?P<sign>[=+\-@＝＋－＠])")
_BEGINS_BADLY = ("\t", "\n")


class CsvTable:
    """A line a row; `evidence` says whether the run judged real accounts or a sandbox."""

    def __init__(self, run: Run, out: TextIO) -> None:
        self._run = run
        self._accounts = accounts_of(run)
        self._evidence = SANDBOX if run.is_mocked else "live"
        self._writer = csv.writer(out)
        self._writer.writerow(COLUMNS)

    def add(self, entry: Entry) -> None:
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
            row.status,
            row.reason,
            row.waiver or "",
            row.judged_in or "",
            json.dumps(row.parameters, ensure_ascii=False) if row.parameters else "",
            " ".join(row.reads),
            row.at,
        )
        self._writer.writerow([cell(text) for text in cells])

    def finish(self) -> list[str]:
        """Nothing is left to write, and nothing was left out."""
        return []


def cell(text: str) -> str:
    """The text as a spreadsheet shows it and does not carry it out."""
    seen = _BEGINS_FORMULA.sub(r"\g<begin>'\g<sign>", printable(text))
    return "'" + seen if seen.startswith(_BEGINS_BADLY) else seen
