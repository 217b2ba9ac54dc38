"""With which accounts a statement of a resource policy shares."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.policies import Policy
from fixtures.grammar.sharing import EVERYBODY, shared_with

PARTNER = "222233334444"
OTHER = "555566667777"
OURS = "o-a1b2c3d4e5"


def found(
    principal: Any, condition: Any = None, *, effect: str = "Allow", organization: str | None = OURS
) -> list[str]:
    statement = {"Effect": effect, "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
    policy = Policy.of_resource({"Statement": {**statement, **({"Condition": condition} if condition else {})}})
    return shared_with(policy.statements[0], organization)


IDENTITY = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"


@pytest.mark.parametrize(
    ("principal", "accounts"),
    [
        pytest.param({"AWS": PARTNER}, [PARTNER], id="an account"),
        pytest.param({"AWS": f"arn:aws:iam::{PARTNER}:root"}, [PARTNER], id="its root"),
        pytest.param({"AWS": f"arn:aws:iam::{PARTNER}:role/*"}, [PARTNER], id="its roles"),
        pytest.param({"AWS": f"arn:aws:sts::{PARTNER}:assumed-role/a/b"}, [PARTNER], id="a session"),
        pytest.param({"AWS": [PARTNER, OTHER, PARTNER]}, [PARTNER, OTHER], id="several, each once"),
        pytest.param({"AWS": "AROAEXAMPLEID"}, ["AROAEXAMPLEID"], id="a deleted role"),
        pytest.param({"CanonicalUser": "79a59df900b9"}, ["79a59df900b9"], id="a canonical user"),
        pytest.param({"Federated": f"arn:aws:iam::{PARTNER}:saml-provider/a"}, [PARTNER], id="its provider"),
        pytest.param("*", [EVERYBODY], id="a star"),
        pytest.param({"AWS": "*"}, [EVERYBODY], id="a star of AWS"),
        pytest.param({"AWS": "arn:aws:iam::*:role/a"}, [EVERYBODY], id="any account's role"),
        pytest.param({"Service": "cloudtrail.amazonaws.com"}, [], id="a service"),
        pytest.param({"AWS": IDENTITY}, [IDENTITY], id="CloudFront's identity, whose account is not told"),
    ],
)
def test_whom_a_statement_names(principal: Any, accounts: list[str]) -> None:
    assert found(principal) == accounts
    assert found(principal, effect="Deny") == []


def test_whoever_is_not_named_is_everybody() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": PARTNER}, "Action": "s3:*", "Resource": "*"}

    assert shared_with(Policy.of_resource({"Statement": statement}).statements[0], OURS) == [EVERYBODY]


@pytest.mark.parametrize(
    ("condition", "accounts"),
    [
        pytest.param({"StringEquals": {"aws:PrincipalAccount": PARTNER}}, [PARTNER], id="the caller's account"),
        pytest.param({"StringEquals": {"aws:PrincipalAccount": [PARTNER, OTHER]}}, [PARTNER, OTHER], id="one of two"),
        pytest.param({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:role/*"}}, [PARTNER], id="its ARN"),
        pytest.param({"StringNotEquals": {"aws:PrincipalAccount": PARTNER}}, [EVERYBODY], id="any but one account"),
        pytest.param({"StringEqualsIfExists": {"aws:PrincipalAccount": PARTNER}}, [EVERYBODY], id="if it exists"),
        pytest.param({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}, [EVERYBODY], id="any account's ARN"),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": OURS}}, [], id="our organization"),
        pytest.param({"StringLike": {"aws:PrincipalOrgPaths": f"{OURS}/r-a/*"}}, [], id="a unit of it"),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": "o-else"}}, ["the organization o-else"], id="another one"),
        pytest.param({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, [EVERYBODY], id="any organization"),
        pytest.param(
            {"StringEquals": {"aws:PrincipalOrgID": [OURS, "o-else"]}},
            ["the organization o-else"],
            id="ours and another",
        ),
        pytest.param({"StringEqualsIfExists": {"aws:PrincipalOrgID": OURS}}, [EVERYBODY], id="ours, if it exists"),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": [f"arn:aws:iam::{PARTNER}:role/x", "arn:aws:iam::*:role/x"]}},
            [EVERYBODY],
            id="a role of one account or of any",
        ),
        pytest.param({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, ["vpce-1"], id="an endpoint"),
        pytest.param({"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}, ["vpc-1", "vpc-2"], id="two networks"),
        pytest.param({"StringLike": {"aws:SourceVpc": "vpc-*"}}, [EVERYBODY], id="any network"),
        pytest.param({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, [EVERYBODY], id="a network, if it exists"),
        pytest.param(
            {"ArnLike": {"aws:SourceVpcArn": f"arn:aws:ec2:*:{PARTNER}:vpc/*"}}, [PARTNER], id="an account's networks"
        ),
        pytest.param({"StringEquals": {"aws:VpceAccount": PARTNER}}, [PARTNER], id="an account's endpoints"),
        pytest.param({"StringEquals": {"aws:VpceOrgID": OURS}}, [], id="our organization's endpoints"),
        pytest.param(
            {"StringEquals": {"aws:VpceOrgID": "o-else"}}, ["the organization o-else"], id="another one's endpoints"
        ),
        pytest.param(
            {"StringEquals": {"aws:SourceVpce": "vpce-1", "aws:PrincipalOrgID": OURS}}, [], id="ours by a network"
        ),
        pytest.param({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, [], id="addresses"),
        pytest.param({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, [EVERYBODY], id="all addresses"),
        pytest.param({"StringEquals": {"aws:SourceAccount": PARTNER}}, [PARTNER], id="whom a service acts for"),
        pytest.param(
            {"StringEquals": {"aws:SourceOrgID": "o-else"}}, ["the organization o-else"], id="for another one"
        ),
        pytest.param({"StringEquals": {"aws:SourceOrgID": OURS}}, [], id="for our organization"),
        pytest.param({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::acme-data"}}, [], id="a bucket, without account"),
        pytest.param({"Bool": {"aws:SecureTransport": "true"}}, [EVERYBODY], id="nothing"),
    ],
)
def test_a_condition_narrows_everybody_to_whom_it_names(condition: Any, accounts: list[str]) -> None:
    assert found("*", condition) == accounts


def test_a_condition_narrows_named_accounts() -> None:
    assert found({"AWS": [PARTNER, OTHER]}, {"StringEquals": {"aws:PrincipalAccount": OTHER}}) == [OTHER]
    assert found({"AWS": PARTNER}, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}) == [PARTNER]


def test_a_service_acts_for_the_account_of_its_source() -> None:
    service = {"Service": "cloudtrail.amazonaws.com"}

    assert found(service, {"StringEquals": {"aws:SourceAccount": PARTNER}}) == [PARTNER]
    assert found(service, {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:eu-west-1:{PARTNER}:trail/a"}}) == [
        PARTNER
    ]
    for key in ("aws:SourceArn", "kms:EncryptionContext:aws:cloudtrail:arn"):
        assert found(service, {"StringLike": {key: f"arn:aws:cloudtrail:*:{PARTNER}:trail/*"}}) == [PARTNER]
        assert found(service, {"StringNotLike": {key: f"arn:aws:cloudtrail:*:{PARTNER}:trail/*"}}) == []


def test_without_an_organization_of_ours_each_is_named() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": OURS}}

    assert found("*", condition, organization=None) == [f"the organization {OURS}"]


@pytest.mark.parametrize(
    ("principal", "condition", "accounts"),
    [
        pytest.param({"AWS": PARTNER}, {"aws:VpceAccount": "111122223333"}, [PARTNER], id="by an endpoint of ours"),
        pytest.param({"AWS": PARTNER}, {"aws:VpceOrgID": OURS}, [PARTNER], id="by an endpoint of our organization"),
        pytest.param({"AWS": PARTNER}, {"aws:SourceVpce": "vpce-1"}, [PARTNER], id="by one endpoint"),
        pytest.param({"AWS": PARTNER}, {"aws:PrincipalOrgID": OURS}, [], id="an account of our organization"),
        pytest.param({"AWS": PARTNER}, {"aws:PrincipalOrgID": "o-else"}, [PARTNER], id="an account of another one"),
        pytest.param(
            "*",
            {"aws:PrincipalOrgID": "o-else", "aws:PrincipalAccount": PARTNER},
            [PARTNER],
            id="of both, in this order",
        ),
        pytest.param(
            "*",
            {"aws:PrincipalAccount": PARTNER, "aws:PrincipalOrgID": "o-else"},
            [PARTNER],
            id="of both, in that order",
        ),
        pytest.param("*", {"aws:VpceOrgID": "o-else", "aws:PrincipalOrgID": OURS}, [], id="ours, from elsewhere"),
        pytest.param("*", {"aws:VpceOrgID": OURS}, [], id="anybody in a network of our organization"),
        pytest.param("*", {"aws:VpceAccount": PARTNER}, [PARTNER], id="anybody in a network of theirs"),
        pytest.param(
            {"CanonicalUser": "79a59df900b9"},
            {"aws:PrincipalAccount": PARTNER},
            [PARTNER],
            id="a user who may be theirs",
        ),
    ],
)
def test_where_somebody_comes_from_says_not_who_it_is(principal: Any, condition: Any, accounts: list[str]) -> None:
    assert found(principal, {"StringEquals": condition}) == accounts
