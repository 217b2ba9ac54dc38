"""KMS keys: ours rotate, are ours alone, and do not go unnoticed."""

from __future__ import annotations

from fixtures.kms import KmsKey
from muster import control, counted, not_applicable


@control(severity="medium")
def test_kms_key_rotated(kms_key: KmsKey, max_rotation_days: int = 365) -> None:
    """Our keys rotate.

    Why: Rotation bounds how much data one key's material protects, and nothing has to be encrypted again for it.
    Fix: Turn on automatic rotation of the key, with a period that is not longer than the limit.
    See: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    """
    not_applicable(kms_key.metadata.why_not_ours_to_rotate)
    assert kms_key.is_rotated_within(max_rotation_days), (
        f"rotates every {counted(kms_key.rotation_period_days, 'day')}"
        if kms_key.rotation_period_days
        else "has its automatic rotation off"
    )


@control(severity="critical")
def test_kms_key_not_public(kms_key: KmsKey) -> None:
    """No key is open to anyone.

    Why: Who may use a key reads whatever is encrypted with it; who may change its policy locks us out of our own data.
    Fix: Name accounts and roles in the key policy; where everybody is named, fix the account by kms:CallerAccount.
    See: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
    """
    open_statements = kms_key.open_statements
    assert not open_statements, f"lets anyone in: {', '.join(open_statements)} of its policy"


@control(severity="critical")
def test_kms_key_not_pending_deletion(kms_key: KmsKey, retiring_keys: tuple[str, ...] = ()) -> None:
    """No key is on its way out unnoticed.

    Why: With a key goes all that is encrypted with it, for good; until the waiting period is over it can be kept.
    Fix: Cancel the deletion, and look for who asked for it. A key that may go is listed in retiring_keys, by its id.
    See: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
    """
    if kms_key.metadata.manager != "CUSTOMER":
        not_applicable("the key is managed by AWS")
    if kms_key.id in retiring_keys:
        not_applicable("the key is listed as one that may go")
    assert not kms_key.metadata.is_going, f"is about to be deleted: its state is {kms_key.metadata.state}"
