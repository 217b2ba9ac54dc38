"""Secrets Manager: rotation that is on and happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws
from moto.secretsmanager.models import secretsmanager_backends

from muster import Verdict
from muster.api import judge
from muster.reading.sessions.clients import new_session

REGION = "eu-west-1"


@pytest.fixture
def secret() -> Iterator[Any]:
    """One secret, as moto keeps it."""
    with mock_aws():
        new_session().client("secretsmanager", region_name=REGION).create_secret(Name="orders")
        yield secretsmanager_backends["123456789012"][REGION].secrets["orders"]


def rotate(secret: Any, *, on: bool, last: timedelta | None) -> None:
    secret.rotation_requested, secret.rotation_enabled = True, on
    secret.last_rotation_date = None if last is None else int((datetime.now(UTC) - last).timestamp())


def verdict(**options: Any) -> Verdict:
    (only,) = judge(new_session(), ["secret-rotated"], regions=[REGION], threads=1, **options)
    return only


@pytest.mark.parametrize(
    ("on", "last", "status"),
    [
        pytest.param(True, timedelta(days=0), "pass", id="today"),
        pytest.param(True, timedelta(days=90), "pass", id="on the last day of the limit"),
        pytest.param(True, timedelta(days=91), "fail", id="a day too late"),
        pytest.param(True, None, "fail", id="turned on, and never done"),
        pytest.param(False, timedelta(days=1), "fail", id="done yesterday, and turned off since"),
    ],
)
def test_rotation(secret: Any, on: bool, last: timedelta | None, status: str) -> None:
    rotate(secret, on=on, last=last)
    assert verdict().status == status


@pytest.mark.usefixtures("secret")
def test_a_secret_that_never_had_rotation_fails() -> None:
    assert (verdict().status, verdict().reason) == (
        "fail",
        "has not rotated in time: rotation is off, never rotated",
    )


def test_the_reason_names_the_last_rotation(secret: Any) -> None:
    rotate(secret, on=True, last=timedelta(days=200))
    day = (datetime.now(UTC) - timedelta(days=200)).date()
    assert verdict().reason.endswith(f"rotation is on, last rotated on {day}")


def test_the_limit_is_a_parameter(secret: Any) -> None:
    rotate(secret, on=True, last=timedelta(days=40))
    assert verdict(parameters={"secret-rotated": {"max_secret_age_days": 30}}).status == "fail"


def test_a_secret_that_an_aws_service_owns_is_left_to_it(secret: Any) -> None:
    secret.tags = [{"Key": "aws:secretsmanager:owningService", "Value": "rds"}]
    assert (verdict().status, verdict().reason) == (
        "not_applicable",
        "the secret is managed by the AWS service rds",
    )


def test_a_secret_marked_for_deletion_is_not_listed(secret: Any) -> None:
    new_session().client("secretsmanager", region_name=REGION).delete_secret(SecretId=secret.arn)
    assert (verdict().status, verdict().reason) == ("not_applicable", "there are no secrets in the account")
