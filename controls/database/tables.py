"""DynamoDB tables: kept, brought back after a mistake, under our key, and closed to strangers."""

from __future__ import annotations

from fixtures.dynamodb import Table
from fixtures.key_owners import key_owner
from muster import Facts, control, declared


@control(severity="medium")
def test_dynamodb_recovery(table: Table) -> None:
    """Tables can be restored to a point in time.

    Why: What a broken program wrote over a table an hour ago is undone by restoring the table of the hour before.
    Fix: Turn on point-in-time recovery of the table.
    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
    """
    assert table.recovery == "ENABLED", f"cannot be restored to a point in time: its recovery is {table.recovery}"


@control(severity="critical")
def test_dynamodb_policy_not_public(table: Table) -> None:
    """No table policy lets anyone in.

    Why: A statement for everybody lets any AWS account read the items of a table, or the changes in its stream.
    Fix: Name the accounts in the policies of table and stream, or fix the caller by a condition on its organization.
    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html
    """
    assert not table.ways_in, f"lets anyone in: {', '.join(table.ways_in)}"


@control(severity="medium")
def test_dynamodb_deletion_protection(table: Table) -> None:
    """Tables are protected from deletion.

    Why: One call, by mistake or in anger, takes a table and all that is in it away.
    Fix: Turn on deletion protection of the table.
    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html
    """
    assert table.is_protected_from_deletion, "is a table that one call can delete"


@control(severity="medium")
def test_dynamodb_kms(table: Table, facts: Facts) -> None:
    """Tables are encrypted with our key.

    Why: A KMS key of the account records each use, and can be taken away; the key that AWS owns does neither.
    Fix: Change the table's encryption to a key that is stored in the account.
    See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html
    """
    encryption = table.encryption
    is_ours = encryption is not None and (encryption.type, encryption.status) == ("KMS", "ENABLED")
    assert is_ours, (
        f"is encrypted with {encryption.type or 'no key of ours'}, whose status is {encryption.status}"
        if encryption
        else "is encrypted with a key that AWS owns"
    )
    owner = key_owner(table, table.key_arn, facts.accounts, facts.audit_account_id)
    assert owner.is_ours or declared(facts.trusted_accounts, owner.id), f"is encrypted with {owner}"
