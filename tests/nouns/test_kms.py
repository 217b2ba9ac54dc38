"""KMS: which keys are ours to rotate, and how often is often enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws
from moto.kms.models import kms_backends

from fixtures.sandbox import gaps
from muster import Verdict
from muster.api import judge
from muster.reading.sessions.clients import new_session

REGION = "eu-west-1"
gaps.install()


@pytest.fixture
def kms() -> Iterator[Any]:
    with mock_aws():
        yield new_session().client("kms", region_name=REGION)


def create(kms: Any, **settings: Any) -> str:
    return str(kms.create_key(**settings)["KeyMetadata"]["KeyId"])


def verdict(**options: Any) -> Verdict:
    (only,) = judge(new_session(), ["kms-key-rotated"], regions=[REGION], threads=1, **options)
    return only


@pytest.mark.parametrize(
    ("period", "limit", "status"),
    [(90, 365, "pass"), (365, 365, "pass"), (366, 365, "fail"), (365, 180, "fail"), (2560, 2560, "pass")],
)
def test_a_key_rotates_within_the_limit(kms: Any, period: int, limit: int, status: str) -> None:
    kms.enable_key_rotation(KeyId=create(kms), RotationPeriodInDays=period)
    parameters = {"kms-key-rotated": {"max_rotation_days": limit}}
    assert verdict(parameters=parameters).status == status


def test_a_period_that_is_too_long_is_named(kms: Any) -> None:
    kms.enable_key_rotation(KeyId=create(kms), RotationPeriodInDays=730)
    assert verdict().reason == "rotates every 730 days"


def test_a_key_without_rotation_fails(kms: Any) -> None:
    create(kms)
    assert (verdict().status, verdict().reason) == ("fail", "has its automatic rotation off")


def test_a_key_whose_rotation_was_turned_off_again_fails(kms: Any) -> None:
    key = create(kms)
    kms.enable_key_rotation(KeyId=key)
    kms.disable_key_rotation(KeyId=key)
    assert verdict().status == "fail"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        pytest.param({"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}, "ECC_NIST_P256", id="asymmetric"),
        pytest.param({"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}, "RSA_2048", id="asymmetric encryption"),
        pytest.param({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, "HMAC_256", id="HMAC"),
        pytest.param({"Origin": "EXTERNAL"}, "EXTERNAL", id="imported key material"),
        pytest.param({"Origin": "AWS_CLOUDHSM"}, "AWS_CLOUDHSM", id="a key store in CloudHSM"),
        pytest.param({"Origin": "EXTERNAL_KEY_STORE"}, "EXTERNAL_KEY_STORE", id="a key store outside AWS"),
    ],
)
def test_what_kms_cannot_rotate_is_not_judged(kms: Any, settings: dict[str, str], reason: str) -> None:
    create(kms, **settings)
    assert verdict().status == "not_applicable"
    assert reason in verdict().reason


@pytest.mark.parametrize(
    "state", ["Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport", "Unavailable"]
)
def test_a_key_that_cannot_be_used_is_not_judged(kms: Any, state: str) -> None:
    kms_backends["123456789012"][REGION].keys[create(kms)].key_state = state
    assert (verdict().status, verdict().reason) == (
        "not_applicable",
        f"the key cannot be used: its state is {state}",
    )


def test_a_key_that_aws_manages_is_not_asked_for_its_rotation(kms: Any) -> None:
    kms_backends["123456789012"][REGION].keys[create(kms)].key_manager = "AWS"
    session = new_session()
    asked: list[str] = []
    session.events.register("before-call.kms", lambda model, **_: asked.append(model.name))
    (only,) = judge(session, ["kms-key-rotated"], regions=[REGION], threads=1)
    assert (only.status, only.reason) == ("not_applicable", "the key is managed by AWS")
    assert asked == ["ListKeys", "DescribeKey"]


def test_a_key_whose_policy_keeps_us_out_is_an_error(kms: Any) -> None:
    create(kms)
    session = new_session()

    class Refused:
        status_code = 400

    refusal = {"Error": {"Code": "AccessDeniedException", "Message": "no"}, "ResponseMetadata": {}}
    session.events.register("before-call.kms.GetKeyRotationStatus", lambda **_: (Refused(), refusal))
    (only,) = judge(session, ["kms-key-rotated"], regions=[REGION], threads=1)
    assert only.status == "error"
    assert "AccessDeniedException" in only.reason
