"""RDS databases: upgraded, backed up, still there when a zone is lost, and no copy of them is anybody's."""

from __future__ import annotations

from fixtures.rds import Database, DatabaseEngine, DbInstance
from fixtures.rds_snapshots import DbSnapshot
from fixtures.tags import carries
from muster import control, counted, not_applicable


@control(severity="medium")
def test_rds_minor_upgrades(database_engine: DatabaseEngine) -> None:
    """Databases take minor upgrades by themselves.

    Why: Minor versions mend flaws that are public from then on; one that nobody installs leaves the flaw where it is.
    Fix: Turn on automatic minor version upgrades, within a maintenance window that suits the application.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html
    """
    not_applicable(database_engine.why_not_upgraded_by_rds)
    assert database_engine.upgrades_itself, (
        f"stays on its version of {database_engine.engine} until somebody upgrades it: AutoMinorVersionUpgrade is false"
    )


@control(severity="medium")
def test_rds_instance_multi_az(db_instance: DbInstance, exempt_tag: str = "environment=development") -> None:
    """Database instances survive losing a zone.

    Why: An instance without a standby is gone as long as its zone is, and what was written last may be lost.
    Fix: Make it a Multi-AZ deployment, or tag it as one for development.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
    """
    not_applicable(db_instance.why_no_standby)
    if carries(db_instance.tags, exempt_tag):
        not_applicable(f"the instance is tagged {exempt_tag}")
    assert db_instance.is_in_two_zones, "has no standby in another zone: its MultiAZ is false"


@control(severity="medium")
def test_rds_backups_kept(database: Database, min_backup_days: int = 7, check_read_replicas: bool = False) -> None:
    """Databases are backed up.

    Why: A mistake is often found days later; what can be restored by then is what was kept that long.
    Fix: Set the backup retention period of the cluster, or of an instance outside any, to at least the limit.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
    """
    if database.replica_of and not check_read_replicas:
        not_applicable(f"the instance is a read replica of {database.replica_of}, which is judged itself")
    assert database.backup_days >= min_backup_days, f"keeps its backups for {counted(database.backup_days, 'day')}"


@control(severity="critical")
def test_rds_snapshot_not_public(db_snapshot: DbSnapshot) -> None:
    """No database snapshot is public.

    Why: Anyone with an AWS account can restore a public snapshot, and reads the database as its owner does.
    Fix: Take `all` out of who may restore the snapshot, share it with named accounts, and change what was secret in it.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html
    """
    not_applicable(db_snapshot.why_never_shared)
    assert not db_snapshot.is_public, "may be restored by anyone: its attribute restore holds all"


@control(severity="medium")
def test_rds_snapshot_encrypted(db_snapshot: DbSnapshot, allow_aws_owned_key: bool = True) -> None:
    """Database snapshots are encrypted.

    Why: A snapshot is the whole database, and outlives it; in clear it is read by whoever may restore it.
    Fix: Copy the snapshot with a KMS key, and delete this one; the snapshots of an encrypted database are encrypted.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
    """
    assert db_snapshot.is_encrypted(allow_aws_owned_key=allow_aws_owned_key), (
        f"is kept with encryption type {db_snapshot.encryption_type or 'none'}"
    )
