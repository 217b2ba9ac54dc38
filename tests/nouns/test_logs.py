"""Log groups: how long they keep events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from fixtures.sandbox import gaps
from muster import Verdict
from muster.api import judge
from muster.reading.sessions.clients import new_session
from tests.nouns.answers import refuse

REGION = "eu-west-1"
gaps.install()


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with mock_aws():
        yield new_session()


def make_group(session: boto3.Session, days: int | None, log_class: str = "STANDARD") -> None:
    logs = session.client("logs", region_name=REGION)
    logs.create_log_group(logGroupName="shop", logGroupClass=log_class)
    if days is not None:
        logs.put_retention_policy(logGroupName="shop", retentionInDays=days)


def verdict(session: boto3.Session, **parameters: Any) -> Verdict:
    (only,) = judge(
        session, ["log-group-retention"], regions=[REGION], threads=1, parameters={"log-group-retention": parameters}
    )
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
def test_events_are_kept_for_a_year(session: boto3.Session, days: int | None, log_class: str, status: str) -> None:
    make_group(session, days, log_class)
    assert verdict(session).status == status


def test_a_profile_may_ask_for_less(session: boto3.Session) -> None:
    make_group(session, 90)
    assert verdict(session, retention_days=90).status == "pass"


def test_a_finding_names_the_group_by_the_arn_that_permissions_use(session: boto3.Session) -> None:
    make_group(session, 1)
    found = verdict(session)
    assert found.resource == f"arn:aws:logs:{REGION}:123456789012:log-group:shop"
    assert (found.region, found.reason) == (REGION, "keeps events for 1 days only")


def test_without_log_groups_there_is_nothing_to_judge(session: boto3.Session) -> None:
    assert verdict(session).status == "not_applicable"


def test_what_may_not_be_read_is_an_error(session: boto3.Session) -> None:
    refuse(session, "cloudwatch-logs.DescribeLogGroups")
    assert verdict(session).status == "error"
