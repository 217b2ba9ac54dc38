"""The pace: so many calls a second, told by a clock that only moves when somebody sleeps."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.reading.access import Access
from muster.reading.sessions.pace import Pace
from muster.reading.sessions.quotas import PUBLISHED, PaceOfServices, pace_of


class Clock:
    """A clock of its own; sleeping moves it on."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def times(pace: Pace, clock: Clock, calls: int, key: Hashable = "ec2") -> list[float]:
    """When each of the calls got through, from now."""
    start, passed = clock.now, []
    for _ in range(calls):
        pace.wait(key)
        passed.append(round(clock.now - start, 6))
    return passed


def test_without_a_pace_nobody_waits() -> None:
    clock = Clock()
    assert times(Pace(None, clock, clock.sleep), clock, 1_000) == [0.0] * 1_000


def test_a_seconds_worth_gets_through_at_once_and_then_one_at_a_time() -> None:
    clock = Clock()
    passed = times(Pace(4, clock, clock.sleep), clock, 8)
    assert passed[:4] == [0.0] * 4
    assert passed[5:] == [pytest.approx(passed[4] + 0.25 * n) for n in (1, 2, 3)]


def test_who_was_idle_has_a_seconds_worth_again_and_no_more() -> None:
    clock, other = Clock(), Clock()
    pace = Pace(4, clock, clock.sleep)
    times(pace, clock, 20)
    clock.now += 3_600
    assert times(pace, clock, 8) == times(Pace(4, other, other.sleep), other, 8)


def test_services_and_regions_do_not_wait_for_each_other() -> None:
    clock = Clock()
    pace = Pace(1, clock, clock.sleep)
    times(pace, clock, 2, "ec2")
    assert times(pace, clock, 1, "s3") == [0.0]


@pytest.mark.parametrize(
    ("given", "service", "per_second"),
    [
        pytest.param({}, "cloudtrail", 4, id="below what AWS publishes"),
        pytest.param({}, "iam", 8, id="below what is taken for it where AWS publishes nothing"),
        pytest.param({}, "s3", None, id="no bound where AWS has none an account"),
        pytest.param({"calls_per_second": 2.0}, "s3", 2, id="as the estate says"),
        pytest.param({"calls_per_second": 50.0}, "cloudtrail", 50, id="as the estate says, if it is more"),
        pytest.param({"endpoint_url": "http://127.0.0.1:5000"}, "cloudtrail", None, id="an endpoint that is not AWS's"),
        pytest.param({"sandbox": True}, "cloudtrail", None, id="a sandbox"),
    ],
)
def test_how_fast_an_account_is_asked(given: dict[str, Any], service: str, per_second: float | None) -> None:
    pace = pace_of(Access("prod", "aws", "111122223333", **given))

    assert (pace((service, "eu-west-1")) if callable(pace) else pace) == per_second


@pytest.mark.parametrize("service", [name for name, rate in PUBLISHED.items() if rate is not None])
def test_no_second_sees_more_than_aws_publishes(service: str) -> None:
    rate, clock = PUBLISHED[service], Clock()
    assert rate is not None
    passed = times(Pace(PaceOfServices(), clock, clock.sleep), clock, 60, (service, "eu-west-1"))

    for first in range(60):
        assert sum(1 for time in passed[first:] if time - passed[first] < 1.0) <= rate


@settings(deadline=None)
@given(st.floats(0.5, 50), st.integers(2, 60), st.floats(0, 1e6))
def test_no_second_sees_more_than_the_burst_and_the_pace(per_second: float, calls: int, start: float) -> None:
    clock = Clock(start)
    passed = times(Pace(per_second, clock, clock.sleep), clock, calls)
    for first in range(calls):
        within = sum(1 for time in passed[first:] if time - passed[first] < 1.0)
        assert within <= 2 * per_second + 2
