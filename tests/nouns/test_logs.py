"""Log groups: how long they keep events."""

from __future__ import annotations

from typing import Any

import pytest

from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

REGION = "eu-west-1"


def make_group(stage: Stage, days: int | None, log_class: str = "STANDARD") -> None:
    logs = stage.client("logs", region_name=REGION)
    logs.create_log_group(logGroupName="shop", logGroupClass=log_class)
    if days is not None:
        logs.put_retention_policy(logGroupName="shop", retentionInDays=days)


def verdict(stage: Stage, **parameters: Any) -> Finding:
    (only,) = stage.judge(["log-group-retention"], regions=[REGION], parameters={"log-group-retention": parameters})
    return only


@pytest.mark.parametrize(
    ("days", "log_class", "status"),
    [
        pytest.param(None, "STANDARD", "pass", id="for ever"),
        pytest.param(365, "STANDARD", "pass", id="just long enough"),
        pytest.param(180, "STANDARD", "fail", id="half as long"),
        pytest.param(30, "INFREQUENT_ACCESS", "fail", id="infrequent access"),
        pytest.param(30, "ESSENTIALS", "fail", id="essentials"),
        pytest.param(1, "DELIVERY", "not_applicable", id="only passed on"),
    ],
)
def test_events_are_kept_for_a_year(stage: Stage, days: int | None, log_class: str, status: str) -> None:
    make_group(stage, days, log_class)
    assert verdict(stage).status == status


def test_a_profile_may_ask_for_less(stage: Stage) -> None:
    make_group(stage, 90)
    assert verdict(stage, retention_days=90).status == "pass"


def test_a_finding_names_the_group_by_the_arn_that_permissions_use(stage: Stage) -> None:
    make_group(stage, 1)
    found = verdict(stage)
    assert found.resource == f"arn:aws:logs:{REGION}:123456789012:log-group:shop"
    assert (found.region, found.reason) == (REGION, "keeps events for 1 day only")


def test_without_log_groups_there_is_nothing_to_judge(stage: Stage) -> None:
    assert verdict(stage).status == "not_applicable"


def test_what_may_not_be_read_is_an_error(stage: Stage) -> None:
    stage.refuse("cloudwatch-logs.DescribeLogGroups")
    assert verdict(stage).status == "error"
