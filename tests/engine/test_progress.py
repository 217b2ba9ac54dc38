"""How far a run is: what the line says, and that a log gets one now and then, whatever a control waits for."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from muster.plugin.progress import Gauge, Progress, ProgressLine
from muster.reading.sessions.counts import Counts
from muster.run.pairs import Pairs

RUN = Progress(accounts_done=2, accounts=40, judged=900, selected=9_000, seconds=10, calls=3_200, service="iam")


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        pytest.param(RUN, "account 3 of 40 · iam · 3,200 calls, 320/s · 900 of 9,000 judged · 1:30 left", id="midway"),
        pytest.param(
            Progress(0, 1, 0, 200, 0.2, calls=None),
            "account 1 of 1 · 0 of 200 judged",
            id="nothing judged yet: no time is left to be told",
        ),
        pytest.param(
            Progress(0, 1, 10, 20, 4, calls=50, throttles=7, service="ec2"),
            "account 1 of 1 · ec2 · 50 calls, 12/s, 7 throttled · 10 of 20 judged · 0:04 left",
            id="throttled",
        ),
        pytest.param(
            Progress(2, 2, 20, 20, 65),
            "account 2 of 2 · 20 of 20 judged · 0:00 left",
            id="done, and workers tell of calls at their end",
        ),
    ],
)
def test_the_line(progress: Progress, line: str) -> None:
    assert progress.line == line


def run_with(finished: Pairs, counts: Counts) -> Any:
    return SimpleNamespace(finished=finished, audit=SimpleNamespace(doorkeeper=SimpleNamespace(counts=counts)))


SELECTED = Pairs({(control, account) for control in ("a", "b") for account in ("prod", "dev")})


def test_an_account_is_done_when_all_its_controls_are() -> None:
    run = run_with(Pairs({("a", "prod"), ("b", "prod"), ("a", "dev")}), Counts())
    progress = Gauge(lambda: run, lambda: SELECTED).read()

    assert progress is not None
    assert (progress.accounts_done, progress.accounts, progress.judged, progress.selected) == (1, 2, 3, 4)


def test_the_service_is_the_one_that_is_asked_now() -> None:
    counts = Counts()
    gauge = Gauge(lambda: run_with(Pairs(), counts), lambda: SELECTED)
    counts.add("iam", "calls", 100)
    services = [gauge.read()]
    counts.add("ec2", "calls", 3)
    services += [gauge.read(), gauge.read()]

    assert [each and each.service for each in services] == ["iam", "ec2", "ec2"]


def test_of_calls_that_workers_make_nothing_is_known_yet() -> None:
    counts = Counts()
    counts.add("sts", "calls", 1)
    progress = Gauge(lambda: run_with(Pairs(), counts), lambda: SELECTED, lambda: False).read()

    assert progress is not None
    assert progress.line == "account 1 of 2 · 0 of 4 judged"


@pytest.mark.parametrize("selected", [None, Pairs()])
def test_before_anything_is_selected_nothing_is_told(selected: Pairs | None) -> None:
    assert Gauge(lambda: None, lambda: SELECTED).read() is None
    assert Gauge(lambda: run_with(Pairs(), Counts()), lambda: selected).read() is None


def config(*, out: io.StringIO | None = None, markup: bool = False, verbosity: int = 0, **options: Any) -> Any:
    given = {"usepdb": False, "capture": "fd", **options}
    return SimpleNamespace(
        pluginmanager=SimpleNamespace(hasplugin=lambda _: True, getplugin=lambda _: SimpleNamespace()),
        get_terminal_writer=lambda: SimpleNamespace(hasmarkup=markup, _file=out or io.StringIO()),
        get_verbosity=lambda: verbosity,
        getoption=given.__getitem__,
    )


@pytest.mark.parametrize(
    ("given", "stays"),
    [
        pytest.param({"markup": True}, True, id="a terminal"),
        pytest.param({"markup": True, "verbosity": -1}, True, id="-q"),
        pytest.param({}, False, id="a log"),
        pytest.param({"markup": True, "verbosity": 1}, False, id="-v"),
        pytest.param({"markup": True, "usepdb": True}, False, id="--pdb"),
        pytest.param({"markup": True, "capture": "no"}, False, id="-s"),
    ],
)
def test_the_line_stays_where_nobody_else_needs_the_terminal(given: dict[str, Any], stays: bool) -> None:
    line = ProgressLine(config(**given), Gauge(lambda: None, lambda: None))
    loop = line.pytest_runtestloop()
    next(loop)

    assert line.stays is stays
    with pytest.raises(StopIteration):
        loop.send(None)


def test_a_log_gets_a_line_while_a_control_waits() -> None:
    out = io.StringIO()
    gauge = Gauge(lambda: run_with(Pairs(), Counts()), lambda: SELECTED)
    line = ProgressLine(config(out=out), gauge, every=0.01)

    loop = line.pytest_runtestloop()
    next(loop)
    wait_until(lambda: "0 of 4 judged" in out.getvalue())
    with pytest.raises(StopIteration):
        loop.send(None)
    told = out.getvalue()
    time.sleep(0.05)

    assert out.getvalue() == told


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
