"""AWS Config: when a region's recorder is at work."""

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
from tests.nouns.answers import answer, refuse

REGION, OTHER = "eu-west-1", "us-east-1"
STATUS = "config-service.DescribeConfigurationRecorderStatus"
gaps.install()


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with mock_aws():
        yield new_session()


def verdict(session: boto3.Session) -> Verdict:
    (only,) = judge(session, ["config-recorder-on"], regions=[REGION], threads=1)
    return only


def make_recorder(session: boto3.Session, *, on: bool) -> None:
    config = session.client("config", region_name=REGION)
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": "arn:aws:iam::1:role/r"})
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "history"})
    if on:
        config.start_configuration_recorder(ConfigurationRecorderName="default")


def test_each_region_needs_its_own_recorder(session: boto3.Session) -> None:
    make_recorder(session, on=True)
    found = judge(session, ["config-recorder-on"], regions=[REGION, OTHER], threads=1)
    assert {each.region: each.status for each in found} == {REGION: "pass", OTHER: "fail"}


def test_a_recorder_that_was_never_started_fails(session: boto3.Session) -> None:
    make_recorder(session, on=False)
    assert verdict(session).reason == "has no recorder of everything at work: default is stopped"


@pytest.mark.parametrize(
    ("changed", "status", "reason"),
    [
        pytest.param({"lastStatus": "SUCCESS"}, "pass", "", id="success"),
        pytest.param({"lastStatus": "Pending"}, "pass", "", id="pending"),
        pytest.param({}, "pass", "", id="nothing recorded yet"),
        pytest.param({"lastStatus": "FAILURE"}, "fail", "default failed to record", id="failure, as the API spells it"),
        pytest.param({"lastStatus": "Failure"}, "fail", "default failed to record", id="failure, as documented"),
        pytest.param(
            {"servicePrincipal": "securityhub.amazonaws.com"},
            "fail",
            "default belongs to an AWS service",
            id="a service's",
        ),
    ],
)
def test_the_status_of_the_recorder_tells(
    session: boto3.Session, changed: dict[str, Any], status: str, reason: str
) -> None:
    make_recorder(session, on=True)
    recorder = {"name": "default", "recording": True, **changed}
    answer(session, STATUS, {"ConfigurationRecordersStatus": [recorder]})
    found = verdict(session)
    assert (found.status, found.reason) == (
        status,
        f"has no recorder of everything at work: {reason}" if reason else "",
    )


@pytest.mark.parametrize(
    "content", [pytest.param({"name": "default"}, id="no state"), pytest.param({"recording": True}, id="no name")]
)
def test_a_malformed_answer_is_an_error(session: boto3.Session, content: dict[str, Any]) -> None:
    answer(session, STATUS, {"ConfigurationRecordersStatus": [content]})
    assert verdict(session).status == "error"


def test_what_may_not_be_read_is_an_error(session: boto3.Session) -> None:
    refuse(session, STATUS)
    assert verdict(session).status == "error"
