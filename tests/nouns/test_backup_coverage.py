"""What is in a backup plan: which things are asked for, from when on, and what counts as a backup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

HERE = "arn:aws:ec2:eu-west-1:123456789012"
VOLUME, INSTANCE = f"{HERE}:volume/vol-1", f"{HERE}:instance/i-1"
DATABASE = "arn:aws:rds:eu-west-1:123456789012:db:orders"
LONG_AGO, TODAY = timedelta(days=30), timedelta(hours=1)


def ago(time: timedelta) -> datetime:
    return datetime.now(UTC) - time


def backup(arn: str, age: timedelta | None) -> dict[str, Any]:
    return {"ResourceArn": arn, "ResourceType": "x", **({} if age is None else {"LastBackupTime": ago(age)})}


def judged(
    stage: Stage, backups: list[dict[str, Any]], *, volumes: Any = (), databases: Any = (), **parameters: Any
) -> Finding:
    """What is found of the one volume or database there is."""
    stage.answer("rds.DescribeDBInstances", {"DBInstances": list(databases)})
    stage.answer("rds.DescribeDBClusters", {"DBClusters": []})
    stage.answer("ec2.DescribeVolumes", {"Volumes": list(volumes)})
    stage.answer("backup.ListProtectedResources", {"Results": backups})
    (only,) = stage.judge(["backup-plan-covers"], parameters={"backup-plan-covers": parameters})
    return only


def volume(age: timedelta, **more: Any) -> dict[str, Any]:
    return {"VolumeId": "vol-1", "CreateTime": ago(age), **more}


@pytest.mark.parametrize(
    ("age", "backups", "expected"),
    [
        pytest.param(LONG_AGO, [backup(VOLUME, TODAY)], "pass", id="backed up today"),
        pytest.param(LONG_AGO, [backup(VOLUME, timedelta(days=2, hours=-1))], "pass", id="not quite two days ago"),
        pytest.param(LONG_AGO, [backup(VOLUME, timedelta(days=2, hours=1))], "fail", id="more than two days ago"),
        pytest.param(LONG_AGO, [backup(VOLUME, None)], "error", id="protected, and nobody says since when"),
        pytest.param(LONG_AGO, [], "fail", id="in no plan"),
        pytest.param(LONG_AGO, [backup(f"{VOLUME}2", TODAY)], "fail", id="another volume"),
        pytest.param(LONG_AGO, [backup(VOLUME, LONG_AGO), backup(VOLUME, TODAY)], "pass", id="the later one counts"),
        pytest.param(timedelta(days=2, hours=1), [], "fail", id="more than two days old"),
        pytest.param(timedelta(days=2, hours=-1), [], "not_applicable", id="not quite two days old"),
    ],
)
def test_a_volume_is_backed_up(stage: Stage, age: timedelta, backups: list[dict[str, Any]], expected: str) -> None:
    assert judged(stage, backups, volumes=[volume(age)]).status == expected


def test_a_volume_is_backed_up_with_its_instance(stage: Stage) -> None:
    attached = volume(LONG_AGO, Attachments=[{"InstanceId": "i-1", "State": "attached"}])

    assert judged(stage, [backup(INSTANCE, TODAY)], volumes=[attached]).status == "pass"


def test_what_is_tagged_as_exempt_is_not_asked_for(stage: Stage) -> None:
    tagged = volume(LONG_AGO, Tags=[{"Key": "environment", "Value": "development"}])

    assert judged(stage, [], volumes=[tagged]).status == "not_applicable"


def test_a_type_that_is_not_asked_for(stage: Stage) -> None:
    assert judged(stage, [], volumes=[volume(LONG_AGO)], resource_types=("RDS",)).status == "not_applicable"


def test_a_type_that_nobody_looks_at_is_an_error(stage: Stage) -> None:
    found = judged(stage, [], volumes=[volume(LONG_AGO)], resource_types=("EBS", "S3"))

    assert found.status == "error"
    assert "S3" in found.reason


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param({"DBInstanceStatus": "creating"}, "not_applicable", id="it is being made"),
        pytest.param({"DBInstanceStatus": "available"}, "error", id="nobody says since when there is one"),
        pytest.param({"InstanceCreateTime": ago(LONG_AGO)}, "fail", id="an old one"),
        pytest.param(
            {"InstanceCreateTime": ago(LONG_AGO), "DBInstanceStatus": "creating"}, "fail", id="once it has a day"
        ),
    ],
)
def test_a_database_without_a_backup(stage: Stage, entry: dict[str, Any], expected: str) -> None:
    database = {"DBInstanceIdentifier": "orders", "DBInstanceArn": DATABASE, "Engine": "postgres", **entry}

    assert judged(stage, [], databases=[database]).status == expected
