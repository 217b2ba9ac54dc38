"""KMS: which keys are ours to rotate, and how often is often enough."""

from __future__ import annotations

from typing import Any

import pytest
from moto.kms.models import kms_backends

from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

REGION = "eu-west-1"


@pytest.fixture
def kms(stage: Stage) -> Any:
    return stage.client("kms", region_name=REGION)


def create(kms: Any, **settings: Any) -> str:
    return str(kms.create_key(**settings)["KeyMetadata"]["KeyId"])


def verdict(stage: Stage, **options: Any) -> Finding:
    (only,) = stage.judge(["kms-key-rotated"], regions=[REGION], **options)
    return only


@pytest.mark.parametrize(
    ("period", "limit", "status"),
    [(90, 365, "pass"), (365, 365, "pass"), (366, 365, "fail"), (365, 180, "fail"), (2560, 2560, "pass")],
)
def test_a_key_rotates_within_the_limit(stage: Stage, kms: Any, period: int, limit: int, status: str) -> None:
    kms.enable_key_rotation(KeyId=create(kms), RotationPeriodInDays=period)
    parameters = {"kms-key-rotated": {"max_rotation_days": limit}}
    assert verdict(stage, parameters=parameters).status == status


def test_a_period_that_is_too_long_is_named(stage: Stage, kms: Any) -> None:
    kms.enable_key_rotation(KeyId=create(kms), RotationPeriodInDays=730)
    assert verdict(stage).reason == "rotates every 730 days"


def test_a_key_without_rotation_fails(stage: Stage, kms: Any) -> None:
    create(kms)
    assert (verdict(stage).status, verdict(stage).reason) == ("fail", "has its automatic rotation off")


def test_a_key_whose_rotation_was_turned_off_again_fails(stage: Stage, kms: Any) -> None:
    key = create(kms)
    kms.enable_key_rotation(KeyId=key)
    kms.disable_key_rotation(KeyId=key)
    assert verdict(stage).status == "fail"


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
def test_what_kms_cannot_rotate_is_not_judged(stage: Stage, kms: Any, settings: dict[str, str], reason: str) -> None:
    create(kms, **settings)
    assert verdict(stage).status == "not_applicable"
    assert reason in verdict(stage).reason


@pytest.mark.parametrize(
    "state", ["Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport", "Unavailable"]
)
def test_a_key_that_cannot_be_used_is_not_judged(stage: Stage, kms: Any, state: str) -> None:
    kms_backends["123456789012"][REGION].keys[create(kms)].key_state = state
    assert (verdict(stage).status, verdict(stage).reason) == (
        "not_applicable",
        f"the key cannot be used: its state is {state}",
    )


def test_a_key_that_aws_manages_is_not_asked_for_its_rotation(stage: Stage, kms: Any) -> None:
    kms_backends["123456789012"][REGION].keys[create(kms)].key_manager = "AWS"
    (only,) = stage.judge(["kms-key-rotated"], regions=[REGION])
    assert (only.status, only.reason) == ("not_applicable", "the key is managed by AWS")
    assert stage.asked == ["ListKeys", "DescribeKey"]


def test_a_key_whose_policy_keeps_us_out_is_an_error(stage: Stage, kms: Any) -> None:
    create(kms)
    stage.refuse("kms.GetKeyRotationStatus")
    (only,) = stage.judge(["kms-key-rotated"], regions=[REGION])
    assert only.status == "error"
    assert "AccessDeniedException" in only.reason
