"""REST APIs: when a key or a private endpoint does instead of an authorizer, and which methods log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fixtures.apigateway import RestApi, RestApiStage
from muster.judging.resource import Place
from muster.reading.reads import Answer
from tests.engine.lamps import account

EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
PARTNER = {**EVERYBODY, "Principal": {"AWS": "arn:aws:iam::999988887777:root"}}
ENDPOINT = {**EVERYBODY, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}}
OFFICE_ONLY = {**EVERYBODY, "Effect": "Deny", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}


def api(statements: list[Any] | None, *, kind: str, key: bool, escaped: bool = True) -> RestApi:
    method = {"httpMethod": "GET", "authorizationType": "NONE", "apiKeyRequired": key}
    paths = [{"id": "p1", "path": "/pets", "resourceMethods": {"GET": method}}]
    entry = {"id": "a1", "name": "pets", "endpointConfiguration": {"types": [kind]}}
    if statements is not None:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        entry["policy"] = json.dumps(text)[1:-1] if escaped else text
    subject = account({"apigateway:get_resources": Answer({"items": paths})})
    return RestApi.of(Place(subject, "eu-west-1"), entry)


@pytest.mark.parametrize(
    ("statements", "kind", "key"),
    [
        pytest.param([PARTNER], "REGIONAL", True, id="a key, and one account"),
        pytest.param([EVERYBODY, OFFICE_ONLY], "REGIONAL", True, id="a key, and everybody but strangers"),
        pytest.param([ENDPOINT], "PRIVATE", False, id="one endpoint of a VPC"),
        pytest.param(None, "PRIVATE", False, id="private without a policy: nobody gets in"),
    ],
)
def test_a_policy_says_who_calls(statements: list[Any] | None, kind: str, key: bool) -> None:
    assert api(statements, kind=kind, key=key).open_methods == []


@pytest.mark.parametrize(
    ("statements", "kind", "key"),
    [
        pytest.param(None, "REGIONAL", True, id="a key alone"),
        pytest.param([EVERYBODY], "EDGE", True, id="a key, and everybody"),
        pytest.param([PARTNER], "REGIONAL", False, id="a policy without a key"),
        pytest.param([EVERYBODY], "PRIVATE", False, id="every endpoint of every account's VPCs"),
        pytest.param([EVERYBODY, OFFICE_ONLY, EVERYBODY], "REGIONAL", False, id="no key"),
    ],
)
def test_nobody_is_asked(statements: list[Any] | None, kind: str, key: bool) -> None:
    assert api(statements, kind=kind, key=key).open_methods == ["GET /pets"]


def test_a_policy_is_read_with_and_without_backslashes() -> None:
    policies = [api([PARTNER], kind="REGIONAL", key=True, escaped=escaped).policy for escaped in (True, False)]

    assert policies[0] == policies[1]
    assert len(policies[0].statements) == 1


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        pytest.param({"*/*": {"loggingLevel": "ERROR"}}, [], id="all"),
        pytest.param({}, ["executions of all methods"], id="nothing set"),
        pytest.param({"*/*": {}}, ["executions of all methods"], id="no level set"),
        pytest.param({"~1pets/GET": {"loggingLevel": "INFO"}}, ["executions of all methods"], id="one method only"),
        pytest.param(
            {"*/*": {"loggingLevel": "INFO"}, "~1pets/GET": {"loggingLevel": "OFF"}},
            ["executions of /pets/GET"],
            id="all but one",
        ),
    ],
)
def test_every_method_logs(settings: dict[str, Any], missing: list[str]) -> None:
    stage = stage_with(settings, {"cloudwatchRoleArn": "arn:aws:iam::111122223333:role/logs"})

    assert stage.missing_logs(require_access_log=False) == missing
    assert stage.missing_logs(require_access_log=True) == [*missing, "access"]


@pytest.mark.parametrize("told", [{}, {"cloudwatchRoleArn": ""}], ids=["none", "an empty one"])
def test_without_a_role_nothing_is_written(told: dict[str, Any]) -> None:
    stage = stage_with({"*/*": {"loggingLevel": "INFO"}}, told)

    assert stage.missing_logs(require_access_log=False) == ["executions (API Gateway has no role to write them by)"]


def stage_with(settings: dict[str, Any], of_account: dict[str, Any]) -> RestApiStage:
    place = Place(account({"apigateway:get_account": Answer(of_account)}), "eu-west-1")
    entry = {"deploymentId": "d1d1d1", "methodSettings": settings}
    return RestApiStage.of(place, entry, arn="arn:x", name="pets/prod", api="a1b2c3d4e5", is_private=False)
