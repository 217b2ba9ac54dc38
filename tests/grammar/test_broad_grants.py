"""Grants that are wider than they look, and conditions that narrow them."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.broad_grants import decrypts_with_all_keys, grants_by_exclusion, passes_any_role
from fixtures.grammar.policies import Policy

HERE = "arn:aws:iam::111122223333:root"


def allows(*others: dict[str, Any], **statement: Any) -> Policy:
    return Policy.of_identity({"Statement": [{"Effect": "Allow", "Resource": "*", **statement}, *others]})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param({}, True, id="none"),
        pytest.param({"StringLike": {"aws:PrincipalArn": "*"}}, True, id="of who asks"),
        pytest.param({"StringEquals": {"aws:PrincipalTag/team": "shop"}}, True, id="of a tag of who asks"),
        pytest.param({"StringEquals": {"aws:ResourceAccount": "111122223333"}}, True, id="of our account"),
        pytest.param({"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}}, True, id="of our organization"),
        pytest.param({"Bool": {"aws:SecureTransport": "true"}}, True, id="of how it is asked"),
        pytest.param({"StringLike": {"s3:prefix": "*"}}, True, id="a pattern of anything"),
        pytest.param({"StringEqualsIfExists": {"ec2:Region": "eu-west-1"}}, True, id="if the key is there"),
        pytest.param({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True, id="every address"),
        pytest.param({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False, id="some addresses"),
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False, id="MFA"),
        pytest.param({"StringEquals": {"aws:ResourceTag/team": "shop"}}, False, id="a tag"),
        pytest.param({"StringLike": {"s3:prefix": "home/*"}}, False, id="some of what there is"),
        pytest.param({"StringLike": {"kms:ViaService": "*.amazonaws.com"}}, True, id="by every service"),
        pytest.param({"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}, False, id="by one service"),
        pytest.param({"StringLike": {"aws:RequestedRegion": "*-*-?"}}, True, id="in every region"),
        pytest.param({"StringLike": {"aws:RequestedRegion": "eu-*"}}, False, id="in some regions"),
        pytest.param({"ArnLike": {"iam:PolicyARN": "arn:aws:*:*:*:*"}}, True, id="every ARN"),
    ],
)
def test_an_exclusion_grants_all_the_others_unless_a_condition_narrows_it(
    condition: dict[str, Any], expected: bool
) -> None:
    (statement,) = Policy.of_identity(
        {"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": condition}}
    ).statements

    assert grants_by_exclusion(statement) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(allows(Action="iam:PassRole"), True, id="any"),
        pytest.param(
            allows(Action="iam:*", Resource="arn:aws:iam::111122223333:role/*"), True, id="any of the account"
        ),
        pytest.param(allows(Action="iam:PassRole", Resource="arn:aws:iam::*:role/app/*"), False, id="of a path"),
        pytest.param(
            allows(Action="iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
            True,
            id="any, to one service",
        ),
        pytest.param(
            allows(Action="iam:PassRole", Condition={"StringEquals": {"iam:ResourceTag/passable": "yes"}}),
            True,
            id="those with a tag, which cannot be relied on",
        ),
        pytest.param(
            allows({"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}, Action="iam:*"), False, id="denied"
        ),
        pytest.param(allows(NotAction=["iam:*", "s3:*"]), False, id="all but IAM"),
    ],
)
def test_any_role_can_be_passed(policy: Policy, expected: bool) -> None:
    assert bool(passes_any_role(policy, HERE)) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(allows(Action="kms:Decrypt"), True, id="all"),
        pytest.param(allows(Action="kms:ReEncrypt*"), True, id="by encrypting anew"),
        pytest.param(
            allows(Action="kms:Decrypt", Resource="arn:aws:kms:eu-west-1:111122223333:key/*"), True, id="a region's"
        ),
        pytest.param(allows(Action="kms:*", Resource="arn:aws:kms:eu-west-1:111122223333:key/1234"), False, id="one"),
        pytest.param(allows(Action="kms:Encrypt"), False, id="encryption"),
        *(
            pytest.param(allows(Action="kms:Decrypt", Condition=condition), expected, id=name)
            for name, expected, condition in (
                ("of our account", True, {"StringEquals": {"kms:CallerAccount": "111122223333"}}),
                ("in one region", True, {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
                ("with any alias", True, {"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/*"}}),
                ("with one alias", False, {"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/app"}}),
            )
        ),
        *(
            pytest.param(allows(Action="kms:CreateGrant", Condition=condition), expected, id=name)
            for name, expected, condition in (
                ("any grant", True, {}),
                ("for services", False, {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
                ("for services, if told", True, {"BoolIfExists": {"kms:GrantIsForAWSResource": "true"}}),
                ("to encrypt", False, {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt"]}}),
                (
                    "to decrypt too",
                    True,
                    {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "Decrypt"]}},
                ),
            )
        ),
        pytest.param(
            allows(Action="kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
            False,
            id="by one service",
        ),
        pytest.param(
            allows({"Effect": "Deny", "Action": "kms:*", "Resource": "*"}, Action="kms:Decrypt"), False, id="denied"
        ),
    ],
)
def test_all_keys_decrypt(policy: Policy, expected: bool) -> None:
    assert bool(decrypts_with_all_keys(policy, HERE)) == expected
