"""Secrets Manager: rotation that is on and happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.secretsmanager.models import secretsmanager_backends

from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

REGION = "eu-west-1"


@pytest.fixture
def secret(stage: Stage) -> Any:
    """One secret, as moto keeps it."""
    stage.client("secretsmanager", region_name=REGION).create_secret(Name="orders")
    return secretsmanager_backends["123456789012"][REGION].secrets["orders"]


def rotate(secret: Any, *, on: bool, last: timedelta | None) -> None:
    secret.rotation_requested, secret.rotation_enabled = True, on
    secret.last_rotation_date = None if last is None else int((datetime.now(UTC) - last).timestamp())


def verdict(stage: Stage, **options: Any) -> Finding:
    (only,) = stage.judge(["secret-rotated"], regions=[REGION], **options)
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
def test_rotation(stage: Stage, secret: Any, on: bool, last: timedelta | None, status: str) -> None:
    rotate(secret, on=on, last=last)
    assert verdict(stage).status == status


@pytest.mark.usefixtures("secret")
def test_a_secret_that_never_had_rotation_fails(stage: Stage) -> None:
    assert (verdict(stage).status, verdict(stage).reason) == (
        "fail",
        "has not rotated in time: rotation is off, never rotated",
    )


def test_the_reason_names_the_last_rotation(stage: Stage, secret: Any) -> None:
    rotate(secret, on=True, last=timedelta(days=200))
    day = (datetime.now(UTC) - timedelta(days=200)).date()
    assert verdict(stage).reason.endswith(f"rotation is on, last rotated on {day}")


def test_the_limit_is_a_parameter(stage: Stage, secret: Any) -> None:
    rotate(secret, on=True, last=timedelta(days=40))
    assert verdict(stage, parameters={"secret-rotated": {"max_secret_age_days": 30}}).status == "fail"


def test_a_secret_that_an_aws_service_owns_is_left_to_it(stage: Stage, secret: Any) -> None:
    secret.tags = [{"Key": "aws:secretsmanager:owningService", "Value": "rds"}]
    assert (verdict(stage).status, verdict(stage).reason) == (
        "not_applicable",
        "the secret is managed by the AWS service rds",
    )


def test_a_secret_marked_for_deletion_is_not_listed(stage: Stage, secret: Any) -> None:
    stage.client("secretsmanager", region_name=REGION).delete_secret(SecretId=secret.arn)
    assert (verdict(stage).status, verdict(stage).reason) == ("not_applicable", "there are no secrets in the account")
