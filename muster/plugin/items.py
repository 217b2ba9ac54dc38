"""Pytest items: one control in one account. Collected from what the files declare; no API is asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import NodeKeywords
from _pytest.nodeid import NodeId
from _pytest.skipping import xfailed_key
from _pytest.tmpdir import tmppath_result_key

from muster.judging.control import Control
from muster.plugin.made import Made, let_go_as_made
from muster.plugin.unwritable import not_written
from muster.printable import one_line, printable, spelled
from muster.run.audit import Audit, Judged
from muster.verdict import Status, Verdict, count_by_status

MOST_LINES = 1_000
PROPERTY = "muster"
OF_PYTEST: tuple[pytest.StashKey[Any], ...] = (tmppath_result_key, xfailed_key)
"""What pytest puts into the stash of an item and looks at no more: how its parts ended, whether it was to fail."""
SIGNS: Mapping[Status, str] = {"fail": "FAIL", "error": "ERROR", "not_run": "NOT RUN"}


@cache
def _mark(name: str) -> pytest.MarkDecorator:
    """The mark of that name, one for all items that bear it."""
    mark: pytest.MarkDecorator = getattr(pytest.mark, name)
    return mark


def _name(control: Control, account: str) -> str:
    return f"{control.function.__name__}[{account}]"


def _marks(item: ControlItem) -> list[pytest.Mark]:
    return [_mark(item.control.severity).mark, _mark(item.control.domain).mark]


def _keywords(item: ControlItem) -> NodeKeywords:
    keywords = NodeKeywords(item)
    keywords.update({mark.name: mark for mark in _marks(item)})
    return keywords


class ControlFile(pytest.File):
    """A file of controls/."""

    controls: list[Control]
    accounts: dict[str, str]

    def collect(self) -> Iterator[ControlItem]:
        """An item a control and account of its kind, in the order of the file."""
        for control in self.controls:
            nodeid = self.id.child(control.function.__name__)
            for account, kind in self.accounts.items():
                if kind == control.kind:
                    # An id with parameters, not a name with brackets: pytest compares ids when it looks for what
                    # failed last.
                    yield ControlItem.from_parent(
                        self, control=control, account=account, nodeid=nodeid.with_params(account)
                    )


class ControlItem(pytest.Item):
    """One control in one account; all its resources are judged inside it.

    Pytest holds every item until it ends: what it gives an item is made here when somebody looks at it.
    """

    __slots__ = ("account", "control", "made")

    name = Made(lambda item: _name(item.control, item.account))
    keywords = Made(_keywords)
    own_markers = Made(_marks)
    extra_keyword_matches = Made(lambda item: {item.control.id})
    stash = Made(lambda _: pytest.Stash())
    _store = Made(lambda item: item.stash)
    user_properties = Made[list[tuple[str, object]]](lambda _: [])
    _report_sections = Made[list[tuple[str, str, str]]](lambda _: [])

    def __init__(self, *, parent: pytest.Collector, control: Control, account: str, nodeid: NodeId) -> None:
        self.control = control
        self.account = account
        self.made: dict[str, Any] | None = {}
        super().__init__(_name(control, account), parent, nodeid=nodeid)
        self.made = None

    @property
    def obj(self) -> Any:
        """The function of the control."""
        return self.control.function

    @property
    def location(self) -> tuple[str, int | None, str]:
        """Where the item stands; pytest's own would be kept."""
        path, line, name = self.reportinfo()
        return self.session._node_location_to_relpath(path), line, name

    def runtest(self) -> None:
        """Judge, keep the rows, and end the way the worst of them says."""
        audit: Audit = self.config.stash[AUDIT]
        judged = self._judged(audit)
        assert judged.kept is not None
        counts = {
            status: number for status, number in count_by_status(v.status for v in judged.verdicts).items() if number
        }
        # A plugin may run an item again: what was said of it before was said, and counted.
        self._take_back()
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
        """Let go of what nobody looks at once the last was said of it; what others have put there stays."""
        self._take_back()
        for key in OF_PYTEST:
            if key in self.stash:
                del self.stash[key]
        let_go_as_made(self)
        # Whoever spells the id spells it anew; the text is longer than all else that is left of the item.
        object.__setattr__(self.id, "_str_cache", None)

    def _take_back(self) -> None:
        self.user_properties[:] = [each for each in self.user_properties if each[0] != PROPERTY]

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
