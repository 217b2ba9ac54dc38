"""Backups: they are planned, and outlive whoever takes the account over."""

from __future__ import annotations

from fixtures.backup import Backups, BackupVault
from muster import control, counted, not_applicable


@control(severity="medium")
def test_backup_vault_locked(backups: Backups, min_lock_days: int = 7) -> None:
    """Backups cannot be deleted by an intruder.

    Why: Extortion starts with the backups. Those in a vault locked in compliance mode not even root can delete.
    Fix: Lock a vault that each plan backs up into, or copies its backups to, in compliance mode with a minimum
        retention, or let it use a logically air-gapped vault.
    See: https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    """
    if not backups.plans:
        not_applicable("the region has no backup plans")
    deletable = backups.deletable_plans(min_lock_days)
    assert not deletable, (
        f"has backup plans in {backups.region} without a vault that keeps each backup for"
        f" {counted(min_lock_days, 'day')} whatever"
        f" an administrator does: {', '.join(deletable)}"
    )


@control(severity="medium")
def test_backup_plan_exists(backups: Backups) -> None:
    """Backups are planned.

    Why: A backup that somebody makes by hand is missing on the day it is needed.
    Fix: Make a backup plan in the region with a rule, and a selection of what it covers.
    See: https://docs.aws.amazon.com/aws-backup/latest/devguide/about-backup-plans.html
    """
    if not backups.worth_backing_up:
        not_applicable("the region has nothing to back up")
    assert backups.complete_plans, (
        f"has {', '.join(backups.worth_backing_up)} in {backups.region}, and no backup plan with a rule and a selection"
        f" (plans: {', '.join(plan.name for plan in backups.plans) or 'none'})"
    )


@control(severity="medium")
def test_backup_vault_encrypted(backup_vault: BackupVault, allow_aws_owned_key: bool = True) -> None:
    """Backup vaults are encrypted.

    Why: A vault holds copies of everything that is worth copying, and its key says who can read them.
    Fix: Make a vault with a KMS key, and let plans back up into it: the key of a vault cannot be changed.
    See: https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    not_applicable(backup_vault.why_no_key)
    assert backup_vault.is_encrypted(allow_aws_owned_key=allow_aws_owned_key), (
        f"names no key that encrypts its backups: EncryptionKeyArn is {backup_vault.key_arn or 'missing'}, of type "
        f"{backup_vault.key_type or 'unknown'}"
    )
