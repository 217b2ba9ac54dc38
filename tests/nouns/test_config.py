"""AWS Config: when a region's recorder is at work."""

from __future__ import annotations

from typing import Any

import pytest

from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

REGION, OTHER = "eu-west-1", "us-east-1"
STATUS = "config-service.DescribeConfigurationRecorderStatus"


def verdict(stage: Stage) -> Finding:
    (only,) = stage.judge(["config-recorder-on"], regions=[REGION])
    return only


def make_recorder(stage: Stage, *, on: bool) -> None:
    config = stage.client("config", region_name=REGION)
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": "arn:aws:iam::1:role/r"})
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "history"})
    if on:
        config.start_configuration_recorder(ConfigurationRecorderName="default")


def test_each_region_needs_its_own_recorder(stage: Stage) -> None:
    make_recorder(stage, on=True)
    found = stage.judge(["config-recorder-on"], regions=[REGION, OTHER])
    assert {each.region: each.status for each in found} == {REGION: "pass", OTHER: "fail"}


def test_a_recorder_that_was_never_started_fails(stage: Stage) -> None:
    make_recorder(stage, on=False)
    assert verdict(stage).reason == "has no recorder of everything at work: default is stopped"


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
def test_the_status_of_the_recorder_tells(stage: Stage, changed: dict[str, Any], status: str, reason: str) -> None:
    make_recorder(stage, on=True)
    recorder = {"name": "default", "recording": True, **changed}
    stage.answer(STATUS, {"ConfigurationRecordersStatus": [recorder]})
    found = verdict(stage)
    assert (found.status, found.reason) == (
        status,
        f"has no recorder of everything at work: {reason}" if reason else "",
    )


@pytest.mark.parametrize(
    "content", [pytest.param({"name": "default"}, id="no state"), pytest.param({"recording": True}, id="no name")]
)
def test_a_malformed_answer_is_an_error(stage: Stage, content: dict[str, Any]) -> None:
    stage.answer(STATUS, {"ConfigurationRecordersStatus": [content]})
    assert verdict(stage).status == "error"


def test_what_may_not_be_read_is_an_error(stage: Stage) -> None:
    stage.refuse(STATUS)
    assert verdict(stage).status == "error"
