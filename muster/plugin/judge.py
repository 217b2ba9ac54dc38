"""The processes that judge: the only one without xdist, each worker with it."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from typing import Any, Self

import pytest

from muster.errors import UsageError
from muster.judging.control import Control
from muster.plugin.items import AUDIT, ControlItem
from muster.run.audit import Audit
from muster.run.memory import give_back
from muster.run.plan import Plan

MANY_ACCOUNTS = 5
"""With more, reports take so much memory that it is worth some tenths of a second to make room for them."""


class JudgingProcess:
    """Judges the items of this process; asks for the plan when the first of them is due."""

    def __init__(self, config: pytest.Config, begin: Callable[[], Audit], controls: Mapping[str, Control]) -> None:
        self._config = config
        self._begin = begin
        self._controls = controls
        self._groups: dict[tuple[str, str], list[tuple[Control, str]]] = {}
        self._left: Counter[str] = Counter()
        worker_input = getattr(config, "workerinput", None)
        self._worker = worker_input is not None
        # Whether the items of a group, which read the same things, all come to this worker.
        self._has_whole_groups = worker_input is not None and worker_input["muster_whole_groups"]

    @classmethod
    def of_worker(cls, config: pytest.Config, plan: str, controls: Mapping[str, Control]) -> Self:
        """The judge of an xdist worker, which is told the plan."""
        return cls(config, lambda: Audit(Plan.from_json(plan), shared=True, as_worker=True), controls)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put items of one account, and in it of one service, side by side; accounts stand in the order of the items.

        So an account is let go when the next one begins, and not all of them at the end.
        """
        controls = [item for item in items if isinstance(item, ControlItem)]
        accounts = {name: place for place, name in enumerate(dict.fromkeys(item.account for item in controls))}
        groups = {group: place for place, group in enumerate(dict.fromkeys(map(self._group, controls)))}

        def place(item: pytest.Item) -> tuple[int, int]:
            if not isinstance(item, ControlItem):
                return len(accounts), 0
            return accounts[item.account], groups[self._group(item)]

        items.sort(key=place)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Begin: with a plan, and with the knowledge of which controls belong together."""
        items = [item for item in session.items if isinstance(item, ControlItem)]
        if not items or session.config.getoption("collectonly") or session.testsfailed:
            return
        for item in items:
            if self._has_whole_groups:
                self._groups.setdefault(self._group(item), []).append((item.control, item.account))
            self._left[item.account] += 1
        try:
            audit = self._config.stash[AUDIT] = self._begin()
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        if session.config.getoption("usepdb"):
            audit.threads = 1
        if not self._worker:
            audit.judge_ahead((item.control, item.account) for item in items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """In a worker, before the first item of a group: all of the group is this worker's, and is judged ahead."""
        if self._has_whole_groups and isinstance(item, ControlItem):
            self._config.stash[AUDIT].judge_ahead(self._groups.pop(self._group(item), ()))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Once the last was said of an item, it lets go of it."""
        result = yield
        if isinstance(item, ControlItem):
            item.let_go()
        return result

    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """After the last item of an account that is known: let the account go, so that memory does not grow by it."""
        if not isinstance(item, ControlItem):
            return
        self._left[item.account] -= 1
        goes_on = isinstance(nextitem, ControlItem) and nextitem.account == item.account
        # A worker has only a share of the items; what it lets go too soon it enters again, from the run's own answers.
        if not self._left[item.account] or (self._worker and not goes_on):
            self._config.stash[AUDIT].let_go(item.account)
            give_back()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Judge nothing more; tell the controller what this worker counted."""
        audit = self._config.stash.get(AUDIT, None)
        if audit is not None:
            audit.stop()
            if len(audit.plan.accounts) > MANY_ACCOUNTS:
                audit.let_go_of_ways()
                gc.collect()
                give_back()
        if audit is not None and self._worker:
            output: dict[str, Any] = self._config.workeroutput  # type: ignore[attr-defined]  # xdist sets it in workers
            output["muster"] = json.dumps(audit.doorkeeper.counts.to_tell())

    def _group(self, item: ControlItem) -> tuple[str, str]:
        return item.account, item.control.service
