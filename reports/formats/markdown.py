"""Markdown: the run in one comment, for a pull request or a chat.

Whatever comes from an account stands in code spans: there neither HTML nor links nor @mentions mean anything.
https://github.github.com/gfm/#code-spans; GitHub refuses comments of more than 65,536 characters.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

from muster.printable import counted
from muster.verdict import NEEDS_SOMEBODY, SEVERITIES, STATUSES, Severity, Status, Verdict
from reports.formats.document import IdentifiedRow
from reports.formats.wording import cut, cut_name, outcome, whole_line
from reports.run import SANDBOX, UNFINISHED, ReportedRun, status_words

MOST_CHARACTERS = 65_000
MOST_FINDINGS = 25
MOST_PROBLEMS = 20
LONGEST_NAME = 200
LONGEST_REASON = 300
# What a table that was cut says, and the end of the comment, must still fit.
ROOM_FOR_THE_END = 600


class Markdown:
    """The figures, why the run fails, the worst findings, and the controls that need somebody; what fits."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._out = out
        self._by_severity: dict[Severity, Counter[Status]] = {severity: Counter() for severity in SEVERITIES}
        self._by_pair: dict[tuple[str, str], Counter[Status]] = {}
        self._worst: list[Verdict] = []
        self._room = MOST_CHARACTERS
        self._left_out = 0

    def add(self, entry: IdentifiedRow) -> None:
        """Count a row, and keep it if it is among the worst."""
        row = entry.row
        self._by_severity[self._run.severity(row)][row.status] += 1
        self._by_pair.setdefault((row.control, row.account), Counter())[row.status] += 1
        if row.status in NEEDS_SOMEBODY:
            self._worst.append(row)
            if len(self._worst) > 40 * MOST_FINDINGS:
                self._worst = self._worst_of_all()

    def finish(self) -> list[str]:
        """Write the comment."""
        for line in self._head():
            self._write(line)
        self._table("The worst findings", _HEAD_OF_FINDINGS, [self._finding(row) for row in self._worst_of_all()])
        self._table("Controls that need somebody", _HEAD_OF_PAIRS, list(self._pairs()))
        if self._left_out:
            return [f"{self._left_out:,} lines are left out of the comment: there is no room for them"]
        return []

    def _head(self) -> Iterator[str]:
        record = self._run.record
        total: Counter[Status] = Counter()
        for counts in self._by_severity.values():
            total.update(counts)
        open_ones = (
            f"{total['fail']:,} fail, {total['error']:,} could not be read, {total['not_run']:,} were not judged"
        )
        yield f"## Muster: {open_ones}"
        for note in self._run.notes:
            is_ours = note in (SANDBOX, UNFINISHED)
            yield f"\n> **{note}**" if is_ours else f"\n> **{note.word}**: {code(note.text, LONGEST_REASON)}"
        ended = f"to {record['ended']}" if record["ended"] else "and did not come to its end: these figures are not all"
        yield f"\nRun {code(record['run'])}, {record['started']} {ended}, by {code(record['by'])}.\n"
        yield "| Severity | " + " | ".join(status_words(status) for status in STATUSES) + " |"
        yield "| --- |" + " ---: |" * len(STATUSES)
        for severity in SEVERITIES:
            yield _line([severity, *_figures(self._by_severity[severity])])
        yield _line(["all", *_figures(total)])
        problems = record["problems"] or []
        if problems:
            yield "\nThe run also fails because\n"
            yield from (f"- {code(problem['text'], LONGEST_REASON)}" for problem in problems[:MOST_PROBLEMS])
            if len(problems) > MOST_PROBLEMS:
                yield f"- and {counted(len(problems) - MOST_PROBLEMS, 'more problem')}, in run.json"

    def _finding(self, row: Verdict) -> str:
        name = code(cut_name(row.called, LONGEST_NAME), LONGEST_NAME)
        said = code(outcome(row), LONGEST_REASON)
        return _line([self._run.severity(row), status_words(row.status), code(row.control), name, _place(row), said])

    def _pairs(self) -> Iterator[str]:
        def worst_first(pair: tuple[str, str]) -> tuple[int, str, str]:
            return (SEVERITIES.index(self._run.control(pair[0])["severity"]), *pair)

        for control, account in sorted(self._by_pair, key=worst_first):
            counts = self._by_pair[control, account]
            if any(counts[status] for status in NEEDS_SOMEBODY):
                severity = self._run.control(control)["severity"]
                yield _line([severity, code(control), code(account), *_figures(counts)])

    def _table(self, title: str, head: Sequence[str], lines: Sequence[str]) -> None:
        if not lines:
            return
        for line in (f"\n### {title}\n", *head):
            self._write(line)
        for number, line in enumerate(lines):
            if len(line) > self._room - ROOM_FOR_THE_END:
                self._left_out += len(lines) - number
                self._write(f"\nand {len(lines) - number:,} more: `index.html` and `verdicts.jsonl` have all of them.")
                return
            self._write(line)

    def _write(self, line: str) -> None:
        self._out.write(line + "\n")
        self._room -= len(line) + 1

    def _worst_of_all(self) -> list[Verdict]:
        def rank(row: Verdict) -> tuple[int, int, str, str, str, str]:
            order = SEVERITIES.index(self._run.severity(row))
            return (order, NEEDS_SOMEBODY.index(row.status), row.control, row.account, row.resource, row.region)

        return heapq.nsmallest(MOST_FINDINGS, self._worst, key=rank)


_HEAD_OF_FINDINGS = (
    "| Severity | Status | Control | Resource | Where | What |",
    "| --- | --- | --- | --- | --- | --- |",
)
_HEAD_OF_PAIRS = (
    "| Severity | Control | Account | " + " | ".join(status_words(status) for status in STATUSES) + " |",
    "| --- | --- | --- |" + " ---: |" * len(STATUSES),
)


def code(text: str, most: int = LONGEST_NAME) -> str:
    r"""The text as a code span: on one line, cut, its backticks and bars as `\x60` and `\x7c`.

    A longer fence would let backticks be, but GitHub's parser gives up on long ones; and bars end cells, even in code.
    """
    inner = cut(whole_line(text).replace("`", r"\x60").replace("|", r"\x7c"), most)
    if not inner.strip():
        return "—"
    # A code span drops one space on each side, where it has both.
    return f"` {inner} `" if inner.startswith(" ") and inner.endswith(" ") else f"`{inner}`"


def _place(row: Verdict) -> str:
    return f"{code(row.account)} {code(row.region)}"


def _figures(counts: Counter[Status]) -> list[str]:
    return [f"{counts[status]:,}" for status in STATUSES]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
