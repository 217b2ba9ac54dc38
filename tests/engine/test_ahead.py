"""Judging ahead: findings are there before they are asked for, whatever the order, and a stop ends it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from muster.judging.judgement import Finding
from muster.run.ahead import ACCOUNTS, AT_ONCE, FURTHEST, Ahead
from muster.run.core import OneCore


def control(name: str) -> Any:
    return SimpleNamespace(id=name)


CONTROLS = [control(f"lamp-{number}") for number in range(6)]


def found(name: str) -> list[Finding]:
    return [Finding("global", name, "pass", "", ())]


class Judged:
    """Judges by waiting, and notes what was judged."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._seconds = seconds

    def __call__(self, control: Any, account: str, stop: threading.Event) -> list[Finding]:
        self.pairs.append((control.id, account))
        stop.wait(self._seconds)
        return found(f"{control.id} in {account}")


def test_what_controls_wait_for_overlaps() -> None:
    ahead, before = Ahead(Judged(seconds=0.2)), time.monotonic()
    ahead.add((each, "prod") for each in CONTROLS)

    results = [ahead.findings(each, "prod") for each in CONTROLS]
    assert time.monotonic() - before < 0.2 * len(CONTROLS) / 2
    assert results == [found(f"{each.id} in prod") for each in CONTROLS]
    ahead.stop()


def test_each_is_judged_once_in_whatever_order_it_is_asked_for() -> None:
    judge = Judged()
    ahead = Ahead(judge)
    ahead.add((each, "prod") for each in CONTROLS)

    for each in reversed(CONTROLS):
        assert ahead.findings(each, "prod") == found(f"{each.id} in prod")
    assert sorted(judge.pairs) == [(each.id, "prod") for each in CONTROLS]
    ahead.stop()


def test_what_nobody_added_is_judged_when_it_is_asked_for() -> None:
    ahead = Ahead(Judged())
    assert ahead.findings(CONTROLS[0], "stage") == found("lamp-0 in stage")
    ahead.stop()


def test_no_more_is_judged_ahead_than_memory_should_hold() -> None:
    judge = Judged()
    ahead = Ahead(judge)
    many = [control(f"lamp-{number}") for number in range(FURTHEST + AT_ONCE)]
    ahead.add((each, "prod") for each in many)
    deadline = time.monotonic() + 30
    while len(judge.pairs) < FURTHEST and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)

    assert len(judge.pairs) == FURTHEST
    assert ahead.findings(many[-1], "prod") == found(f"{many[-1].id} in prod")
    ahead.stop()


def test_what_a_judge_raises_is_raised_where_its_findings_are_asked_for() -> None:
    def breaks(control: Any, account: str, stop: threading.Event) -> list[Finding]:
        raise RuntimeError("the engine broke")

    ahead = Ahead(breaks)
    ahead.add([(CONTROLS[0], "prod")])
    with pytest.raises(RuntimeError, match="the engine broke"):
        ahead.findings(CONTROLS[0], "prod")
    ahead.stop()


def test_a_stop_ends_what_is_under_way() -> None:
    ahead, before = Ahead(Judged(seconds=30)), time.monotonic()
    ahead.add((each, "prod") for each in CONTROLS)
    pools = list(ahead._pools.values())
    ahead.stop()
    for pool in pools:
        pool.shutdown(wait=True)

    assert time.monotonic() - before < 5


def test_accounts_overlap_and_a_slow_one_does_not_hold_up_those_after_it() -> None:
    many = [control(f"lamp-{number}") for number in range(FURTHEST)]
    others = [f"stage-{number}" for number in range(ACCOUNTS)]
    answered = threading.Event()
    judged: Counter[str] = Counter()

    def judge(control: Any, account: str, stop: threading.Event) -> list[Finding]:
        if account == "slow":
            answered.wait(30)
        judged[account] += 1
        return found(control.id)

    ahead = Ahead(judge)
    ahead.add((each, account) for account in ("slow", *others) for each in many)
    deadline = time.monotonic() + 30
    while sum(judged.values()) < (ACCOUNTS - 1) * FURTHEST and time.monotonic() < deadline:
        time.sleep(0.01)
    before = dict(judged)
    answered.set()
    for account in ("slow", *others):
        assert [ahead.findings(each, account) for each in many] == [found(each.id) for each in many]
    ahead.stop()

    assert before == dict.fromkeys(others[:-1], FURTHEST), "the last waits: memory holds so many accounts"
    assert judged == dict.fromkeys(("slow", *others), FURTHEST)


def test_many_accounts_with_few_controls_overlap() -> None:
    accounts = [f"prod-{number}" for number in range(50)]
    ahead, before = Ahead(Judged(seconds=0.2)), time.monotonic()
    ahead.add((CONTROLS[0], account) for account in accounts)

    for account in accounts:
        assert ahead.findings(CONTROLS[0], account) == found(f"lamp-0 in {account}")
    assert time.monotonic() - before < 0.2 * len(accounts) / 5
    ahead.stop()


def core_of_ours() -> OneCore:
    """A core that other tests, and audits that they start, do not take from this one."""
    return OneCore(claims=f"muster-tests-{os.getpid()}")


@pytest.mark.skipif(sys.platform != "linux", reason="another system chooses by itself")
class TestCores:
    def test_all_threads_share_one_core_until_all_is_judged(self) -> None:
        free = os.sched_getaffinity(0)
        everybody_is_there = threading.Barrier(len(CONTROLS))
        cores: list[set[int]] = []

        def judge(*_: object) -> list[Finding]:
            everybody_is_there.wait(5)
            cores.append(os.sched_getaffinity(0))
            return []

        ahead = Ahead(judge, core_of_ours())
        ahead.add((each, "prod") for each in CONTROLS)
        ours = os.sched_getaffinity(0)
        for each in CONTROLS:
            ahead.findings(each, "prod")

        assert len(ours) == 1
        assert cores == [ours] * len(CONTROLS)
        assert os.sched_getaffinity(0) == free
        ahead.stop()

    def test_who_stops_is_free_again(self) -> None:
        free = os.sched_getaffinity(0)
        ahead = Ahead(Judged(), core_of_ours())
        ahead.add([(CONTROLS[0], "prod")])

        ahead.stop()

        assert os.sched_getaffinity(0) == free

    def test_another_thread_does_not_free_the_one_that_took_it(self) -> None:
        free = os.sched_getaffinity(0)
        core = core_of_ours()
        core.take()
        taken = os.sched_getaffinity(0)

        for act in (core.take, core.leave):
            other = threading.Thread(target=act)
            other.start()
            other.join()

        assert os.sched_getaffinity(0) == taken
        core.leave()
        assert os.sched_getaffinity(0) == free

    def test_no_two_take_the_same_core_and_who_finds_none_stays_free(self) -> None:
        free = os.sched_getaffinity(0)
        everybody_has_tried = threading.Barrier(len(free) + 1)
        taken: list[set[int]] = []

        def take() -> None:
            core = core_of_ours()
            core.take()
            taken.append(os.sched_getaffinity(0))
            everybody_has_tried.wait(5)
            core.leave()

        threads = [threading.Thread(target=take) for _ in range(len(free) + 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        *alone, left_over = sorted(taken, key=len)
        assert set.union(*alone) == free
        assert [len(each) for each in alone] == [1] * len(free)
        assert left_over == free

    @pytest.mark.parametrize("number", [None, 100_000], ids=["not told", "not there"])
    def test_who_cannot_stay_is_free(self, number: int | None) -> None:
        free = os.sched_getaffinity(0)
        core = OneCore(lambda: number, f"muster-tests-{os.getpid()}")
        core.take()

        assert os.sched_getaffinity(0) == free
        core.leave()
