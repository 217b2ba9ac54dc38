"""A Deny that keeps strangers out, as API Gateway's own examples have it, and those that only look like it."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.denied_strangers import denies_strangers
from fixtures.grammar.policies import Policy

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5"
INVOKE = "execute-api:Invoke"
OFFICE = {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}


def denies(**changed: Any) -> bool:
    statement = {"Effect": "Deny", "Principal": "*", "Action": INVOKE, "Resource": f"{API}/*", "Condition": OFFICE}
    return denies_strangers(Policy.parse({"Statement": [{**statement, **changed}]}), INVOKE, f"{API}/")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="but for some addresses"),
        pytest.param({"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, id="but for an endpoint"),
        pytest.param({"Condition": {"StringNotEquals": {"aws:sourceVpc": ["vpc-1", "vpc-2"]}}}, id="but for two VPCs"),
        pytest.param({"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}, id="or without a key"),
        pytest.param({"Principal": {"AWS": "*"}}, id="everybody, in the other form"),
        pytest.param({"Action": "execute-api:*"}, id="every action"),
        pytest.param({"Resource": "*"}, id="every resource"),
    ],
)
def test_strangers_are_kept_out(changed: dict[str, Any]) -> None:
    assert denies(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"Effect": "Allow"}, id="no Deny"),
        pytest.param({"Principal": {"AWS": "arn:aws:iam::999988887777:root"}}, id="one account only"),
        pytest.param({"Action": "execute-api:ManageConnections"}, id="another action"),
        pytest.param({"Resource": f"{API}/prod/*"}, id="one stage only"),
        pytest.param({"Resource": f"{API}/*/GET/pets"}, id="one method only"),
        pytest.param({"Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, id="but for every address"),
        pytest.param({"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, id="the fixed ones instead"),
        pytest.param({"Condition": {"StringNotLike": {"aws:SourceVpce": "vpce-*"}}}, id="but for every endpoint"),
        pytest.param({"Condition": {"StringNotEquals": {"aws:UserAgent": "acme"}}}, id="but for what anybody can say"),
        pytest.param({"Condition": {**OFFICE, "Bool": {"aws:SecureTransport": "false"}}}, id="over plain HTTP only"),
        pytest.param({"Condition": {"ForAllValues:StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, id="of a set"),
        pytest.param({"Condition": {}}, id="everybody, without exception"),
    ],
)
def test_strangers_are_not_kept_out(changed: dict[str, Any]) -> None:
    assert not denies(**changed)
