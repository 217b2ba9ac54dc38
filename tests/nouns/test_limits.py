"""The day before a limit, the limit itself, and the day after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fixtures.config_rules import RuleEvaluation
from fixtures.sso_access import PermissionSet
from muster import Unreadable

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def age_of(moment: datetime) -> timedelta:
    return NOW - moment


def evaluation(
    succeeded: timedelta | None, failed: timedelta | None = None, error: str | None = None
) -> RuleEvaluation:
    moments = [None if ago is None else NOW - ago for ago in (succeeded, failed)]
    return RuleEvaluation(succeeded=moments[0], failed=moments[1], invocation_failed=None, error=error)


@pytest.mark.parametrize(
    ("state", "flaw"),
    [
        pytest.param(evaluation(timedelta(days=7)), None, id="on the last day"),
        pytest.param(evaluation(timedelta(days=7, seconds=1)), "more than 7 days ago", id="a second later"),
        pytest.param(evaluation(None), "never", id="never"),
        pytest.param(evaluation(timedelta(days=1), timedelta(days=2), "E"), None, id="failed before"),
        pytest.param(evaluation(timedelta(days=2), timedelta(days=1), "E"), "has failed since", id="failed since"),
        pytest.param(evaluation(timedelta(days=1), timedelta(days=1), "E"), "has failed", id="in the same second"),
    ],
)
def test_a_rule_is_at_work_for_so_many_days(state: RuleEvaluation, flaw: str | None) -> None:
    told = state.flaw(age_of, 7)

    assert told is None if flaw is None else flaw in (told or "")


def test_an_error_of_no_time_is_not_overlooked() -> None:
    with pytest.raises(Unreadable, match="AccessDenied"):
        evaluation(timedelta(days=1), error="AccessDenied").flaw(age_of, 7)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT4H", timedelta(hours=4)),
        ("PT4H1M", timedelta(hours=4, minutes=1)),
        ("PT90M", timedelta(minutes=90)),
        ("PT3600S", timedelta(hours=1)),
    ],
)
def test_a_session_lasts_as_long_as_it_says(text: str, duration: timedelta) -> None:
    assert PermissionSet(name="Administrators", session=text).duration == duration


@pytest.mark.parametrize("text", ["", "PT", "4H", "P1D", "PTH", "4"])
def test_what_is_no_duration_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="expected one such as PT4H"):
        _ = PermissionSet(name="Administrators", session=text).duration
