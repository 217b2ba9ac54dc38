"""A run folder, read for reports: `run.json` and the rows of `verdicts.jsonl`, and nothing else."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from muster.errors import BadEvidence
from muster.evidence.record import ReplayOf
from muster.evidence.run_folder import RowRange, RunFolder
from muster.printable import counted, one_line
from muster.verdict import SEVERITIES, STATUSES, Severity, Status, Verdict
from reports.answers import RecordedAnswer
from reports.encodable import encodable_row
from reports.kinds import reported_kind
from reports.record import checked_record, moment, refuse_depth


@dataclass(frozen=True)
class Note:
    """What nobody may miss who reads anything of a run: a word, and a sentence that goes on from it."""

    word: str
    text: str

    def __str__(self) -> str:
        """Both, in one line."""
        return f"{self.word}: {self.text}"


SANDBOX = Note("SANDBOX", "this run judged mocked accounts. It is no evidence of a real one.")
UNFINISHED = Note("UNFINISHED", "this run did not come to its end. What it had not judged by then is not in it.")


@dataclass(frozen=True)
class FileState:
    """What tells a file from what stood in its place before: where it is on the disk, its size, when it was written."""

    device: int
    inode: int
    size: int
    written: int

    @classmethod
    def of(cls, path: Path) -> FileState:
        """The state of a file now. Raises FileNotFoundError where there is none."""
        found = os.lstat(path)
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


FEW_BYTES = 2_000_000
"""So much of `verdicts.jsonl`, the rows of a few accounts, is kept in memory: one report after the other reads them."""


@lru_cache(maxsize=2)
def _loaded(path: Path, _: FileState) -> ReportedRun:
    """A run, checked once for all reports of it, for as long as its record stays the same."""
    folder = RunFolder(path)
    return ReportedRun(folder, checked_record(folder.read_run()))


@dataclass(frozen=True)
class ReportedRun:
    """One run as its folder tells it. `record` is `run.json`, in the forms that `reports.record` checks."""

    folder: RunFolder
    record: Mapping[str, Any]
    _few: dict[FileState, tuple[Verdict, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(cls, path: Path) -> ReportedRun:
        """The run in a folder. Raises FileNotFoundError if there is none, and `BadEvidence` if it is none."""
        return _loaded(path, FileState.of(RunFolder(path).run))

    def rows(self, where: RowRange | None = None) -> Iterator[Verdict]:
        """Its rows, or those in a range. Raises `BadEvidence` for one that cannot be of this run."""
        state = self._state_of_rows() if where is None else None
        if state is None or state.size > FEW_BYTES:
            yield from self._checked(self.folder.rows(where))
            return
        if state not in self._few:
            self._few.clear()
            self._few[state] = tuple(self._checked(self.folder.rows()))
        yield from self._few[state]

    def control(self, control_id: str) -> Mapping[str, Any]:
        """What `run.json` says of a control."""
        found: Mapping[str, Any] = self.record["controls"][control_id]
        return found

    def answer(self, account: str, sha256: str) -> RecordedAnswer:
        """The answer of this hash that a verdict in an account rests on."""
        return RecordedAnswer.read(self.folder.path, sha256)

    def severity(self, row: Verdict) -> Severity:
        """The severity of a row's control."""
        severity: Severity = self.control(row.control)["severity"]
        return severity

    @property
    def name(self) -> str:
        """The run's id."""
        return str(self.record["run"])

    @property
    def accounts(self) -> list[str]:
        """The accounts that were asked: the estate is none, nor is what stands in for one that is missing."""
        return [
            account["name"]
            for account in self.record["accounts"]
            if reported_kind(account["kind"]).is_asked and account.get("missing") is None
        ]

    @property
    def is_mocked(self) -> bool:
        """Whether any account of the run is a sandbox."""
        return bool(self.record["mocked"])

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What every report of the run begins with: whether it is evidence, whose, and of how much."""
        found = [SANDBOX] if self.is_mocked else []
        for note in (self._replay, self._part, self._resumed, self._unchanged, self._twice, self._scope):
            if note is not None:
                found.append(note)
        return tuple(found) if self.record["ended"] is not None else (*found, UNFINISHED)

    @property
    def evidence(self) -> str:
        """What the run is evidence of, in a cell: `live`, unless there are notes."""
        notes = list(map(str, self.notes))
        return "; ".join(notes if self.is_mocked else ["live", *notes])

    @property
    def _replay(self) -> Note | None:
        found = self.record["replay_of"]
        if found is None:
            return None
        return Note(
            "REPLAY",
            f"this run asked nobody: it judged again the answers of {ReplayOf.model_validate(found)}."
            " The facts, waivers and attestations in it are that run's, and nobody has declared them here.",
        )

    @property
    def _part(self) -> Note | None:
        part = self.record.get("part")
        if part is None:
            return None
        left_by = one_line(", ".join(part["by"])) or "something that pytest does not name"
        return Note(
            "PART",
            f"this run judged {part['judged']:,} of {counted(part['asked'], 'control')} in their accounts."
            f" The others were left out by {left_by}.",
        )

    @property
    def _resumed(self) -> Note | None:
        found = self.record.get("resumed")
        if found is None:
            return None
        answers = found["answers"]
        told = "answers of this run were"
        if answers is not None:
            told = counted(answers, "answer of this run was", told)
        whose = "" if found["sealed"] else " That run was cut short: only their hashes vouch for them."
        return Note(
            "RESUMED",
            f"{told} given in {found['run']} and not asked again, none before {found['not_before']}.{whose}",
        )

    @property
    def _unchanged(self) -> Note | None:
        found = self.record.get("unchanged_since")
        number = sum(each.get("unchanged", 0) for each in (self.record.get("calls") or {}).values())
        if found is None or not number:
            return None
        return Note(
            "UNCHANGED",
            f"{counted(number, 'answer of this run was', 'answers of this run were')} taken from {found['run']}:"
            " nothing of that had changed since, so GitHub said.",
        )

    @property
    def _twice(self) -> Note | None:
        """Accounts that two entries lead to: one that was copied, and kept its id, leaves out whom it was for."""
        ids, regions = self.record.get("account_ids", {}), self.record.get("regions", {})
        names: dict[tuple[str, str], list[str]] = {}
        for name in self.accounts:
            for region in regions.get(name, ()):
                names.setdefault((ids.get(name, ""), region), []).append(name)
        found = {id_: together for (id_, _), together in names.items() if id_ and len(together) > 1}
        if not found:
            return None
        told = "; ".join(f"{one_line(', '.join(together))} are {one_line(id_)}" for id_, together in found.items())
        return Note(
            "TWICE", f"accounts of this run are one and the same, and what they hold stands here twice: {told}."
        )

    @property
    def _scope(self) -> Note | None:
        spared = {rule: number for rule, number in (self.record.get("out_of_scope") or {}).items() if number}
        if not spared:
            return None
        by_rule = ", ".join(f"{number:,} by {one_line(rule)}" for rule, number in spared.items())
        return Note(
            "SCOPE",
            f"{counted(sum(spared.values()), 'verdict is', 'verdicts are')} not applicable because"
            f" their resource is out of scope: {by_rule}.",
        )

    def _state_of_rows(self) -> FileState | None:
        """The state of the file that holds all rows; None where there is no such one."""
        return FileState.of(self.folder.verdicts)

    def _checked(self, rows: Iterable[Verdict]) -> Iterator[Verdict]:
        for row in rows:
            self._refuse_foreign(row)
            yield encodable_row(row)

    def _refuse_foreign(self, row: Verdict) -> None:
        """A row is of a control that `run.json` names, and has the forms that a run gives it."""
        problem = None
        if row.control not in self.record["controls"]:
            problem = f"has rows of {row.control}, which run.json beside it does not name"
        elif row.tags is not None and not all(isinstance(value, str) for value in row.tags.values()):
            problem = "has a row whose tags are no texts"
        else:
            try:
                moment(row.at)
                refuse_depth(row.parameters)
            except ValueError as error:
                problem = f"has a row of {row.control} that no run wrote ({error})"
        if problem is not None:
            raise BadEvidence(
                f"{self.folder.verdicts} {problem}: one of the two files is from another run or was changed;"
                " verify the folder against manifest.json"
            )


@dataclass(frozen=True)
class Summary:
    """The figures of a run: counts by domain and status, and by severity and status."""

    by_domain: Mapping[str, Counter[Status]]
    by_severity: Mapping[Severity, Counter[Status]]

    @classmethod
    def of(cls, run: ReportedRun, rows: Iterable[Verdict] | None = None) -> Summary:
        """Count the rows of a run in one pass; memory does not grow with them."""
        by_domain: dict[str, Counter[Status]] = {}
        by_severity: dict[Severity, Counter[Status]] = {severity: Counter() for severity in SEVERITIES}
        for row in run.rows() if rows is None else rows:
            by_domain.setdefault(run.control(row.control)["domain"], Counter())[row.status] += 1
            by_severity[run.severity(row)][row.status] += 1
        return cls(dict(sorted(by_domain.items())), by_severity)

    @property
    def totals(self) -> Counter[Status]:
        """Counts by status over all rows."""
        total: Counter[Status] = Counter()
        for counts in self.by_domain.values():
            total.update(counts)
        return total


def status_words(status: Status) -> str:
    """A status as people read it."""
    return status.replace("_", " ")


__all__ = ["SANDBOX", "STATUSES", "Note", "ReportedRun", "Summary", "status_words"]
