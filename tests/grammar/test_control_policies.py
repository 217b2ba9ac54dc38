"""What policies of an organization deny: by level, action, resource and condition."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.control_policies import Levels, is_denied_to_all, limits_something, principals_of
from fixtures.grammar.policies import Policy

STOP = "cloudtrail:StopLogging"
TRAIL = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/group"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENIED = {"Effect": "Deny", "Action": STOP, "Resource": "*"}


def level(*statements: dict[str, Any]) -> list[Policy]:
    """A policy of these statements, beside none other."""
    return [Policy.parse({"Version": "2012-10-17", "Statement": list(statements)})] if statements else []


def but(**condition: Any) -> dict[str, Any]:
    return {**DENIED, "Condition": condition}


def denied(levels: Levels, *arns: str) -> bool:
    return is_denied_to_all(levels, STOP, arns, lambda arn: arn.endswith(":role/admin"))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        pytest.param([level(EVERYTHING), level(EVERYTHING, DENIED)], True, id="at any level"),
        pytest.param([level(EVERYTHING), level(EVERYTHING)], False, id="at none"),
        pytest.param([], False, id="no level: the type of policy is off"),
        pytest.param([level(EVERYTHING, DENIED), level()], True, id="above a level without policies"),
        pytest.param([level(EVERYTHING), level()], False, id="a level without policies denies nothing"),
        pytest.param([level({**EVERYTHING, "Action": ["s3:*", "ec2:*"]})], True, id="not allowed at a level"),
        pytest.param([level({**EVERYTHING, "Action": ["s3:*", "cloudtrail:*"]})], False, id="allowed by a wildcard"),
        pytest.param([[*level(EVERYTHING), *level({**EVERYTHING, "Action": "s3:*"})]], False, id="allowed by another"),
    ],
)
def test_an_action_is_denied_at_one_level_or_allowed_at_all(levels: Levels, expected: bool) -> None:
    assert denied(levels) is expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        pytest.param("*", True, id="everything"),
        pytest.param("arn:aws:cloudtrail:*:*:trail/*", True, id="every trail"),
        pytest.param("arn:*:cloudtrail:*", True, id="everything of the service"),
        pytest.param("arn:aws:cloudtrail:*:*:trail/q*", False, id="trails of some names"),
        pytest.param("arn:aws:cloudtrail:us-east-1:*:trail/*", False, id="trails of one region"),
        pytest.param(TRAIL, True, id="the organization's trail"),
        pytest.param("arn:aws:cloudtrail:*:*:trail/mine", False, id="another trail"),
        pytest.param("arn:aws:config:*:*:*", False, id="another service"),
    ],
)
def test_a_deny_is_of_every_resource_or_of_the_trails_that_count(resource: str, expected: bool) -> None:
    assert denied([level(EVERYTHING, {**DENIED, "Resource": resource})], TRAIL) is expected


def test_without_a_trail_that_counts_a_deny_of_some_is_none() -> None:
    assert not denied([level(EVERYTHING, {**DENIED, "Resource": TRAIL})])


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(but(ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}), True, id="one who may"),
        pytest.param(
            but(StringNotLikeIfExists={"AWS:principalarn": ["arn:aws:iam::*:role/admin"]}), True, id="spelt so"
        ),
        pytest.param(
            but(ArnNotLike={"aws:PrincipalArn": ["arn:aws:iam::*:role/admin", "*"]}), False, id="and all others"
        ),
        pytest.param(but(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}), False, id="all but one"),
        pytest.param(but(**{"ForAllValues:ArnNotLike": {"aws:PrincipalArn": "x:role/admin"}}), False, id="a set"),
        pytest.param(but(StringNotEquals={"aws:RequestedRegion": "eu-west-1"}), False, id="in one region"),
        pytest.param(but(Bool={"aws:MultiFactorAuthPresent": "false"}), False, id="with a second factor"),
        pytest.param(
            {**but(ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}), "Resource": "arn:aws:s3:::x"},
            False,
            id="elsewhere",
        ),
        pytest.param({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, True, id="everything but S3"),
        pytest.param({"Effect": "Deny", "NotAction": "cloudtrail:*", "Resource": "*"}, False, id="all but CloudTrail"),
        pytest.param({"Effect": "Deny", "Action": STOP, "NotResource": TRAIL}, False, id="every other trail"),
    ],
)
def test_whom_a_deny_leaves_out(statement: dict[str, Any], expected: bool) -> None:
    assert denied([level(EVERYTHING, statement)]) is expected


@pytest.mark.parametrize(
    ("pattern", "principals"),
    [
        pytest.param("arn:aws:iam::*:role/admin", ["role/admin", "role/admin"], id="a role"),
        pytest.param("arn:aws:iam::*:role/a*", ["role/a", "role/aqzx/qzx"], id="roles of a beginning"),
        pytest.param("arn:aws:iam::1:user/?", ["user/q", "user/q"], id="users of one letter"),
        pytest.param("*", ["", "qzx/qzx"], id="anyone"),
    ],
)
def test_a_pattern_of_principals_stands_for_short_and_long_names(pattern: str, principals: list[str]) -> None:
    assert principals_of(pattern) == principals


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        pytest.param([level(EVERYTHING)], False, id="everything is allowed"),
        pytest.param([level(EVERYTHING), level()], False, id="and of a level nothing is told"),
        pytest.param([level(EVERYTHING, DENIED)], True, id="something is denied"),
        pytest.param([level({**EVERYTHING, "Action": "s3:*"})], True, id="something alone is allowed"),
        pytest.param([[*level(EVERYTHING), *level({**EVERYTHING, "Action": "s3:*"})]], False, id="beside everything"),
        pytest.param([level({**EVERYTHING, "Condition": {"Bool": {"a:b": "true"}}})], True, id="all on a condition"),
        pytest.param([], False, id="no level"),
    ],
)
def test_a_guardrail_denies_something(levels: Levels, expected: bool) -> None:
    assert limits_something(levels) is expected
