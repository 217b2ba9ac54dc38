"""JUnit XML: a test case a control and account, with the resources that made it fail; for CI systems.

What fails the run beside its verdicts is a case of the run itself, an error: CI looks at nothing but cases.

There is no standard; the elements are those that Jenkins, GitLab and GitHub's actions read
(https://github.com/testmoapp/junitxml). pytest's own `junit.xml` stands beside this file, with a case an item as well.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TextIO
from xml.etree import ElementTree

from muster.printable import counted, spelled
from muster.verdict import STATUSES, Status, Verdict
from reports.formats.document import IdentifiedRow
from reports.formats.wording import cut, cut_name, outcome, whole_line
from reports.run import UNFINISHED, ReportedRun, status_words

MOST_LINES = 200
LONGEST_NAME = 500
LONGEST_REASON = 500
OF_THE_RUN = "muster.run"
"""The class of the cases that say why the run fails beside its verdicts."""

# How a case with rows of these statuses ends, by the first that it has; JUnit knows `pass` as no element at all.
_ENDS: tuple[tuple[Status, str], ...] = (
    ("fail", "failure"),
    ("error", "error"),
    ("not_run", "error"),
    ("pass", ""),
    ("waived", "skipped"),
    ("not_applicable", "skipped"),
)


@dataclass
class _Case:
    """What is kept of a control in an account."""

    counts: Counter[Status] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    unlisted: int = 0
    reason: str = ""

    def add(self, row: Verdict) -> None:
        """Count a row, and note it if somebody must look at it."""
        self.counts[row.status] += 1
        if row.status == "not_applicable" or (row.status == "pass" and not row.reason):
            self.reason = self.reason or row.reason
        elif len(self.lines) < MOST_LINES:
            name = whole_line(cut_name(row.called, LONGEST_NAME))
            said = spelled(cut(outcome(row), LONGEST_REASON))
            self.lines.append(f"{status_words(row.status)}: {name} ({whole_line(row.region)}): {said}")
        else:
            self.unlisted += 1

    @property
    def end(self) -> str:
        """The element that says how the case ended, empty if it passed."""
        return next(element for status, element in _ENDS if self.counts[status])

    @property
    def figures(self) -> str:
        """The counts in words."""
        return ", ".join(f"{self.counts[status]} {status_words(status)}" for status in STATUSES if self.counts[status])


class JUnit:
    """A suite an account, a case a control."""

    def __init__(self, run: ReportedRun, out: TextIO) -> None:
        self._run = run
        self._out = out
        self._cases: dict[tuple[str, str], _Case] = {}

    def add(self, entry: IdentifiedRow) -> None:
        """Count a row to its case."""
        self._cases.setdefault((entry.row.account, entry.row.control), _Case()).add(entry.row)

    def finish(self) -> list[str]:
        """Write all suites."""
        notes = "".join(f" ({whole_line(str(note))})" for note in self._run.notes)
        root = ElementTree.Element("testsuites", name="Muster" + notes)
        self._run_itself(root, notes)
        for account in sorted({account for account, _ in self._cases}):
            self._suite(root, account, notes)
        _total(root)
        ElementTree.indent(root)
        self._out.write('<?xml version="1.0" encoding="utf-8"?>\n')
        self._out.write(ElementTree.tostring(root, encoding="unicode") + "\n")
        unlisted = sum(case.unlisted for case in self._cases.values())
        if unlisted:
            return [
                f"beyond {MOST_LINES} a case {counted(unlisted, 'verdict is', 'verdicts are')}"
                " counted, not listed: verdicts.jsonl has all"
            ]
        return []

    def _run_itself(self, root: ElementTree.Element, notes: str) -> None:
        """A case for each reason why the run fails though no verdict does, and one where it did not end."""
        record = self._run.record
        found = [(problem["kind"], problem["text"]) for problem in record["problems"] or ()]
        if record["ended"] is None:
            found.append(("unfinished", UNFINISHED.text))
        if not found:
            return
        suite = self._begin("the run itself", root, notes)
        for kind, text in found:
            case = ElementTree.SubElement(suite, "testcase", name=whole_line(kind), classname=OF_THE_RUN, time="0")
            ElementTree.SubElement(case, "error", message=whole_line(cut(text, LONGEST_REASON)), type="problem")
        _total(suite)

    def _suite(self, root: ElementTree.Element, account: str, notes: str) -> None:
        suite = self._begin(whole_line(account), root, notes)
        for (of, control), case in sorted(self._cases.items()):
            if of == account:
                self._case(suite, account, control, case)
        _total(suite)

    def _begin(self, name: str, root: ElementTree.Element, notes: str) -> ElementTree.Element:
        """A suite, which says of what it is evidence."""
        started = self._run.record["started"].removesuffix("Z")
        suite = ElementTree.SubElement(root, "testsuite", name=name + notes, timestamp=started)
        properties = ElementTree.SubElement(suite, "properties")
        said = {"run": self._run.name, "mocked": str(self._run.is_mocked).lower(), "evidence": self._run.evidence}
        for word, value in said.items():
            ElementTree.SubElement(properties, "property", name=word, value=whole_line(value))
        return suite

    def _case(self, suite: ElementTree.Element, account: str, control: str, case: _Case) -> None:
        known = self._run.control(control)
        group = f"{whole_line(account)}.{known['domain']}"
        element = ElementTree.SubElement(suite, "testcase", name=control, classname=group, time="0")
        listed = [*case.lines, *([f"and {case.unlisted:,} more, in verdicts.jsonl"] if case.unlisted else [])]
        if case.end:
            message = case.figures + (f": {whole_line(case.reason)}" if case.reason and not listed else "")
            end = ElementTree.SubElement(element, case.end, message=message)
            if case.end != "skipped":
                end.set("type", known["severity"])
                end.text = "\n".join([spelled(known["title"]), *listed, f"Fix: {spelled(known['fix'])}"])
                return
        output = ElementTree.SubElement(element, "system-out")
        output.text = "\n".join([case.figures, *listed])


def _total(element: ElementTree.Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for plural, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(plural, str(sum(case.find(tag) is not None for case in cases)))
