"""KMS keys: ours rotate."""

from __future__ import annotations

from fixtures.kms import KmsKey
from muster import control, not_applicable


@control(severity="medium")
def test_kms_key_rotated(kms_key: KmsKey, max_rotation_days: int = 365) -> None:
    """Our keys rotate.

    Why: Rotation bounds how much data one key's material protects, and nothing has to be encrypted again for it.
    Fix: Turn on automatic rotation of the key, with a period that is not longer than the limit.
    See: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    """
    not_applicable(kms_key.metadata.why_not_ours_to_rotate)
    assert kms_key.is_rotated_within(max_rotation_days), (
        f"rotates every {kms_key.rotation_period_days} days"
        if kms_key.rotation_period_days
        else "has its automatic rotation off"
    )
