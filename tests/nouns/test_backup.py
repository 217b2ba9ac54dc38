"""AWS Backup: which vaults keep backups from whoever took the account over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.backup.models import backup_backends

from fixtures.backup import VaultLock
from muster.judging.judgement import Finding
from muster.judging.keys import Mismatch
from muster.judging.typed import check_of
from tests.nouns.stage import Stage

REGION = "eu-west-1"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def backup(stage: Stage) -> Any:
    return stage.client("backup", region_name=REGION)


def plan(backup: Any, *rules: dict[str, Any], name: str = "nightly") -> None:
    given = [{"RuleName": "nightly", **rule} for rule in rules or [{"TargetBackupVaultName": "orders"}]]
    backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": given})


def copying_to(*arns: str) -> dict[str, Any]:
    return {"TargetBackupVaultName": "scratch", "CopyActions": [{"DestinationBackupVaultArn": arn} for arn in arns]}


def locked_vault(backup: Any, name: str = "orders", region: str = REGION) -> Any:
    backup.create_backup_vault(BackupVaultName=name)
    backup.put_backup_vault_lock_configuration(BackupVaultName=name, MinRetentionDays=7)
    vault = backup_backends["123456789012"][region].vaults[name]
    vault.lock_date = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    return vault


def verdict(stage: Stage, **options: Any) -> Finding:
    (only,) = stage.judge(["backup-vault-locked"], regions=[REGION], **options)
    return only


def listed(**fields: Any) -> VaultLock:
    arn = "arn:aws:backup:eu-west-1:123456789012:backup-vault:orders"
    vault = {
        "BackupVaultName": "orders",
        "BackupVaultArn": arn,
        "VaultType": "BACKUP_VAULT",
        "VaultState": "AVAILABLE",
        "Locked": True,
    }
    found: VaultLock = check_of(VaultLock)(
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
def test_a_vault_keeps_backups(vault: VaultLock, keeps: bool) -> None:
    assert vault.keeps_backups(7, lambda moment: moment - NOW) is keeps


def test_a_vault_that_does_not_say_whether_it_is_locked_is_malformed() -> None:
    with pytest.raises(Mismatch, match="Locked is missing"):
        check_of(VaultLock)({"BackupVaultName": "orders", "BackupVaultArn": "arn:aws:backup:::orders"})


def arn_of(vault: str, region: str = REGION, account: str = "123456789012") -> str:
    return f"arn:aws:backup:{region}:{account}:backup-vault:{vault}"


def test_a_locked_vault_that_no_plan_writes_to_keeps_nothing(stage: Stage, backup: Any) -> None:
    backup.create_backup_vault(BackupVaultName="scratch")
    locked_vault(backup)
    plan(backup, {"TargetBackupVaultName": "scratch"})
    assert (verdict(stage).status, "nightly (into scratch)" in verdict(stage).reason) == ("fail", True)


def test_each_plan_needs_a_vault_that_keeps_its_backups(stage: Stage, backup: Any) -> None:
    backup.create_backup_vault(BackupVaultName="scratch")
    locked_vault(backup)
    plan(backup)
    plan(backup, {"TargetBackupVaultName": "scratch"}, name="hourly")
    assert (verdict(stage).status, "nightly" in verdict(stage).reason) == ("fail", False)


@pytest.mark.parametrize(
    ("copies", "status"),
    [
        pytest.param([arn_of("orders", "us-east-1")], "pass", id="a locked one of another region"),
        pytest.param([arn_of("other"), arn_of("orders", "us-east-1")], "pass", id="the second of two"),
        pytest.param([arn_of("orders", account="999988887777")], "fail", id="one of another account"),
        pytest.param([arn_of("orders", "ap-south-1")], "fail", id="one of a region that is not looked at"),
        pytest.param([arn_of("scratch")], "fail", id="one without a lock"),
    ],
)
def test_copies_in_a_vault_that_keeps_them_are_enough(
    stage: Stage, backup: Any, copies: list[str], status: str
) -> None:
    backup.create_backup_vault(BackupVaultName="scratch")
    locked_vault(stage.client("backup", region_name="us-east-1"), region="us-east-1")
    plan(backup, copying_to(*copies))
    found = stage.judge(["backup-vault-locked"], regions=[REGION, "us-east-1"])
    assert {each.region: each.status for each in found} == {REGION: status, "us-east-1": "not_applicable"}


def test_one_rule_of_a_plan_is_enough(stage: Stage, backup: Any) -> None:
    locked_vault(backup)
    plan(backup, {"TargetBackupVaultName": "scratch"}, {"RuleName": "monthly", "TargetBackupVaultName": "orders"})
    assert verdict(stage).status == "pass"


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


def test_the_plans_that_do_not_do_are_named(stage: Stage, backup: Any) -> None:
    plan(backup)
    backup.create_backup_vault(BackupVaultName="scratch")
    assert verdict(stage).status == "fail"
    assert "7 days" in verdict(stage).reason
    assert "nightly (into orders)" in verdict(stage).reason


def test_a_region_with_plans_and_without_vaults_fails(stage: Stage, backup: Any) -> None:
    plan(backup)
    assert verdict(stage).status == "fail"
    assert "nightly (into orders)" in verdict(stage).reason


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
