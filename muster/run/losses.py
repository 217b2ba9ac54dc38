"""What a run has kept and does not find any more when it ends: something beside it has been at its folder.

A clean-up of old files, a rotation of logs, a disk that loses what it took: the run itself would not notice, and call
what is left of its rows a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from muster.printable import counted
from muster.run.conclusion import Problem
from muster.run.pairs import Pair
from muster.verdict import Verdict

REMEDY = "something beside the run has changed its folder while it went on: judge again"
LOST = "the rows of this control were lost: something beside the run has changed its folder while it went on"


@dataclass
class Losses:
    """Looks at the rows of a run as they are read once more at its end.

    `finished` are the pairs of control and account that were judged to their end, `answers` the hashes of the answers
    that are kept.
    """

    finished: Collection[Pair]
    answers: Collection[str]
    _rows: int = 0
    _answers_lost: set[str] = field(default_factory=set)

    def watching(self, rows: Iterable[Verdict]) -> Iterator[Verdict]:
        """The same rows."""
        for row in rows:
            self._rows += (row.control, row.account) in self.finished
            self._answers_lost.update(sha256 for sha256 in row.reads if sha256 not in self.answers)
            yield row

    def problems(self, rows_kept: int) -> Iterator[Problem]:
        """What is gone, where `rows_kept` rows of what is finished were kept."""
        if self._rows < rows_kept:
            lost = counted(rows_kept - self._rows, "row")
            yield Problem("rows_lost", f"{lost} of verdicts.jsonl, of {rows_kept:,}, are gone; {REMEDY}")
        if self._answers_lost:
            lost = counted(len(self._answers_lost), "answer")
            yield Problem("answers_lost", f"{lost} on which rows rest are not in reads/; {REMEDY}")
