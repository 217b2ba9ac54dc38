"""Pytest items: one control in one account. Collected from what the files declare; no API is asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from muster.judging.control import Control
from muster.plugin.unwritable import not_written
from muster.printable import one_line, printable, spelled
from muster.run.audit import Audit, Judged
from muster.verdict import Status, Verdict, count_by_status

MOST_LINES = 1_000
PROPERTY = "muster"
SIGNS: Mapping[Status, str] = {"fail": "FAIL", "error": "ERROR", "not_run": "NOT RUN"}


@cache
def _mark(name: str) -> pytest.MarkDecorator:
    """The mark of that name, one for all items that bear it."""
    mark: pytest.MarkDecorator = getattr(pytest.mark, name)
    return mark


class ControlFile(pytest.File):
    """A file of controls/."""

    controls: list[Control]
    accounts: dict[str, str]

    def collect(self) -> Iterator[ControlItem]:
        """An item a control and account of its kind, in the order of the file."""
        for control in self.controls:
            for account, kind in self.accounts.items():
                if kind == control.kind:
                    yield ControlItem.from_parent(self, control=control, account=account)


class ControlItem(pytest.Item):
    """One control in one account; all its resources are judged inside it."""

    def __init__(self, *, parent: pytest.Collector, control: Control, account: str, **arguments: Any) -> None:
        function = control.function.__name__
        # An id with parameters, not a name with brackets: pytest compares ids when it looks for what failed last.
        nodeid = parent.id.child(function).with_params(account)
        super().__init__(f"{function}[{account}]", parent, nodeid=nodeid, **arguments)
        self.control = control
        self.account = account
        self.obj = control.function
        self.add_marker(_mark(control.severity))
        self.add_marker(_mark(control.domain))
        self.extra_keyword_matches.add(control.id)

    def runtest(self) -> None:
        """Judge, keep the rows, and end the way the worst of them says."""
        audit: Audit = self.config.stash[AUDIT]
        judged = self._judged(audit)
        assert judged.kept is not None
        counts = {
            status: number for status, number in count_by_status(v.status for v in judged.verdicts).items() if number
        }
        self.user_properties.append(
            (
                PROPERTY,
                json.dumps(
                    {
                        "control": self.control.id,
                        "account": self.account,
                        "severity": self.control.severity,
                        "counts": counts,
                        "entered": self._is_entered(audit),
                        "start": judged.kept.start,
                        "length": judged.kept.length,
                    }
                ),
            )
        )
        self._conclude(judged, counts)

    def let_go(self) -> None:
        """Let go of what nobody looks at once the last was said of it: pytest keeps items until it ends."""
        self.user_properties.clear()

    def _is_entered(self, audit: Audit) -> bool:
        """Whether somebody got in; where nobody was to, there is no account of the kind."""
        account = audit.account(self.account)
        return account.unreachable is None or account.unreachable_status != "error"

    def _judged(self, audit: Audit) -> Judged:
        try:
            return audit.judge(self.control, self.account)
        except OSError as error:
            assert audit.folder is not None
            line = not_written(audit.folder.path, error)
            if not hasattr(self.config, "workerinput"):  # a worker that stops by itself breaks xdist's schedule
                self.session.shouldstop = line
            raise ControlFailed(line) from error

    def _conclude(self, judged: Judged, counts: dict[Any, int]) -> None:
        if counts.keys() & {"fail", "error", "not_run"}:
            exceptions = [finding.exception for finding in judged.findings if finding.exception is not None]
            if self.config.getoption("usepdb") and exceptions:
                raise exceptions[0]
            raise ControlFailed(failure_text(self.control, judged.verdicts))
        if "waived" in counts and "pass" not in counts:
            waivers = sorted({verdict.waiver for verdict in judged.verdicts if verdict.waiver})
            pytest.xfail(spelled(f"waived by {', '.join(waivers)}"))
        if "pass" not in counts:
            reasons = sorted({verdict.reason for verdict in judged.verdicts})
            pytest.skip(printable("; ".join(reasons[:3])))

    def _traceback_filter(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
        """What --pdb shows of an exception: from the control on, without the way of the engine to it."""
        return excinfo.traceback.cut(path=self.control.path)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failing resources as text; a mistake in the engine keeps its traceback."""
        if isinstance(excinfo.value, ControlFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where pytest says the item stands."""
        return self.path, self.control.line - 1, f"{self.control.id} [{self.account}]"


class ControlFailed(Exception):
    """What a failed item raises: the list of its failing and unreadable resources, or why nothing could be kept."""


AUDIT = pytest.StashKey[Audit]()


def failure_text(control: Control, verdicts: Iterable[Verdict]) -> str:
    """Every failing and unreadable resource with its region and reason, under the control's title."""
    bad = [verdict for verdict in verdicts if verdict.status in SIGNS]
    lines = [f"{control.id} ({control.severity}): {control.title}."]
    for verdict in bad[:MOST_LINES]:
        lines.append(f"  {SIGNS[verdict.status]} {one_line(verdict.called)} ({one_line(verdict.region)})")
        lines += [f"        {line}" for line in printable(verdict.reason).splitlines()]
    if len(bad) > MOST_LINES:
        lines.append(f"  … and {len(bad) - MOST_LINES:,} more; all of them are in verdicts.jsonl")
    lines.append(f"  Fix: {control.fix}")
    return "\n".join(lines)
