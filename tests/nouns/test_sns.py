"""SNS: which topic policies let strangers in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.sns.models import sns_backends

from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

REGION = "eu-west-1"
ARN = f"arn:aws:sns:{REGION}:123456789012:orders"


@pytest.fixture
def sns(stage: Stage) -> Any:
    client = stage.client("sns", region_name=REGION)
    client.create_topic(Name="orders")
    return client


def set_policy(sns: Any, *statements: dict[str, Any]) -> None:
    common = {"Effect": "Allow", "Action": "sns:Publish", "Resource": ARN}
    policy = {"Version": "2012-10-17", "Statement": [{**common, **statement} for statement in statements]}
    sns.set_topic_attributes(TopicArn=ARN, AttributeName="Policy", AttributeValue=json.dumps(policy))


def verdict(stage: Stage) -> Finding:
    (only,) = stage.judge(["sns-topic-not-public"], regions=[REGION])
    return only


@pytest.mark.usefixtures("sns")
def test_the_policy_that_sns_gives_a_new_topic_passes(stage: Stage) -> None:
    assert verdict(stage).status == "pass"


EVERYONE = {"Principal": "*"}


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        pytest.param(EVERYONE, "fail", id="everyone"),
        pytest.param({"Principal": {"AWS": "*"}}, "fail", id="every account"),
        pytest.param({"NotPrincipal": {"AWS": "111122223333"}}, "fail", id="everyone but one"),
        pytest.param({"Principal": {"AWS": "111122223333"}}, "pass", id="one account"),
        pytest.param({**EVERYONE, "Effect": "Deny"}, "pass", id="everyone is denied"),
        pytest.param(
            {**EVERYONE, "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}}}, "pass", id="source owner"
        ),
        pytest.param(
            {**EVERYONE, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
            "pass",
            id="our organization",
        ),
        pytest.param(
            {**EVERYONE, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}},
            "pass",
            id="a VPC endpoint",
        ),
        pytest.param(
            {**EVERYONE, "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}, "pass", id="a network"
        ),
        pytest.param(
            {**EVERYONE, "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}, "fail", id="half of the internet"
        ),
        pytest.param(
            {**EVERYONE, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}}}, "fail", id="any bucket"
        ),
        pytest.param(
            {**EVERYONE, "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}},
            "fail",
            id="a condition that a request without the key passes",
        ),
        pytest.param(
            {**EVERYONE, "Condition": {"StringEquals": {"sns:Protocol": "https"}}}, "fail", id="a condition on the way"
        ),
    ],
)
def test_a_statement(stage: Stage, sns: Any, statement: dict[str, Any], status: str) -> None:
    set_policy(sns, statement)
    assert verdict(stage).status == status


def test_each_open_statement_is_named(stage: Stage, sns: Any) -> None:
    closed = {"Sid": "Own", "Principal": {"AWS": "123456789012"}}
    set_policy(sns, {"Sid": "Partners", **EVERYONE}, closed, EVERYONE)
    assert verdict(stage).reason == "lets anyone in: statement 1 (Partners), statement 3 of its policy"


@pytest.mark.usefixtures("sns")
def test_a_policy_that_cannot_be_understood_is_an_error(stage: Stage) -> None:
    topic = sns_backends["123456789012"][REGION].topics[ARN]
    topic._policy_json = {"Statement": [{"Effect": "Permit", "Principal": "*", "Action": "sns:Publish"}]}
    assert verdict(stage).status == "error"
    assert "Permit" in verdict(stage).reason
