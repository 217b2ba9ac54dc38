"""A service that delivers logs is refused by what surely applies to it, and by nothing of which that is not known."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.policies import Policy
from fixtures.grammar.service_requests import ServiceRequest, refusal

OURS = "111122223333"
OF_AWS = "156460612806"
SERVICE = "logging.s3.amazonaws.com"
PUT = ServiceRequest(
    SERVICE, "s3:PutObject", "arn:aws:s3:::logs/data/2026", OURS, "arn:aws:s3:::data", frozenset([OF_AWS])
)
ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": SERVICE},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::logs/*",
}
DENY = {**ALLOW, "Effect": "Deny", "Principal": "*"}


def is_refused(*statements: dict[str, Any]) -> bool:
    return refusal(Policy.of_resource({"Version": "2012-10-17", "Statement": list(statements)}), PUT) is not None


@pytest.mark.parametrize(
    ("operator", "key", "value", "refused"),
    [
        pytest.param("StringNotEquals", "aws:PrincipalOrgID", "o-1", True, id="of no organization"),
        pytest.param("StringNotEqualsIfExists", "aws:principalorgid", "o-1", True, id="absent, and negated"),
        pytest.param("StringEquals", "aws:PrincipalOrgID", "o-1", False, id="absent"),
        pytest.param("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1", True, id="absent, if exists"),
        pytest.param("Null", "aws:PrincipalOrgID", "true", True, id="absent, as asked"),
        pytest.param("Null", "aws:PrincipalOrgID", "false", False, id="absent, but asked for"),
        pytest.param("Null", "aws:SourceArn", "true", False, id="present, but asked not to be"),
        pytest.param("Null", "s3:x-amz-acl", "true", False, id="nobody knows whether it is there"),
        pytest.param("ForAllValues:StringNotEquals", "aws:PrincipalOrgID", "o-1", False, id="of several values"),
        pytest.param("StringNotEquals", "aws:PrincipalTag/team", "logs", True, id="without tags"),
        pytest.param("ArnNotLike", "aws:PrincipalArn", f"arn:aws:iam::{OURS}:role/*", True, id="none of our roles"),
        pytest.param("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", False, id="perhaps one of all roles"),
        pytest.param("StringNotEquals", "aws:PrincipalAccount", OF_AWS, False, id="spares the account that delivers"),
        pytest.param("StringNotEquals", "aws:PrincipalAccount", OURS, True, id="spares ours alone"),
        pytest.param("StringNotEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}", False, id="a variable"),
        pytest.param("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", True, id="not from the office"),
        pytest.param("NotIpAddress", "aws:SourceIp", "0.0.0.0/0", False, id="from anywhere"),
        pytest.param("NotIpAddress", "aws:SourceIp", "the office", False, id="from no address"),
        pytest.param("IpAddress", "aws:SourceIp", "203.0.113.0/24", False, id="perhaps from there"),
        pytest.param("Bool", "aws:SecureTransport", "false", False, id="over TLS"),
        pytest.param("Bool", "aws:PrincipalIsAWSService", "True", True, id="a service"),
        pytest.param("BoolIfExists", "aws:PrincipalIsAWSService", "false", False, id="no service"),
        pytest.param("StringNotEquals", "aws:SourceAccount", OURS, False, id="for our account"),
        pytest.param("StringNotEquals", "aws:SourceAccount", "444455556666", True, id="for no other account"),
        pytest.param("ArnNotLike", "aws:SourceArn", "arn:aws:s3:::data*", False, id="for this bucket"),
        pytest.param(
            "StringNotEqualsIgnoreCase", "aws:PrincipalServiceName", SERVICE.upper(), False, id="this service"
        ),
        pytest.param("StringNotEquals", "s3:x-amz-acl", "bucket-owner-full-control", False, id="an unknown header"),
        pytest.param("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z", False, id="at a time"),
        pytest.param("NumericEquals", "aws:SourceAccount", OURS, False, id="an operator of another kind"),
    ],
)
def test_a_deny_to_everybody_refuses_under_a_condition(operator: str, key: str, value: str, refused: bool) -> None:
    assert is_refused(ALLOW, {**DENY, "Condition": {operator: {key: value}}}) is refused


@pytest.mark.parametrize(
    ("statements", "refused"),
    [
        pytest.param([], True, id="nothing said"),
        pytest.param([ALLOW], False, id="let in"),
        pytest.param([{**ALLOW, "Principal": {"AWS": "*"}}], False, id="everybody let in"),
        pytest.param([{**ALLOW, "Principal": {"AWS": OF_AWS}}], False, id="as an account of AWS's"),
        pytest.param([{**ALLOW, "Principal": {"AWS": OURS}}], True, id="our account let in"),
        pytest.param(
            [{**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}}}], True, id="others"
        ),
        pytest.param([{**ALLOW, "Condition": {"StringEquals": {"s3:x-amz-acl": "private"}}}], False, id="perhaps"),
        pytest.param([ALLOW, DENY], True, id="denied to everybody"),
        pytest.param([ALLOW, {**DENY, "Resource": "arn:aws:s3:::logs/else/*"}], False, id="denied elsewhere"),
        pytest.param([ALLOW, {**DENY, "Action": "s3:Delete*"}], False, id="denied something else"),
        pytest.param([ALLOW, {**DENY, "Principal": {"Service": "config.amazonaws.com"}}], False, id="denied to others"),
    ],
)
def test_a_service_is_refused_what_nothing_allows(statements: list[dict[str, Any]], refused: bool) -> None:
    policy = Policy.of_resource({"Version": "2012-10-17", "Statement": statements})
    assert (refusal(policy, PUT) is not None) is refused


def test_everything_but_something_is_denied() -> None:
    without = {key: value for key, value in DENY.items() if key not in ("Action", "Resource", "Principal")}
    others = {
        **without,
        "NotPrincipal": {"AWS": OURS},
        "NotAction": "s3:Get*",
        "NotResource": "arn:aws:s3:::logs/else/*",
    }
    spared = {**others, "NotPrincipal": {"Service": SERVICE}}

    assert (is_refused(ALLOW, others), is_refused(ALLOW, spared)) == (True, False)


def test_an_acl_may_let_in_and_lifts_no_deny() -> None:
    policies = [Policy.of_resource({"Statement": statements}) for statements in ([], [DENY])]
    assert [refusal(policy, PUT, is_let_otherwise=True) is None for policy in policies] == [True, False]
