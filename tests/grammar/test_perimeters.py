"""Policies of an organization that fence in regions, root users and outsiders, and those that leave a gap."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.perimeters import closes_other_regions, keeps_outsiders_out, stops_root
from fixtures.grammar.policies import Policy

ROOT = "arn:aws:iam::444455556666:root"
GLOBAL_SERVICES = ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "sts:*"]
ELSEWHERE = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
AS_ROOT = {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
OUTSIDE = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}


def levels(**statement: Any) -> list[list[Policy]]:
    return [[], [Policy.parse({"Statement": {"Effect": "Deny", "Resource": "*", **statement}})]]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({}, True, id="all but global services"),
        pytest.param({"Action": "*"}, True, id="all"),
        pytest.param(
            {"Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}}, True, id="two"
        ),
        pytest.param(
            {"Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-south-1"}}}, False, id="a third region"
        ),
        pytest.param(
            {"Condition": {"StringNotLike": {"aws:RequestedRegion": "eu-*"}}}, False, id="a pattern of regions"
        ),
        pytest.param(
            {"Condition": {"StringEquals": {"aws:RequestedRegion": "us-west-2"}}}, False, id="one region closed"
        ),
        pytest.param({"Action": ["ec2:*", "rds:*"]}, False, id="two services"),
        pytest.param({"NotAction": [*GLOBAL_SERVICES, "lambda:*"]}, False, id="all but a regional service"),
        pytest.param({"Resource": "arn:aws:ec2:*:*:instance/*"}, False, id="some resources"),
        pytest.param(
            {
                "Condition": {
                    **ELSEWHERE,
                    "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/AWSControlTowerExecution"},
                }
            },
            True,
            id="but for a named role",
        ),
        pytest.param(
            {"Condition": {**ELSEWHERE, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}},
            False,
            id="but for every role",
        ),
        pytest.param(
            {"Condition": {**ELSEWHERE, "Bool": {"aws:MultiFactorAuthPresent": "false"}}}, False, id="without MFA"
        ),
        pytest.param({"Condition": {}}, False, id="everywhere"),
    ],
)
def test_other_regions_are_closed(changed: dict[str, Any], expected: bool) -> None:
    statement = {"NotAction": GLOBAL_SERVICES, "Condition": ELSEWHERE, **changed}
    if "Action" in changed:
        statement.pop("NotAction")

    assert closes_other_regions(levels(**statement), ("eu-west-1", "us-east-1")) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({}, True, id="of every account"),
        pytest.param({"Condition": {"ArnEquals": {"aws:PrincipalArn": ROOT}}}, True, id="of this account"),
        pytest.param(
            {"Condition": {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}, False, id="no pattern"
        ),
        pytest.param({"Condition": {"StringNotLike": {"aws:PrincipalArn": ROOT}}}, False, id="all but root"),
        pytest.param({"Action": "ec2:*"}, False, id="one service"),
        pytest.param(
            {"Condition": {**AS_ROOT, "Bool": {"aws:MultiFactorAuthPresent": "false"}}}, False, id="without MFA"
        ),
        pytest.param({"Condition": {}}, False, id="everybody"),
    ],
)
def test_root_is_stopped(changed: dict[str, Any], expected: bool) -> None:
    assert stops_root(levels(**{"Action": "*", "Condition": AS_ROOT, **changed}), ROOT) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({}, True, id="but for services of AWS"),
        pytest.param({"Action": "s3:Get*"}, False, id="reading alone"),
        pytest.param({"Principal": {"AWS": "arn:aws:iam::999988887777:root"}}, False, id="one account"),
        pytest.param({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-another"}}}, False, id="another's"),
        pytest.param(
            {"Condition": {**OUTSIDE, "StringNotEquals": {"aws:PrincipalAccount": "121212121212"}}},
            True,
            id="a trusted one",
        ),
        pytest.param(
            {"Condition": {**OUTSIDE, "StringNotEquals": {"aws:PrincipalAccount": "999988887777"}}},
            False,
            id="a stranger",
        ),
        pytest.param({"Condition": {**OUTSIDE, "Bool": {"aws:SecureTransport": "false"}}}, False, id="over plain HTTP"),
        pytest.param({"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}, False, id="everybody"),
        pytest.param(
            {
                "Condition": {
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"},
                    "Bool": {"aws:PrincipalIsAWSService": "false"},
                }
            },
            False,
            id="whoever does not sign",
        ),
    ],
)
def test_outsiders_are_kept_out(changed: dict[str, Any], expected: bool) -> None:
    statement = {"Principal": "*", "Action": "s3:*", "Condition": OUTSIDE, **changed}

    assert (
        keeps_outsiders_out(levels(**statement), "s3", "o-exampleorgid", lambda each: each == "121212121212")
        == expected
    )


def test_sts_is_closed_by_its_assuming_of_roles() -> None:
    statement = {"Principal": "*", "Action": "sts:AssumeRole", "Condition": OUTSIDE}

    assert keeps_outsiders_out(levels(**statement), "sts", "o-exampleorgid", lambda each: False)


def test_where_no_organization_is_declared_nobody_is_kept_out() -> None:
    statement = {"Principal": "*", "Action": "s3:*", "Condition": OUTSIDE}

    assert not keeps_outsiders_out(levels(**statement), "s3", None, lambda each: False)
