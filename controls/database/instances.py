"""RDS databases: encrypted, out of the internet's reach, and not deleted by one call."""

from __future__ import annotations

from fixtures.rds import Database, DbInstance
from muster import control


@control(severity="high")
def test_rds_instance_encrypted(db_instance: DbInstance, allow_aws_owned_key: bool = True) -> None:
    """Database instances are encrypted.

    Why: Snapshots and replicas inherit the encryption: a copy that leaves the account is useless without the key.
    Fix: Copy a snapshot of the instance with a KMS key, restore the copy, and move the application to the new instance.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
    """
    assert db_instance.is_encrypted(allow_aws_owned_key=allow_aws_owned_key), (
        f"stores its data with encryption type {db_instance.encryption_type or 'none'}"
    )


@control(severity="critical")
def test_rds_instance_not_public(db_instance: DbInstance) -> None:
    """Database instances are not public.

    Why: Whoever finds a database on the internet can guess passwords and try each flaw of its engine.
    Fix: Modify the instance to be not publicly accessible, and let clients connect from inside the VPC.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
    """
    assert not db_instance.is_public, "is publicly accessible: its name resolves to a public address"


@control(severity="medium")
def test_rds_deletion_protection(database: Database) -> None:
    """Databases are protected from deletion.

    Why: One call, by mistake or in anger, takes a database and its automated backups away.
    Fix: Turn on deletion protection: on the cluster, or on an instance that belongs to none.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
    """
    assert database.is_protected_from_deletion, f"is a database {database.kind_of_database} that one call can delete"
