"""A Deny of everything from elsewhere, and those that let somebody through."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fixtures.grammar.network_bound import denies_elsewhere
from fixtures.grammar.policies import Policy
from muster.estate.excuses import PerimeterPart

ELSEWHERE = {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}
OURS = [
    PerimeterPart(
        name=name,
        owner="security-lead",
        approver="managing-director",
        reason="Our own machines",
        expires=date(2027, 10, 31),
    )
    for name in ("203.0.113.0/24", "2001:db8::/32", "vpc-0123456789abcdef0")
]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({}, True, id="but from our range"),
        pytest.param({"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.64/26"}}}, True, id="a part of it"),
        pytest.param({"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.7"}}}, True, id="one address of it"),
        pytest.param({"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.112.0/23"}}}, False, id="twice as wide"),
        pytest.param({"Condition": {"NotIpAddress": {"aws:SourceIp": "2001:db8:1::/48"}}}, True, id="of IPv6"),
        pytest.param({"Condition": {"NotIpAddress": {"aws:SourceIp": "::/0"}}}, False, id="all of IPv6"),
        pytest.param(
            {"Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}}, True, id="our VPC"
        ),
        pytest.param({"Condition": {"StringNotLike": {"aws:SourceVpc": "vpc-*"}}}, False, id="any VPC"),
        pytest.param(
            {"Condition": {**ELSEWHERE, "Bool": {"aws:ViaAWSService": "false"}}}, True, id="or through a service"
        ),
        pytest.param(
            {"Condition": {**ELSEWHERE, "StringEquals": {"aws:RequestedRegion": "eu-west-1"}}},
            False,
            id="in one region",
        ),
        pytest.param({"Action": "s3:*"}, False, id="one service"),
        pytest.param({"Resource": "arn:aws:s3:::one/*"}, False, id="one bucket"),
        pytest.param({"Effect": "Allow"}, False, id="no Deny"),
        pytest.param({"Condition": {}}, False, id="from everywhere"),
    ],
)
def test_everything_is_denied_from_elsewhere(changed: dict[str, Any], expected: bool) -> None:
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": ELSEWHERE, **changed}
    (parsed,) = Policy.of_identity({"Statement": statement}).statements

    assert denies_elsewhere(parsed, lambda network: any(each.covers(network) for each in OURS)) == expected
