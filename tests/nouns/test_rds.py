"""RDS: what encrypts an instance, and what a database is that deletion protection speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from fixtures.rds import DbInstance
from muster import Place
from muster.judging.account import Account
from tests.nouns.told import account, judged

REGION = "eu-west-1"
ARN = "arn:aws:rds:eu-west-1:111122223333"


def instance(name: str, **settings: Any) -> dict[str, Any]:
    """A database instance as RDS lists it."""
    entry = {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"{ARN}:db:{name}",
        "Engine": "postgres",
        "PubliclyAccessible": False,
        "StorageEncrypted": False,
        "MultiAZ": False,
        "DeletionProtection": False,
        "BackupRetentionPeriod": 7,
    }
    return {**entry, **settings}


def cluster(name: str, *, protected: bool) -> dict[str, Any]:
    """A database cluster as RDS lists it."""
    return {
        "DBClusterIdentifier": name,
        "DBClusterArn": f"{ARN}:cluster:{name}",
        "Engine": "aurora-mysql",
        "DeletionProtection": protected,
        "BackupRetentionPeriod": 7,
    }


def statuses(
    control: str, instances: Sequence[Any] = (), clusters: Sequence[Any] = (), **parameters: Any
) -> dict[str, str]:
    """Statuses by what the resource's ARN ends with: `db:orders`, `cluster:orders`."""
    answers = {
        "rds:describe_db_instances": {"DBInstances": list(instances)},
        "rds:describe_db_clusters": {"DBClusters": list(clusters)},
    }
    found = judged(account(answers), control, **parameters)
    return {":".join(finding.resource.split(":")[5:]): finding.status for _, finding in found}


@pytest.mark.parametrize(
    ("storage_encrypted", "encryption_type", "allowed", "is_encrypted"),
    [
        pytest.param(True, "sse-kms", False, True, id="a KMS key"),
        pytest.param(True, None, False, True, id="the flag alone, where RDS answers no type"),
        pytest.param(False, "sse-kms", False, True, id="the type alone"),
        pytest.param(False, "sse-rds", True, True, id="a key of AWS, allowed: the flag is off and the data encrypted"),
        pytest.param(False, "sse-rds", False, False, id="a key of AWS, not allowed"),
        pytest.param(True, "sse-rds", False, False, id="a key of AWS, not allowed, whatever the flag says"),
        pytest.param(False, "none", True, False, id="not encrypted"),
        pytest.param(False, None, True, False, id="not encrypted, where RDS answers no type"),
        pytest.param(False, "sse-new", True, False, id="a type that nobody knows yet"),
    ],
)
def test_encryption(storage_encrypted: bool, encryption_type: str | None, allowed: bool, is_encrypted: bool) -> None:
    found = DbInstance(
        place=Place(cast(Account, None), REGION),
        arn="arn:aws:rds:eu-west-1:111122223333:db:orders",
        name="orders",
        is_public=False,
        storage_encrypted=storage_encrypted,
        encryption_type=encryption_type,
        engine="postgres",
        is_in_two_zones=True,
        cluster=None,
        source_instance=None,
        source_cluster=None,
        certificate_ends=None,
        tags={},
    )
    assert found.is_encrypted(allow_aws_owned_key=allowed) is is_encrypted


@pytest.mark.parametrize(("allowed", "status"), [(True, "pass"), (False, "fail")], ids=["allowed", "not allowed"])
def test_the_profile_decides_about_keys_that_aws_owns(allowed: bool, status: str) -> None:
    orders = instance("orders", StorageEncryptionType="sse-rds")
    assert statuses("rds-instance-encrypted", [orders], allow_aws_owned_key=allowed) == {"db:orders": status}


def test_a_member_of_a_cluster_is_judged_for_encryption_and_openness() -> None:
    member = instance("orders-1", Engine="aurora-mysql", DBClusterIdentifier="orders", PubliclyAccessible=True)
    for control in ("rds-instance-encrypted", "rds-instance-not-public"):
        assert statuses(control, [member], [cluster("orders", protected=True)]) == {"db:orders-1": "fail"}


@pytest.mark.parametrize("protected", [True, False], ids=["protected", "not protected"])
def test_an_instance_outside_clusters_has_its_own_protection(protected: bool) -> None:
    found = statuses("rds-deletion-protection", [instance("orders", DeletionProtection=protected)])
    assert found == {"db:orders": "pass" if protected else "fail"}


@pytest.mark.parametrize("protected", [True, False], ids=["protected", "not protected"])
def test_a_cluster_answers_for_its_members(protected: bool) -> None:
    member = instance("orders-1", DBClusterIdentifier="orders", DeletionProtection=not protected)
    found = statuses("rds-deletion-protection", [member], [cluster("orders", protected=protected)])
    assert found == {"cluster:orders": "pass" if protected else "fail"}


@pytest.mark.parametrize("control_id", ["rds-instance-encrypted", "rds-instance-not-public", "rds-deletion-protection"])
def test_without_databases_nothing_is_judged(control_id: str) -> None:
    assert list(statuses(control_id).values()) == ["not_applicable"]


def test_an_instance_that_does_not_say_whether_it_is_public_is_unreadable() -> None:
    silent = instance("orders")
    del silent["PubliclyAccessible"]
    assert list(statuses("rds-instance-not-public", [silent]).values()) == ["error"]
