"""Identity policies: of which services an identity may do everything, by all that it holds and what cuts it."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.broad_rights import broad_services
from fixtures.grammar.policies import Policy

ACCOUNT = "arn:aws:iam::111122223333:root"
SERVICES = ("iam", "organizations", "sts", "kms", "s3")
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.of_identity({"Statement": list(statements)})


def broad(*statements: dict[str, Any], boundary: Policy | None = None) -> list[str]:
    """What is broad where each statement stands in a policy of its own."""
    return broad_services([policy(each) for each in statements], boundary, SERVICES, ACCOUNT)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([EVERYTHING], ["*"], id="everything"),
        pytest.param([allow("*", ["arn:aws:s3:::b", "*"])], ["*"], id="a star in a list"),
        pytest.param([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], ["*"], id="everything but a service"),
        pytest.param([allow("iam:*")], ["iam"], id="a service"),
        pytest.param([allow("IAM:*")], ["iam"], id="a service in other letters"),
        pytest.param([allow("i?m:*")], ["iam"], id="a service by a pattern"),
        pytest.param([allow("kms:*"), allow("sts:*")], ["sts", "kms"], id="two services in two policies"),
        pytest.param(
            [allow(["kms:a*", "kms:b*"]), allow([f"kms:{letter}*" for letter in "cdefghijklmnopqrstuvwxyz"])],
            ["kms"],
            id="a service letter by letter, in two policies",
        ),
        pytest.param([allow("s3:*", "arn:aws:s3:::*")], ["s3"], id="every bucket by ARN"),
        pytest.param([allow("s3:*", "arn:aws:s3:::*/*")], ["s3"], id="every object by ARN"),
        pytest.param([allow("iam:*", "arn:aws:iam::111122223333:user/*")], ["iam"], id="every user"),
        pytest.param([allow("iam:*", "arn:aws:iam::${aws:PrincipalAccount}:*")], ["iam"], id="the caller's account"),
        pytest.param([allow("iam:*", Condition={"Bool": {"k": "true"}})], ["iam"], id="a condition"),
        pytest.param([EVERYTHING, deny("*", Condition={"Bool": {"k": "true"}})], ["*"], id="a denial in some cases"),
        pytest.param([EVERYTHING, deny("s3:*")], ["*"], id="a denial of one service"),
        pytest.param([allow("iam:*"), deny("iam:*", "arn:aws:iam::*:user/*")], ["iam"], id="a denial of some things"),
        pytest.param([allow("iam:*"), deny("iam:*")], [], id="a denial of the service"),
        pytest.param([allow("iam:*"), deny("iam:D*")], [], id="a denial of a part of the service"),
        pytest.param([allow("iam:Get*")], [], id="a part of a service"),
        pytest.param([allow("ec2:*")], [], id="another service"),
        pytest.param([allow("s3:*", "arn:aws:s3:::ledger*")], [], id="buckets that begin so"),
        pytest.param([allow("iam:*", "arn:aws:iam::*:user/${aws:username}")], [], id="the user itself"),
        pytest.param([allow("kms:*", "arn:aws:kms:*:444455556666:*")], [], id="the keys of another account"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_services_are_broad_by_all_policies_together(statements: list[dict[str, Any]], expected: list[str]) -> None:
    assert broad(*statements) == expected


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        pytest.param(policy(EVERYTHING), ["*"], id="that allows everything"),
        pytest.param(policy(allow(["s3:*", "kms:*"])), ["kms", "s3"], id="that leaves two services"),
        pytest.param(policy(allow("s3:Get*")), [], id="that leaves a part of one"),
        pytest.param(
            policy(EVERYTHING, deny("*", Condition={"Bool": {"k": "true"}})), ["*"], id="that denies at times"
        ),
        pytest.param(policy(EVERYTHING, deny("*")), [], id="that denies everything"),
    ],
)
def test_a_boundary_leaves_what_it_allows_as_well(boundary: Policy, expected: list[str]) -> None:
    assert broad(EVERYTHING, boundary=boundary) == expected


def test_a_boundary_grants_nothing() -> None:
    assert broad(allow("s3:GetObject"), boundary=policy(EVERYTHING)) == []
