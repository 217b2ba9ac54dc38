"""Secrets Manager: secrets do not grow old."""

from __future__ import annotations

from fixtures.secretsmanager import Secret
from muster import control, counted, not_applicable


@control(severity="medium")
def test_secret_rotated(secret: Secret, max_secret_age_days: int = 90) -> None:
    """Secrets rotate.

    Why: A copied password works until it is changed, and what a schedule changes nobody forgets to change.
    Fix: Turn on rotation of the secret, and look into the rotation function's log if the last rotation is long ago.
    See: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
    """
    not_applicable(secret.why_not_ours_to_rotate)
    assert secret.is_rotated_within(max_secret_age_days), f"has not rotated in time: {secret.rotation}"


@control(severity="critical")
def test_secret_not_public(secret: Secret) -> None:
    """No secret is open to anyone.

    Why: A statement for everybody hands the secret to any AWS account that knows its name.
    Fix: Name accounts and roles in the secret's policy, and change the secret: somebody may have read it.
    See: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
    """
    open_statements = secret.open_statements
    assert not open_statements, f"lets anyone in: {', '.join(open_statements)} of its policy"


@control(severity="low")
def test_secret_unused(secret: Secret, max_idle_days: int = 90) -> None:
    """Secrets nobody reads are removed.

    Why: A password that no program needs any more still opens what it opened, and nobody would notice who takes it.
    Fix: Find out what it opens, take that away or change it, and delete the secret with a window for second thoughts.
    See: https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
    """
    since = f"{secret.idle_since:%Y-%m-%d}, {counted(secret.idle_days, 'day')} ago"
    assert secret.idle_days <= max_idle_days, (
        f"was last read on {since}" if secret.last_read else f"was made on {since}, and never read"
    )
