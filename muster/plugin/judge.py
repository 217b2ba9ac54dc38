"""The processes that judge: the only one without xdist, each worker with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Self

import pytest

from muster.errors import UsageError
from muster.judging.control import Control
from muster.plugin.items import AUDIT, ControlItem
from muster.run.audit import Audit
from muster.run.plan import Plan


class Judge:
    """Judges the items of this process; asks for the plan when the first of them is due."""

    def __init__(self, config: pytest.Config, begin: Callable[[], Audit], controls: Mapping[str, Control]) -> None:
        self._config = config
        self._begin = begin
        self._controls = controls
        self._groups: dict[tuple[str, str], list[Control]] = {}
        self._worker = hasattr(config, "workerinput")

    @classmethod
    def of_worker(cls, config: pytest.Config, plan: str, controls: Mapping[str, Control]) -> Self:
        """The judge of an xdist worker, which is told the plan."""
        return cls(config, lambda: Audit(Plan.from_json(plan), shared=True), controls)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put items of one account and service side by side; note what each group will need."""
        order: dict[tuple[str, str], int] = {}
        for item in items:
            if isinstance(item, ControlItem):
                order.setdefault(self._group(item), len(order))
        items.sort(key=lambda item: order[self._group(item)] if isinstance(item, ControlItem) else len(order))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Begin: with a plan, and with the knowledge of which controls belong together."""
        items = [item for item in session.items if isinstance(item, ControlItem)]
        if not items or session.config.getoption("collectonly") or session.testsfailed:
            return
        for item in items:
            self._groups.setdefault(self._group(item), []).append(item.control)
        try:
            audit = self._config.stash[AUDIT] = self._begin()
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        if session.config.getoption("usepdb"):
            audit.threads = 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Before the first item of a group: read all the lists that the group needs, at once."""
        if isinstance(item, ControlItem):
            audit = self._config.stash[AUDIT]
            account = audit.account(item.account)
            group = self._group(item)
            if audit.threads > 1:
                audit.warm(account, group[1], self._groups[group])

    def pytest_sessionfinish(self) -> None:
        """Tell the controller what this worker counted."""
        if self._worker and AUDIT in self._config.stash:
            audit = self._config.stash[AUDIT]
            output: dict[str, Any] = self._config.workeroutput  # type: ignore[attr-defined]  # xdist sets it in workers
            output["muster"] = json.dumps(audit.doorkeeper.counts.to_tell())

    def _group(self, item: ControlItem) -> tuple[str, str]:
        # Without xdist nobody else waits for a share: the whole account is read at once.
        return item.account, item.control.service if self._worker else ""
