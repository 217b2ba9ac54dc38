"""Spreading over workers, with one that takes the place of a killed one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from muster.plugin.scheduling import ByAccountAndService

ITEMS = [f"controls/a.py::test_{name}[prod]" for name in ("one", "two", "three", "four")]


class Worker:
    """What a scheduler knows of a worker: what was sent to it, and whether it was told that no more comes."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.sent: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


@pytest.fixture
def scheduler() -> Any:
    config = SimpleNamespace(
        getvalue=lambda name: ["popen", "popen"],
        getoption=lambda name, default=None: default,
        option=SimpleNamespace(loadscopereorder=False, tx=["2*popen"], numprocesses=2, debug=False),
        hook=SimpleNamespace(),
    )
    controls = {
        name: SimpleNamespace(function=SimpleNamespace(__name__=f"test_{name}"), service=name)
        for name in ("one", "two", "three", "four")
    }
    made: Any = ByAccountAndService(config, None, controls)  # type: ignore[arg-type]
    made.numnodes = 2
    return made


def test_a_worker_in_the_place_of_a_killed_one_is_given_all_that_is_left_or_told_that_no_more_comes(
    scheduler: Any,
) -> None:
    killed, other = Worker("gw0"), Worker("gw1")
    for worker in (killed, other):
        scheduler.add_node(worker)
        scheduler.add_node_collection(worker, ITEMS)
    scheduler.schedule()
    assert sorted(killed.sent + other.sent) == [0, 1, 2, 3]
    for index in list(other.sent):
        scheduler.mark_test_complete(other, index)

    scheduler.remove_node(killed)
    heir = Worker("gw2")
    scheduler.add_node(heir)
    scheduler.add_node_collection(heir, ITEMS)
    scheduler.schedule()

    assert sorted(heir.sent) == sorted(killed.sent)
    assert heir.shutting_down, "it would wait for an item that never comes"


def test_items_of_one_account_and_service_stay_together(scheduler: Any) -> None:
    assert scheduler._split_scope("controls/a.py::test_one[prod]") == "prod/one"
    assert scheduler._split_scope("tests/test_b.py::test_unknown") == "tests/test_b.py"
