"""The verdicts that could not be given, by the read that gave no answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from muster.verdict import SEVERITIES, UNREADABLE, Verdict
from reports.refused import RefusedReads
from reports.run import ReportedRun


@dataclass
class UnreadVerdicts:
    """Gathers them as the rows of a run go by."""

    run: ReportedRun
    _rows: list[Verdict] = field(default_factory=list)

    def noting(self, rows: Iterable[Verdict]) -> Iterator[Verdict]:
        """The same rows; those that could not be given are kept."""
        for row in rows:
            if row.status in UNREADABLE:
                self._rows.append(row)
            yield row

    def as_data(self) -> list[dict[str, Any]]:
        """The reads, those that most verdicts miss first, each with the permission that it lacked."""
        refused = RefusedReads(self.run.folder.path)
        groups: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in sorted(self._rows, key=lambda row: (SEVERITIES.index(self.run.severity(row)), row.control)):
            read = self._read_of(row, refused)
            identity = (row.account, read["call"] or row.reason, read["region"], read["code"] or "")
            group = groups.setdefault(identity, {"account": row.account, **read, "rows": 0, "controls": []})
            group["rows"] += 1
            if row.control not in group["controls"]:
                group["controls"].append(row.control)
        return sorted(groups.values(), key=lambda group: -int(group["rows"]))

    def _read_of(self, row: Verdict, refused: RefusedReads) -> dict[str, Any]:
        read = refused.behind(row)
        if read is None:
            return {
                "call": None,
                "region": row.region,
                "code": None,
                "message": row.reason,
                "permission": None,
                "denied": False,
            }
        return {
            "call": read.call.name,
            "region": read.call.region,
            "code": read.error.code,
            "message": read.error.message,
            "permission": read.permission(self.run.record.get("permissions", {})),
            "denied": read.is_denial,
        }
