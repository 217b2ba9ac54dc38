"""Spreading items over xdist workers: what reads the same service of the same account goes to the same worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xdist.scheduler import LoadScopeScheduling

from muster.judging.control import Control


class ByAccountAndService(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """The scheduler of an audit; other tests keep the scope they have."""

    def __init__(self, config: Any, log: Any, controls: Mapping[str, Control]) -> None:
        super().__init__(config, log)
        self._services = {control.function.__name__: control.service for control in controls.values()}

    def _split_scope(self, nodeid: str) -> str:
        function, _, account = nodeid.rpartition("::")[2].partition("[")
        service = self._services.get(function)
        return f"{account.rstrip(']')}/{service}" if service else str(super()._split_scope(nodeid))
