"""Whom a policy of a VPC endpoint lets through to anything there is."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.endpoint_policies import strangers_let_through
from fixtures.grammar.policies import Policy
from fixtures.grammar.sharing import EVERYBODY

US, PARTNER = "111122223333", "222233334444"
ORGANIZATION = "o-a1b2c3d4e5"
OF_OURS = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
NOT_OF_OURS = {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}


def allow(**given: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **given}


def deny(**given: Any) -> dict[str, Any]:
    return allow(Effect="Deny", **given)


def strangers(*statements: dict[str, Any]) -> list[str]:
    policy = Policy.of_resource({"Version": "2012-10-17", "Statement": list(statements)})
    return strangers_let_through(policy, [US], ORGANIZATION)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        pytest.param(allow(), [EVERYBODY], id="everybody"),
        pytest.param(allow(Principal={"AWS": US}), [], id="ourselves"),
        pytest.param(allow(Principal={"AWS": [US, PARTNER]}), [PARTNER], id="a partner beside us"),
        pytest.param(allow(Condition=OF_OURS), [], id="our organization"),
        pytest.param(
            allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-strangers1"}}),
            ["the organization o-strangers1"],
            id="another organization",
        ),
        pytest.param(allow(Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}), [EVERYBODY], id="from our VPC"),
        pytest.param(allow(Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}}), [], id="AWS's services"),
        pytest.param(
            allow(Condition={"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}),
            [EVERYBODY],
            id="the unsigned, too",
        ),
        pytest.param(allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), [EVERYBODY], id="by address"),
    ],
)
def test_whom_a_statement_lets_through(statement: dict[str, Any], found: list[str]) -> None:
    assert strangers(statement) == found


@pytest.mark.parametrize(
    ("resource", "is_anything"),
    [
        pytest.param({"Resource": "arn:aws:s3:::acme-data"}, False, id="one bucket"),
        pytest.param({"Resource": ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/*"]}, False, id="what is in it"),
        pytest.param({"Resource": f"arn:aws:sqs:*:{US}:*"}, False, id="an account"),
        pytest.param({"Condition": {"StringEquals": {"aws:ResourceAccount": US}}}, False, id="of an account"),
        pytest.param({"Condition": {"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}}}, False, id="of ours"),
        pytest.param({"Resource": "arn:aws:s3:::*"}, True, id="every bucket"),
        pytest.param({"Resource": "arn:aws:s3:::acme-*"}, True, id="buckets that anyone may make"),
        pytest.param({"Resource": ["arn:aws:s3:::acme-data", "*"]}, True, id="everything beside one bucket"),
        pytest.param(
            {"Condition": {"StringEqualsIfExists": {"aws:ResourceAccount": US}}}, True, id="an owner, where one is told"
        ),
    ],
)
def test_what_has_a_fixed_name_or_owner_is_not_anything(resource: dict[str, Any], *, is_anything: bool) -> None:
    assert strangers(allow(**resource)) == ([EVERYBODY] if is_anything else [])


@pytest.mark.parametrize(
    ("owner", "found"),
    [
        pytest.param({"aws:ResourceAccount": PARTNER}, [PARTNER], id="an account of others"),
        pytest.param({"aws:ResourceAccount": [US, PARTNER]}, [PARTNER], id="an account of others beside ours"),
        pytest.param({"aws:ResourceOrgID": "o-strangers1"}, ["the organization o-strangers1"], id="of others"),
        pytest.param({"aws:ResourceOrgPaths": "o-strangers1/*"}, ["the organization o-strangers1"], id="a unit of it"),
        pytest.param({"aws:ResourceOrgPaths": f"{ORGANIZATION}/r-1/*"}, [], id="a unit of ours"),
        pytest.param({"aws:ResourceAccount": PARTNER, "aws:ResourceOrgID": ORGANIZATION}, [], id="in our organization"),
    ],
)
def test_whose_resources_everybody_is_let_through_to(owner: dict[str, Any], found: list[str]) -> None:
    assert strangers(allow(Condition={"StringLike": owner})) == found


@pytest.mark.parametrize(
    ("denial", "closes"),
    [
        pytest.param(deny(Condition=NOT_OF_OURS), True, id="all but our organization"),
        pytest.param(
            deny(Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}), True, id="with IfExists"
        ),
        pytest.param(deny(Condition={"StringNotEquals": {"aws:PrincipalAccount": US}}), True, id="all but our account"),
        pytest.param(
            deny(Condition={"StringNotEquals": {"aws:PrincipalAccount": [US, PARTNER]}}),
            False,
            id="a partner too",
        ),
        pytest.param(
            deny(Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}), False, id="all but those in our VPC"
        ),
        pytest.param(deny(Action="s3:PutObject", Condition=NOT_OF_OURS), False, id="one action"),
        pytest.param(deny(Resource="arn:aws:s3:::acme-data", Condition=NOT_OF_OURS), False, id="one bucket"),
        pytest.param(
            deny(Condition={**NOT_OF_OURS, "Bool": {"aws:SecureTransport": "false"}}), False, id="only in clear"
        ),
        pytest.param(
            deny(Condition={**NOT_OF_OURS, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
            True,
            id="all but AWS's services",
        ),
        pytest.param(
            deny(Condition={**NOT_OF_OURS, "Bool": {"aws:PrincipalIsAWSService": "false"}}), False, id="all who sign"
        ),
        pytest.param(deny(Condition=OF_OURS), False, id="our organization"),
    ],
)
def test_a_denial_closes_an_open_statement(denial: dict[str, Any], *, closes: bool) -> None:
    assert strangers(allow(), denial) == ([] if closes else [EVERYBODY])
