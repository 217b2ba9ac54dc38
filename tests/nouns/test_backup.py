"""AWS Backup: which vaults keep backups from whoever took the account over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.backup.models import backup_backends

from fixtures.backup import BackupVault
from muster.judging.judgement import Finding
from muster.judging.keys import Mismatch
from muster.judging.typed import check_of
from tests.nouns.stage import Stage

REGION = "eu-west-1"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def backup(stage: Stage) -> Any:
    return stage.client("backup", region_name=REGION)


def plan(backup: Any) -> None:
    rules = [{"RuleName": "nightly", "TargetBackupVaultName": "orders"}]
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "nightly", "Rules": rules})


def locked_vault(backup: Any, name: str = "orders") -> Any:
    backup.create_backup_vault(BackupVaultName=name)
    backup.put_backup_vault_lock_configuration(BackupVaultName=name, MinRetentionDays=7)
    vault = backup_backends["123456789012"][REGION].vaults[name]
    vault.lock_date = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    return vault


def verdict(stage: Stage, **options: Any) -> Finding:
    (only,) = stage.judge(["backup-vault-locked"], regions=[REGION], **options)
    return only


def listed(**fields: Any) -> BackupVault:
    vault = {"BackupVaultName": "orders", "VaultType": "BACKUP_VAULT", "VaultState": "AVAILABLE", "Locked": True}
    found: BackupVault = check_of(BackupVault)(
        {**vault, "LockDate": "2026-05-01T00:00:00Z", "MinRetentionDays": 7, **fields}
    )
    return found


AIR_GAPPED = {"VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"}


@pytest.mark.parametrize(
    ("vault", "keeps"),
    [
        pytest.param(listed(), True, id="compliance mode"),
        pytest.param(listed(LockDate="2026-05-04T12:00:00Z"), True, id="immutable from this moment"),
        pytest.param(listed(LockDate="2026-05-04T12:00:01Z"), False, id="still to be thought over"),
        pytest.param(listed(LockDate=None), False, id="governance mode"),
        pytest.param(listed(Locked=False, LockDate=None, MinRetentionDays=None), False, id="no lock"),
        pytest.param(listed(Locked=False), False, id="a date without a lock"),
        pytest.param(listed(MinRetentionDays=6), False, id="a day too short"),
        pytest.param(listed(MinRetentionDays=None), False, id="no shortest time at all"),
        pytest.param(listed(**AIR_GAPPED, LockDate=None, MinRetentionDays=None), True, id="air-gapped"),
        pytest.param(listed(**AIR_GAPPED, LockDate=None, VaultState="FAILED"), False, id="air-gapped, but failed"),
        pytest.param(listed(**AIR_GAPPED, LockDate=None, VaultState="CREATING"), False, id="air-gapped, not ready"),
        pytest.param(
            listed(VaultType="RESTORE_ACCESS_BACKUP_VAULT", LockDate=None), False, id="a view of another vault"
        ),
    ],
)
def test_a_vault_keeps_backups(vault: BackupVault, keeps: bool) -> None:
    assert vault.keeps_backups(7, NOW) is keeps


def test_a_vault_that_does_not_say_whether_it_is_locked_is_malformed() -> None:
    with pytest.raises(Mismatch, match="Locked is missing"):
        check_of(BackupVault)({"BackupVaultName": "orders"})


def test_one_locked_vault_among_several_is_enough(stage: Stage, backup: Any) -> None:
    plan(backup)
    backup.create_backup_vault(BackupVaultName="scratch")
    locked_vault(backup)
    assert verdict(stage).status == "pass"


def test_an_air_gapped_vault_is_enough(stage: Stage, backup: Any) -> None:
    plan(backup)
    backup.create_backup_vault(BackupVaultName="orders")
    backup_backends["123456789012"][REGION].vaults["orders"].vault_type = AIR_GAPPED["VaultType"]
    assert verdict(stage).status == "pass"


def test_the_vaults_that_do_not_do_are_named(stage: Stage, backup: Any) -> None:
    plan(backup)
    backup.create_backup_vault(BackupVaultName="scratch")
    assert verdict(stage).status == "fail"
    assert "7 days" in verdict(stage).reason
    assert "(vaults: scratch)" in verdict(stage).reason


def test_a_region_with_plans_and_without_vaults_fails(stage: Stage, backup: Any) -> None:
    plan(backup)
    assert verdict(stage).status == "fail"
    assert "(vaults: there is none)" in verdict(stage).reason


def test_the_shortest_time_is_a_parameter(stage: Stage, backup: Any) -> None:
    plan(backup)
    locked_vault(backup)
    assert verdict(stage, parameters={"backup-vault-locked": {"min_lock_days": 8}}).status == "fail"


def test_a_region_without_plans_is_not_judged(stage: Stage, backup: Any) -> None:
    backup.create_backup_vault(BackupVaultName="scratch")
    assert (verdict(stage).status, verdict(stage).reason) == ("not_applicable", "the region has no backup plans")


def test_each_region_needs_a_vault_of_its_own(stage: Stage, backup: Any) -> None:
    plan(backup)
    locked_vault(backup)
    plan(stage.client("backup", region_name="us-east-1"))
    found = stage.judge(["backup-vault-locked"], regions=[REGION, "us-east-1"])
    assert {(each.region, each.status) for each in found} == {(REGION, "pass"), ("us-east-1", "fail")}
