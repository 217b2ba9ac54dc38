"""RDS: what encrypts an instance, and what a database is that deletion protection speaks of."""

from __future__ import annotations

from typing import Any, cast

import pytest
from moto.rds.models import rds_backends

from fixtures.rds import DbInstance
from muster import Place
from muster.judging.account import Account
from tests.nouns.stage import Stage

REGION = "eu-west-1"


@pytest.fixture
def rds(stage: Stage) -> Any:
    return stage.client("rds", region_name=REGION)


def create(rds: Any, name: str, **settings: Any) -> None:
    request = {"DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "PubliclyAccessible": False, **settings}
    rds.create_db_instance(DBInstanceIdentifier=name, **request)


def create_cluster(rds: Any, name: str, *, protected: bool) -> None:
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-mysql",
        MasterUsername="administrator",
        MasterUserPassword="for-a-test",
        DeletionProtection=protected,
    )


def verdicts(stage: Stage, control: str, **options: Any) -> dict[str, str]:
    """Statuses by what the resource's ARN ends with: `db:orders`, `cluster:orders`."""
    found = stage.judge([control], regions=[REGION], **options)
    return {":".join(verdict.resource.split(":")[5:]): verdict.status for verdict in found}


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
    instance = DbInstance(
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
    assert instance.is_encrypted(allow_aws_owned_key=allowed) is is_encrypted


@pytest.mark.parametrize(("allowed", "status"), [(True, "pass"), (False, "fail")], ids=["allowed", "not allowed"])
def test_the_profile_decides_about_keys_that_aws_owns(stage: Stage, rds: Any, allowed: bool, status: str) -> None:
    create(rds, "orders", StorageEncrypted=False)
    rds_backends["123456789012"][REGION].databases["orders"].aws_owned_key = True
    parameters = {"rds-instance-encrypted": {"allow_aws_owned_key": allowed}}
    assert verdicts(stage, "rds-instance-encrypted", parameters=parameters) == {"db:orders": status}


def test_a_member_of_a_cluster_is_judged_for_encryption_and_openness(stage: Stage, rds: Any) -> None:
    create_cluster(rds, "orders", protected=True)
    create(rds, "orders-1", Engine="aurora-mysql", DBClusterIdentifier="orders", PubliclyAccessible=True)
    assert verdicts(stage, "rds-instance-encrypted") == {"db:orders-1": "fail"}
    assert verdicts(stage, "rds-instance-not-public") == {"db:orders-1": "fail"}


@pytest.mark.parametrize("protected", [True, False], ids=["protected", "not protected"])
def test_an_instance_outside_clusters_has_its_own_protection(stage: Stage, rds: Any, protected: bool) -> None:
    create(rds, "orders", DeletionProtection=protected)
    assert verdicts(stage, "rds-deletion-protection") == {"db:orders": "pass" if protected else "fail"}


@pytest.mark.parametrize("protected", [True, False], ids=["protected", "not protected"])
def test_a_cluster_answers_for_its_members(stage: Stage, rds: Any, protected: bool) -> None:
    create_cluster(rds, "orders", protected=protected)
    create(rds, "orders-1", Engine="aurora-mysql", DBClusterIdentifier="orders", DeletionProtection=not protected)
    assert verdicts(stage, "rds-deletion-protection") == {"cluster:orders": "pass" if protected else "fail"}


@pytest.mark.parametrize("control_id", ["rds-instance-encrypted", "rds-instance-not-public", "rds-deletion-protection"])
@pytest.mark.usefixtures("rds")
def test_without_databases_nothing_is_judged(stage: Stage, control_id: str) -> None:
    assert list(verdicts(stage, control_id).values()) == ["not_applicable"]


def test_an_instance_that_does_not_say_whether_it_is_public_is_unreadable(stage: Stage, rds: Any) -> None:
    # moto leaves the flag out where the request did; AWS never does.
    rds.create_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.t4g.micro", Engine="postgres")
    assert list(verdicts(stage, "rds-instance-not-public").values()) == ["error"]
