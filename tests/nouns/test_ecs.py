"""Containers: who is root in them, and where secrets hide in what they are started with."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.ecs import Container
from muster.judging.typed import check_of

SECRET = "[redacted secret: Password 0123456789abcdef]"
VALUE = "[redacted value 0123456789abcdef]"


def container(**given: Any) -> Container:
    made: Container = check_of(Container)({"name": "web", **given})
    return made


@pytest.mark.parametrize("user", [None, "", "root", "ROOT", "0", "00", "0:0", "root:app", "0:1000", ":1000"])
def test_nobody_in_particular_is_root(user: str | None) -> None:
    assert container(**({} if user is None else {"user": user})).runs_as_root


@pytest.mark.parametrize("user", ["1000", "1000:0", "app", "app:root", "10", "rootless"])
def test_somebody_else_is_not(user: str) -> None:
    assert not container(user=user).runs_as_root


@pytest.mark.parametrize(
    ("given", "places"),
    [
        pytest.param({"environment": [{"name": "A", "value": SECRET}]}, ["the variable A"], id="a variable"),
        pytest.param({"environment": [{"name": "A", "value": VALUE}]}, [], id="a variable that is no secret"),
        pytest.param({"command": ["sync", f"--key={SECRET}"]}, ["the command"], id="the command"),
        pytest.param({"entryPoint": [SECRET]}, ["the entry point"], id="the entry point"),
        pytest.param({"healthCheck": {"command": ["CMD", SECRET]}}, ["the health check"], id="the health check"),
        pytest.param({"dockerLabels": {"note": SECRET}}, ["the label note"], id="a label"),
        pytest.param(
            {"logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": SECRET}}},
            ["the log option splunk-token"],
            id="a log option",
        ),
        pytest.param({"logConfiguration": {"logDriver": "awslogs"}}, [], id="no log option"),
        pytest.param({"secrets": [{"name": "A", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/a"}]}, [], id="a name"),
    ],
)
def test_a_secret_is_found_wherever_it_stands(given: dict[str, Any], places: list[str]) -> None:
    assert list(container(**given).exposed_secrets) == places
