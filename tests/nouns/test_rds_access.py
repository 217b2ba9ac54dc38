"""Databases as clients see them: which parameter requires TLS, of which group, and what else is asked of an engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.nouns.stage import Stage

INSTANCE: dict[str, Any] = {
    "DBInstanceIdentifier": "orders",
    "DBInstanceArn": "arn:aws:rds:eu-west-1:123456789012:db:orders",
    "Engine": "postgres",
    "PubliclyAccessible": False,
    "StorageEncrypted": True,
    "MultiAZ": True,
    "MasterUsername": "acme_owner",
    "IAMDatabaseAuthenticationEnabled": True,
    "EnabledCloudwatchLogsExports": ["postgresql"],
    "DBParameterGroups": [{"DBParameterGroupName": "acme", "ParameterApplyStatus": "in-sync"}],
}
CLUSTER: dict[str, Any] = {
    "DBClusterIdentifier": "ledger",
    "DBClusterArn": "arn:aws:rds:eu-west-1:123456789012:cluster:ledger",
    "Engine": "docdb",
    "DBClusterParameterGroup": "acme",
    "DBClusterMembers": [{"DBInstanceIdentifier": "ledger-1", "DBClusterParameterGroupStatus": "in-sync"}],
}
WAITING = [{"DBParameterGroupName": "acme", "ParameterApplyStatus": "pending-reboot"}]
FORCED = ("rds.force_ssl", "1")


def verdict(stage: Stage, control: str, **entry: Any) -> str:
    """What is found of one instance with these values; None leaves one out."""
    instance = {name: value for name, value in {**INSTANCE, **entry}.items() if value is not None}
    stage.answer("rds.DescribeDBInstances", {"DBInstances": [instance]})
    stage.answer("rds.DescribeDBClusters", {"DBClusters": []})
    (only,) = stage.judge([control])
    return only.status


def parameters(*named: tuple[str, str | None]) -> dict[str, Any]:
    entries = [{"ParameterName": name, "ParameterValue": value} for name, value in named]
    return {"Parameters": [{name: value for name, value in each.items() if value is not None} for each in entries]}


@pytest.mark.parametrize(
    ("entry", "answer", "expected"),
    [
        pytest.param({}, parameters(FORCED), "pass", id="PostgreSQL requires it"),
        pytest.param({}, parameters(("rds.force_ssl", "0")), "fail", id="PostgreSQL does not"),
        pytest.param({}, parameters(("rds.force_ssl", None)), "fail", id="no value is off"),
        pytest.param({}, parameters(("ssl", "1")), "fail", id="another parameter"),
        pytest.param({}, parameters(), "error", id="a group without parameters"),
        pytest.param({"DBParameterGroups": WAITING}, parameters(FORCED), "fail", id="not in force before a reboot"),
        pytest.param({"DBParameterGroups": []}, parameters(FORCED), "error", id="no group at all"),
        pytest.param(
            {"Engine": "mysql"}, parameters(("require_secure_transport", "ON")), "pass", id="MySQL, in its own words"
        ),
        pytest.param({"Engine": "mysql"}, parameters(FORCED), "fail", id="a parameter of another engine"),
        pytest.param({"Engine": "sqlserver-ee"}, parameters(FORCED), "pass", id="an edition of SQL Server"),
        pytest.param({"Engine": "oracle-ee"}, parameters(FORCED), "not_applicable", id="Oracle has an option for it"),
        pytest.param({"Engine": "custom-sqlserver-ee"}, parameters(FORCED), "not_applicable", id="RDS Custom"),
        pytest.param({"Engine": "timescale"}, parameters(FORCED), "error", id="an engine that nobody knows yet"),
    ],
)
def test_an_instance_requires_tls(stage: Stage, entry: dict[str, Any], answer: dict[str, Any], expected: str) -> None:
    stage.answer("rds.DescribeDBParameters", answer)

    assert verdict(stage, "rds-tls-required", **entry) == expected


@pytest.mark.parametrize(
    ("value", "state", "expected"),
    [
        pytest.param("enabled", "in-sync", "pass", id="on"),
        pytest.param("tls1.3+", "in-sync", "pass", id="of one version"),
        pytest.param("disabled", "in-sync", "fail", id="off"),
        pytest.param("optional", "in-sync", "fail", id="a value that nobody knows yet"),
        pytest.param("enabled", "pending-reboot", "fail", id="a member that does not go by it yet"),
    ],
)
def test_a_cluster_requires_tls_by_its_own_group(stage: Stage, value: str, state: str, expected: str) -> None:
    members = [*CLUSTER["DBClusterMembers"], {"DBInstanceIdentifier": "2", "DBClusterParameterGroupStatus": state}]
    stage.answer("rds.DescribeDBClusters", {"DBClusters": [{**CLUSTER, "DBClusterMembers": members}]})
    stage.answer("rds.DescribeDBInstances", {"DBInstances": []})
    stage.answer("rds.DescribeDBClusterParameters", parameters(("tls", value)))

    (only,) = stage.judge(["rds-tls-required"])

    assert only.status == expected


def test_a_member_of_a_cluster_that_is_not_listed_is_an_error(stage: Stage) -> None:
    stage.answer("rds.DescribeDBInstances", {"DBInstances": [{**INSTANCE, "DBClusterIdentifier": "ledger"}]})
    stage.answer("rds.DescribeDBClusters", {"DBClusters": []})

    (only,) = stage.judge(["rds-tls-required"])

    assert only.status == "error"
    assert "orders is a member of the cluster ledger, which is not listed" in only.reason


@pytest.mark.parametrize(
    ("of_control", "entry", "expected"),
    [
        pytest.param("rds-logs-exported", {}, "pass", id="the log of its engine"),
        pytest.param("rds-logs-exported", {"EnabledCloudwatchLogsExports": None}, "fail", id="nothing is exported"),
        pytest.param("rds-logs-exported", {"Engine": "mysql"}, "fail", id="the log of another engine"),
        pytest.param("rds-logs-exported", {"Engine": "db2-se"}, "not_applicable", id="nothing is required of it"),
        pytest.param("rds-iam-sign-in", {"IAMDatabaseAuthenticationEnabled": None}, "error", id="nothing is said"),
        pytest.param("rds-iam-sign-in", {"IAMDatabaseAuthenticationEnabled": False}, "fail", id="off"),
        pytest.param("rds-iam-sign-in", {"Engine": "oracle-se2"}, "not_applicable", id="not offered"),
        pytest.param("rds-admin-name-custom", {"MasterUsername": "Admin"}, "fail", id="whatever its case"),
        pytest.param("rds-admin-name-custom", {"MasterUsername": "admin2"}, "pass", id="a longer name"),
        pytest.param("rds-admin-name-custom", {"MasterUsername": None}, "error", id="no name"),
    ],
)
def test_what_else_is_asked_of_an_engine(stage: Stage, of_control: str, entry: dict[str, Any], expected: str) -> None:
    assert verdict(stage, of_control, **entry) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        pytest.param(timedelta(days=90, hours=1), "pass", id="90 days"),
        pytest.param(timedelta(days=89, hours=23), "fail", id="not quite 90 days"),
        pytest.param(timedelta(days=-1), "fail", id="ended yesterday"),
        pytest.param(None, "error", id="not told"),
    ],
)
def test_a_certificate_is_current(stage: Stage, left: timedelta | None, expected: str) -> None:
    details = None if left is None else {"ValidTill": datetime.now(UTC) + left}

    assert verdict(stage, "rds-certificate-current", CertificateDetails=details) == expected
