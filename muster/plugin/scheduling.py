"""Spreading items over xdist workers: what reads the same service of the same account goes to the same worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xdist.scheduler import LoadScopeScheduling

from muster.judging.control import Control

# With so few items pending, xdist gives a worker its next unit.
FEW = 2


class ByAccountAndService(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """The scheduler of an audit; other tests keep the scope they have."""

    def __init__(self, config: Any, log: Any, controls: Mapping[str, Control]) -> None:
        super().__init__(config, log)
        self._services = {control.function.__name__: control.service for control in controls.values()}

    def _reschedule(self, node: Any) -> None:
        # A worker runs an item once it knows the next one, or that there is none. One that takes the place of a worker
        # that was killed gets a single unit from xdist, and with an item in it would wait for ever.
        while not node.shutting_down and (not self.workqueue or self._pending_of(self.assigned_work[node]) <= FEW):
            super()._reschedule(node)

    def _split_scope(self, nodeid: str) -> str:
        function, _, account = nodeid.rpartition("::")[2].partition("[")
        service = self._services.get(function)
        return f"{account.rstrip(']')}/{service}" if service else str(super()._split_scope(nodeid))
