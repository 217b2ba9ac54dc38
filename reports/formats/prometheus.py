"""Prometheus: the figures of the run as a file for node_exporter's textfile collector.

https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://github.com/prometheus/node_exporter#textfile-collector (which refuses samples that carry a time of their own).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TextIO

from muster.printable import spelled
from muster.verdict import STATUSES
from reports.formats.document import IdentifiedRow
from reports.run import ReportedRun

_Figure = tuple[Mapping[str, str], float]


class Prometheus:
    """Counts by account, domain, severity and status; names of resources stay out, they would be a series each."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._out = out
        self._counts: Counter[tuple[str, str, str, str]] = Counter()

    def add(self, entry: IdentifiedRow) -> None:
        """Count a row."""
        row = entry.row
        control = self._run.control(row.control)
        self._counts[row.account, control["domain"], control["severity"], row.status] += 1

    def finish(self) -> list[str]:
        """Write all figures."""
        record = self._run.record
        mocked = {"mocked": str(self._run.is_mocked).lower()}
        part = record.get("part")
        ended = record["ended"]
        judged = "all" if ended is not None else "unfinished"
        if part is not None:
            judged = f"{part['judged']} of {part['asked']}"
        info = {
            "run": record["run"],
            "profiles": ",".join(record["profiles"]),
            "judged": judged,
            "evidence": self._run.evidence,
            **mocked,
        }
        self._metric("muster_run_info", "The latest run; mocked accounts are no evidence of real ones.", [(info, 1)])
        self._metric(
            "muster_run_started_timestamp_seconds", "When the run began.", [(mocked, _unix(record["started"]))]
        )
        if ended is not None:
            self._metric("muster_run_ended_timestamp_seconds", "When the run ended.", [(mocked, _unix(ended))])
        complete = ended is not None and part is None
        self._metric(
            "muster_run_complete",
            "Whether the run came to its end, and judged all that was asked.",
            [(mocked, int(complete))],
        )
        problems = len(record["problems"] or ())
        self._metric("muster_run_problems", "Why the run fails beside its findings: how many.", [(mocked, problems)])
        self._metric("muster_verdicts", "Verdicts by account, domain, severity and status.", self._figures(mocked))
        return []

    def _figures(self, mocked: Mapping[str, str]) -> list[_Figure]:
        """All statuses of what has any, zeros included, so that an alert on `error` need not guess at absent series."""
        return [
            (
                {"account": account, "domain": domain, "severity": severity, "status": status, **mocked},
                self._counts[account, domain, severity, status],
            )
            for account, domain, severity in sorted({key[:3] for key in self._counts})
            for status in STATUSES
        ]

    def _metric(self, name: str, meaning: str, figures: Sequence[_Figure]) -> None:
        self._out.write(f"# HELP {name} {meaning}\n# TYPE {name} gauge\n")
        for labels, value in figures:
            inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            self._out.write(f"{name}{{{inner}}} {value}\n")


def _escaped(text: str) -> str:
    return spelled(text).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _unix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
