"""A run folder, read for reports: `run.json` and the rows of `verdicts.jsonl`, and nothing else."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.evidence.record import ReplayOf
from muster.evidence.run_folder import RowRange, RunFolder
from muster.verdict import SEVERITIES, STATUSES, Severity, Status, Verdict

WORST = 10


@dataclass(frozen=True)
class Run:
    """One run as its folder tells it. `record` is `run.json`."""

    folder: RunFolder
    record: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path) -> Run:
        """The run in a folder. Raises FileNotFoundError if there is none."""
        folder = RunFolder(path)
        return cls(folder, folder.read_run())

    def rows(self, where: RowRange | None = None) -> Iterator[Verdict]:
        """Its rows, or those in a range."""
        return self.folder.rows(where)

    def control(self, control_id: str) -> Mapping[str, Any]:
        """What `run.json` says of a control."""
        found: Mapping[str, Any] = self.record["controls"][control_id]
        return found

    def severity(self, row: Verdict) -> Severity:
        """The severity of a row's control."""
        severity: Severity = self.control(row.control)["severity"]
        return severity

    @property
    def is_mocked(self) -> bool:
        """Whether any account of the run is a sandbox."""
        return bool(self.record["mocked"])

    @property
    def replay_note(self) -> str | None:
        """What a reader of a replay must know: who was not asked, and whose word it is. None for a run that asked."""
        found = self.record["replay_of"]
        if found is None:
            return None
        return (
            f"This run asked nobody: it judged again the answers of {ReplayOf.model_validate(found)}."
            " The facts, waivers and attestations in it are that run's, and nobody has declared them here."
        )


@dataclass(frozen=True)
class Summary:
    """The figures of a run: counts by domain and status, by severity and status, and the worst rows."""

    by_domain: Mapping[str, Counter[Status]]
    by_severity: Mapping[Severity, Counter[Status]]
    worst: list[Verdict]

    @classmethod
    def of(cls, run: Run, rows: Iterable[Verdict] | None = None) -> Summary:
        """Count the rows of a run in one pass; memory does not grow with them."""
        by_domain: dict[str, Counter[Status]] = {}
        by_severity: dict[Severity, Counter[Status]] = {severity: Counter() for severity in SEVERITIES}
        worst: list[tuple[tuple[int, int, str, str, str, str], Verdict]] = []

        def rank(row: Verdict) -> tuple[int, int, str, str, str, str]:
            order = SEVERITIES.index(run.severity(row))
            return (order, int(row.status != "fail"), row.control, row.account, row.resource, row.region)

        for row in run.rows() if rows is None else rows:
            by_domain.setdefault(run.control(row.control)["domain"], Counter())[row.status] += 1
            by_severity[run.severity(row)][row.status] += 1
            if row.status in ("fail", "error"):
                worst.append((rank(row), row))
                if len(worst) > 50 * WORST:
                    worst = heapq.nsmallest(WORST, worst, key=lambda pair: pair[0])
        chosen = heapq.nsmallest(WORST, worst, key=lambda pair: pair[0])
        return cls(dict(sorted(by_domain.items())), by_severity, [row for _, row in chosen])

    @property
    def totals(self) -> Counter[Status]:
        """Counts by status over all rows."""
        total: Counter[Status] = Counter()
        for counts in self.by_domain.values():
            total.update(counts)
        return total


def previous_like(path: Path) -> Run | None:
    """The latest earlier run of the same profile and accounts, beside this one; None if there is none that ended."""
    _, _, what = path.name.partition("-")
    earlier = sorted(other for other in path.parent.glob(f"*-{what}") if other.name < path.name)
    for other in reversed(earlier):
        if (other / "run.json").is_file():
            run = Run.load(other)
            if run.record["ended"] is not None:
                return run
    return None


def shown(status: Status) -> str:
    """A status as people read it."""
    return status.replace("_", " ")


__all__ = ["STATUSES", "Run", "Summary", "previous_like", "shown"]
