"""Thresholds: whether the first event sets an alarm off, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.thresholds import Published, Watch, flaw

ONE = Published(1.0)
OVER_ZERO_OR_ONE = Published(1.0, 0.0)
WATCH = Watch("Sum", "GreaterThanOrEqualToThreshold", 1.0)
MORE_THAN_NONE = Watch("Sum", "GreaterThanThreshold", 0.0)


@pytest.mark.parametrize(
    ("published", "watch"),
    [
        pytest.param(ONE, WATCH, id="a sum of one"),
        pytest.param(OVER_ZERO_OR_ONE, WATCH, id="a sum of one, noughts otherwise"),
        pytest.param(ONE, MORE_THAN_NONE, id="a sum above nought"),
        pytest.param(ONE, replace(WATCH, threshold=0.5), id="half an event"),
        pytest.param(Published(5.0), replace(WATCH, threshold=5.0), id="five for each"),
        pytest.param(OVER_ZERO_OR_ONE, replace(WATCH, statistic="Maximum"), id="the highest"),
        pytest.param(ONE, replace(WATCH, statistic="Minimum"), id="the lowest, where nothing else is published"),
        pytest.param(ONE, replace(WATCH, statistic="Average"), id="the average, where nothing else is published"),
        pytest.param(ONE, replace(WATCH, statistic="SampleCount"), id="the count, where nothing else is published"),
        pytest.param(Published(1.0, unit="Count"), replace(WATCH, unit="Count"), id="the same unit"),
        pytest.param(Published(1.0, unit="Count"), WATCH, id="any unit"),
        pytest.param(ONE, replace(WATCH, unit="None"), id="no unit, by name"),
        pytest.param(OVER_ZERO_OR_ONE, replace(WATCH, missing="breaching"), id="loud if the log stops"),
        pytest.param(OVER_ZERO_OR_ONE, replace(WATCH, missing="ignore"), id="at rest again by noughts"),
    ],
)
def test_an_alarm_that_goes_off_at_the_first_event(published: Published, watch: Watch) -> None:
    assert flaw(published, watch) is None


@pytest.mark.parametrize(
    ("published", "watch", "why"),
    [
        pytest.param(Published(0.0), WATCH, "stays quiet", id="nothing is added up"),
        pytest.param(Published(None), WATCH, "adds up what the events say", id="a value from the event"),
        pytest.param(
            OVER_ZERO_OR_ONE, replace(WATCH, statistic="Average"), "stays quiet", id="an average with noughts"
        ),
        pytest.param(OVER_ZERO_OR_ONE, replace(WATCH, statistic="Minimum"), "stays quiet", id="the lowest, a nought"),
        pytest.param(
            OVER_ZERO_OR_ONE, replace(WATCH, statistic="SampleCount"), "goes off without", id="counting noughts"
        ),
        pytest.param(Published(1.0, 1.0), WATCH, "goes off without", id="a default of one"),
        pytest.param(OVER_ZERO_OR_ONE, replace(WATCH, threshold=0.0), "goes off without", id="at nought"),
        pytest.param(ONE, replace(WATCH, threshold=0.0), "goes off without", id="at nought, without a default"),
        pytest.param(ONE, replace(WATCH, threshold=5.0), "stays quiet", id="the fifth event"),
        pytest.param(ONE, replace(MORE_THAN_NONE, threshold=1.0), "stays quiet", id="the second event"),
        pytest.param(
            ONE, replace(MORE_THAN_NONE, statistic="Maximum", threshold=1.0), "stays quiet", id="never above one"
        ),
        pytest.param(ONE, replace(WATCH, comparison="LessThanThreshold"), "stays quiet", id="fewer than one"),
        pytest.param(ONE, replace(WATCH, comparison="LessThanOrEqualToThreshold"), "stays quiet", id="one, not two"),
        pytest.param(ONE, replace(WATCH, unit="Seconds"), "unit Seconds", id="another unit"),
        pytest.param(Published(1.0, unit="Count"), replace(WATCH, unit="None"), "unit None", id="no unit"),
        pytest.param(ONE, replace(WATCH, datapoints=3), "needs 3 periods", id="three periods"),
        pytest.param(ONE, replace(WATCH, missing="breaching"), "does not come back", id="loud all the time"),
        pytest.param(ONE, replace(WATCH, missing="ignore"), "does not come back", id="loud for good"),
        pytest.param(ONE, replace(WATCH, statistic="p99"), "may miss", id="a percentile"),
        pytest.param(ONE, replace(WATCH, comparison="GreaterThanUpperThreshold"), "may miss", id="a band"),
    ],
)
def test_an_alarm_that_does_not_or_is_always_on(published: Published, watch: Watch, why: str) -> None:
    assert why in (flaw(published, watch) or "")


numbers = st.floats(-3, 3).map(lambda number: round(number, 1))
published = st.builds(Published, numbers, st.none() | numbers)
watches = st.builds(
    Watch,
    st.sampled_from(["Sum", "Average", "Minimum", "Maximum", "SampleCount"]),
    st.sampled_from(["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold"]),
    numbers,
)


@given(published, watches, st.integers(1, 9), st.integers(0, 9))
def test_where_nothing_is_wrong_an_event_is_heard_among_any_others(
    given_: Published, watch: Watch, events: int, others: int
) -> None:
    assert given_.value is not None
    if flaw(given_, watch) is not None:
        return
    heard = [given_.value] * events + ([] if given_.default is None else [given_.default] * others)
    statistic = {
        "Sum": sum(heard),
        "Average": sum(heard) / len(heard),
        "Minimum": min(heard),
        "Maximum": max(heard),
        "SampleCount": len(heard),
    }[watch.statistic]
    above = statistic >= watch.threshold - 1e-9
    assert above if watch.comparison.startswith("Greater") else statistic < watch.threshold + 1e-9
