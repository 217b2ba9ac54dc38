"""IAM access keys: a key does not outlive its use."""

from fixtures.iam.credentials import AccessKey
from muster import control, not_applicable


@control(severity="medium")
def test_iam_user_key_age(access_key: AccessKey, max_key_age_days: int = 90) -> None:
    """Access keys are rotated.

    Why: A leaked key leaves no trace until it is used. Rotation bounds how long it works.
    Fix: Create a second key, move the workload to it, then deactivate the first and delete it; better, use a role.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
    """
    if not access_key.is_active:
        not_applicable("the key is inactive")
    young = access_key.is_younger_than(max_key_age_days)
    assert young, f"was last rotated on {access_key.last_rotated:%Y-%m-%d}, more than {max_key_age_days} days ago"


@control(severity="medium")
def test_iam_user_key_unused(access_key: AccessKey, max_idle_days: int = 45) -> None:
    """Access keys nobody uses are removed.

    Why: Nobody misses a forgotten key, so nobody notices when somebody else uses it.
    Fix: Deactivate the key, wait for complaints, then delete it.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html
    """
    if not access_key.is_active:
        not_applicable("the key is inactive")
    needed = access_key.was_needed_within(max_idle_days)
    assert needed, f"was last used or made on {access_key.last_needed:%Y-%m-%d}, more than {max_idle_days} days ago"
