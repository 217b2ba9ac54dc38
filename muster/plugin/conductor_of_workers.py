"""Conducting with xdist: workers are told the plan, items go where their service is read, counts come back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from muster.errors import UsageError
from muster.judging.control import Control
from muster.plugin.conductor import Conductor
from muster.plugin.refused_worker import refuse_with
from muster.plugin.scheduling import ByAccountAndService
from muster.plugin.where import controls_folders
from muster.run.pairs import Pairs


class WorkerConductor:
    """The part of the conductor that speaks with xdist."""

    def __init__(self, conductor: Conductor, controls: Mapping[str, Control]) -> None:
        self._conductor = conductor
        self._controls = controls
        self._by_function = {control.function.__name__: control for control in controls.values()}
        conductor.distributed = True

    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker the plan and the selection."""
        try:
            run = self._conductor.begin()
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        collector = self._conductor.collector(controls_folders(node.config))
        node.workerinput["muster_whole_groups"] = node.config.getoption("dist") == "load"
        node.workerinput["muster_folder"] = str(run.folder.path)
        node.workerinput["muster"] = collector.as_text()
        node.workerinput["muster_plan"] = run.plan.to_json()

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Schedule by account and service, unless the user asked for something else."""
        return ByAccountAndService(config, log, self._controls) if config.getoption("dist") == "load" else None

    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note what was selected, by the node ids of a worker; all of them have the same."""
        selected = self._conductor.selected = self._conductor.selected or Pairs()
        for nodeid in ids:
            function, _, account = nodeid.rpartition("::")[2].partition("[")
            if function in self._by_function:
                selected.add((self._by_function[function].id, account.removesuffix("]")))

    def pytest_testnodedown(self, node: Any) -> None:
        """Add up what a worker counted; one that was killed has told nothing."""
        counted = getattr(node, "workeroutput", {}).get("muster")
        run = self._conductor.run
        if run is not None and counted is not None:
            run.audit.doorkeeper.counts.merge(json.loads(counted))
        elif run is not None:
            run.calls_incomplete = True
        refuse_with(node)
