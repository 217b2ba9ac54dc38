"""What moto lacks, read over HTTP through boto3 as controls read it. The seeds are in `gap_seeds`."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jmespath  # type: ignore[import-untyped]  # it has no stubs
import pytest
from botocore.exceptions import ClientError

from fixtures.sandbox.gaps.credential_report import COLUMNS
from tests.sandbox.gap_seeds import APPROVALS, KEY_USED
from tests.sandbox.house import House, running


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running(["-m", "tests.sandbox.gap_seeds"]) as (house, _):
        yield house


def read(house: House, account: str, call: str, **arguments: Any) -> Any:
    """Call "service.operation" in the home region, or "service.operation@region"."""
    operation, _, region = call.partition("@")
    service, _, method = operation.partition(".")
    return getattr(house.client(account, service, region or "eu-west-1"), method)(**arguments)


BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


CASES: list[tuple[str, str, str, dict[str, Any], str, object]] = [
    (
        "analyzers of a region",
        "demo",
        "accessanalyzer.list_analyzers",
        {},
        "analyzers[].[name, type, status]",
        [
            ["external-0", "ACCOUNT", "ACTIVE"],
            ["external-1", "ACCOUNT", "ACTIVE"],
            ["external-2", "ACCOUNT", "ACTIVE"],
            ["unused", "ACCOUNT_UNUSED_ACCESS", "DISABLED"],
        ],
    ),
    (
        "analyzers of another region",
        "demo",
        "accessanalyzer.list_analyzers@us-east-1",
        {},
        "analyzers[].arn",
        ["arn:aws:access-analyzer:us-east-1:444455556666:analyzer/elsewhere"],
    ),
    ("analyzers of another account", "model", "accessanalyzer.list_analyzers", {}, "analyzers", []),
    (
        "analyzers of a type",
        "demo",
        "accessanalyzer.list_analyzers",
        {"type": "ACCOUNT_UNUSED_ACCESS"},
        "analyzers[].name",
        ["unused"],
    ),
    (
        "repositories",
        "demo",
        "codecommit.list_repositories",
        {},
        "repositories[].repositoryName",
        ["guarded", "open"],
    ),
    (
        "repositories of another account",
        "model",
        "codecommit.list_repositories",
        {},
        "repositories[].repositoryName",
        ["untouched"],
    ),
    (
        "approval templates of a repository",
        "demo",
        "codecommit.list_associated_approval_rule_templates_for_repository",
        {"repositoryName": "guarded"},
        "approvalRuleTemplateNames",
        ["two-approvals"],
    ),
    (
        "a repository without approval templates",
        "demo",
        "codecommit.list_associated_approval_rule_templates_for_repository",
        {"repositoryName": "open"},
        "approvalRuleTemplateNames",
        [],
    ),
    (
        "an approval template",
        "demo",
        "codecommit.get_approval_rule_template",
        {"approvalRuleTemplateName": "two-approvals"},
        "approvalRuleTemplate.approvalRuleTemplateContent",
        APPROVALS,
    ),
    (
        "the root user in the summary",
        "demo",
        "iam.get_account_summary",
        {},
        "SummaryMap.[AccountMFAEnabled, AccountAccessKeysPresent, AccountPasswordPresent,"
        " AccountSigningCertificatesPresent]",
        [1, 1, 1, 0],
    ),
    (
        "a root user without credentials",
        "model",
        "iam.get_account_summary",
        {},
        "SummaryMap.[AccountMFAEnabled, AccountAccessKeysPresent, AccountPasswordPresent,"
        " AccountSigningCertificatesPresent]",
        [0, 0, 0, 0],
    ),
    (
        "a policy that AWS manages, attached",
        "demo",
        "iam.list_attached_user_policies",
        {"UserName": "robot"},
        "AttachedPolicies[].PolicyName",
        ["AdministratorAccess"],
    ),
    (
        "a new key's usage",
        "demo",
        "kms.describe_key",
        {"KeyId": "alias/default"},
        "KeyMetadata.[KeyUsage, MultiRegion]",
        ["ENCRYPT_DECRYPT", False],
    ),
    (
        "a usage that was asked for",
        "demo",
        "kms.describe_key",
        {"KeyId": "alias/signing"},
        "KeyMetadata.KeyUsage",
        "SIGN_VERIFY",
    ),
    (
        "backup vaults",
        "demo",
        "backup.list_backup_vaults",
        {},
        "BackupVaultList[].[BackupVaultName, VaultType, Locked, MinRetentionDays]",
        [
            ["plain", "BACKUP_VAULT", False, None],
            ["locked", "BACKUP_VAULT", True, 30],
            ["air-gapped", "LOGICALLY_AIR_GAPPED_BACKUP_VAULT", False, None],
        ],
    ),
    (
        "the date of a vault's lock",
        "demo",
        "backup.list_backup_vaults",
        {},
        "BackupVaultList[1].LockDate",
        KEY_USED,
    ),
    (
        "logging of web ACLs",
        "demo",
        "wafv2.list_logging_configurations",
        {"Scope": "REGIONAL"},
        "LoggingConfigurations[].[LogScope, LogDestinationConfigs[0]]",
        [["CUSTOMER", "arn:aws:logs:eu-west-1:444455556666:log-group:aws-waf-logs-acme"]],
    ),
    (
        "classes of log groups",
        "demo",
        "logs.describe_log_groups",
        {"logGroupNamePrefix": "/acme/"},
        "logGroups[].[logGroupName, logGroupClass, metricFilterCount]",
        [["/acme/infrequent", "INFREQUENT_ACCESS", 0], ["/acme/standard", "STANDARD", 1]],
    ),
    (
        "a recorder that has been started",
        "demo",
        "config.describe_configuration_recorder_status",
        {},
        "ConfigurationRecordersStatus[].[recording, lastStatus]",
        [[True, "SUCCESS"]],
    ),
    (
        "encryption of database instances",
        "demo",
        "rds.describe_db_instances",
        {},
        "sort_by(DBInstances, &DBInstanceIdentifier)[].[DBInstanceIdentifier, StorageEncryptionType]",
        [["aws-owned", "sse-rds"], ["encrypted", "sse-kms"], ["plain", "none"]],
    ),
    (
        "encryption of database clusters",
        "demo",
        "rds.describe_db_clusters",
        {},
        "DBClusters[].StorageEncryptionType",
        ["sse-kms"],
    ),
    (
        "regions of buckets",
        "demo",
        "s3.list_buckets",
        {},
        "Buckets[].[Name, BucketRegion]",
        [["acme-ireland", "eu-west-1"], ["acme-virginia", "us-east-1"]],
    ),
    (
        "MFA delete",
        "demo",
        "s3.get_bucket_versioning",
        {"Bucket": "acme-ireland"},
        "[Status, MFADelete]",
        ["Enabled", "Enabled"],
    ),
    (
        "versioning never set",
        "model",
        "s3.get_bucket_versioning",
        {"Bucket": "acme-untouched"},
        "[Status, MFADelete]",
        [None, None],
    ),
    (
        "blocked kinds of encryption",
        "demo",
        "s3.get_bucket_encryption",
        {"Bucket": "acme-ireland"},
        "ServerSideEncryptionConfiguration.Rules[0].BlockedEncryptionTypes.EncryptionType",
        ["SSE-C"],
    ),
    (
        "a new bucket's encryption",
        "model",
        "s3.get_bucket_encryption",
        {"Bucket": "acme-untouched"},
        "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm",
        "AES256",
    ),
    (
        "a new bucket's public access block",
        "model",
        "s3.get_public_access_block",
        {"Bucket": "acme-untouched"},
        "PublicAccessBlockConfiguration",
        BLOCKED,
    ),
    (
        "a new bucket's ownership",
        "model",
        "s3.get_bucket_ownership_controls",
        {"Bucket": "acme-untouched"},
        "OwnershipControls.Rules[].ObjectOwnership",
        ["BucketOwnerEnforced"],
    ),
    (
        "an ownership that was asked for",
        "demo",
        "s3.get_bucket_ownership_controls",
        {"Bucket": "acme-virginia"},
        "OwnershipControls.Rules[].ObjectOwnership",
        ["ObjectWriter"],
    ),
    (
        "the account's public access block",
        "demo",
        "s3control.get_public_access_block",
        {"AccountId": "444455556666"},
        "PublicAccessBlockConfiguration",
        {**BLOCKED, "BlockPublicPolicy": False},
    ),
    (
        "a trail that delivers",
        "demo",
        "cloudtrail.get_trail_status",
        {"Name": "healthy"},
        "LatestDeliveryError",
        None,
    ),
    (
        "a trail that fails to deliver",
        "demo",
        "cloudtrail.get_trail_status",
        {"Name": "arn:aws:cloudtrail:eu-west-1:444455556666:trail/failing"},
        "[LatestDeliveryError, LatestDigestDeliveryTime]",
        ["NoSuchBucket", None],
    ),
    (
        "a trail with advanced selectors",
        "demo",
        "cloudtrail.get_event_selectors",
        {"TrailName": "healthy"},
        "[EventSelectors, length(AdvancedEventSelectors)]",
        [None, 1],
    ),
    (
        "a trail that nobody configured",
        "model",
        "cloudtrail.get_event_selectors",
        {"TrailName": "untouched"},
        "EventSelectors[].[ReadWriteType, IncludeManagementEvents]",
        [["All", True]],
    ),
]
"""Name, account, call, its arguments, what of the answer is looked at (JMESPath), and what that is."""


@pytest.mark.parametrize(
    ("account", "call", "arguments", "path", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_gap_is_filled(
    house: House, account: str, call: str, arguments: dict[str, Any], path: str, expected: object
) -> None:
    assert jmespath.search(path, read(house, account, call, **arguments)) == expected


@pytest.mark.parametrize(
    ("alias", "period"), [("alias/default", 365), ("alias/half-yearly", 180)], ids=["usual", "asked for"]
)
def test_a_rotated_key_tells_its_period(house: House, alias: str, period: int) -> None:
    key = read(house, "demo", "kms.describe_key", KeyId=alias)["KeyMetadata"]["KeyId"]
    status = read(house, "demo", "kms.get_key_rotation_status", KeyId=key)
    assert status["KeyRotationEnabled"] is True
    assert status["RotationPeriodInDays"] == period
    assert status["NextRotationDate"] - datetime.now(UTC) < timedelta(days=period)


def test_a_key_that_is_not_rotated_has_no_period(house: House) -> None:
    (key,) = read(house, "model", "kms.list_keys")["Keys"]
    status = read(house, "model", "kms.get_key_rotation_status", KeyId=key["KeyId"])
    assert status["KeyRotationEnabled"] is False
    assert "RotationPeriodInDays" not in status


@pytest.mark.parametrize(
    ("call", "arguments", "code"),
    [
        pytest.param(
            "codecommit.get_approval_rule_template",
            {"approvalRuleTemplateName": "missing"},
            "ApprovalRuleTemplateDoesNotExistException",
            id="no such approval template",
        ),
        pytest.param(
            "codecommit.list_associated_approval_rule_templates_for_repository",
            {"repositoryName": "missing"},
            "RepositoryDoesNotExistException",
            id="no such repository",
        ),
        pytest.param(
            "s3.get_public_access_block",
            {"Bucket": "acme-virginia"},
            "NoSuchPublicAccessBlockConfiguration",
            id="public access block deleted",
        ),
        pytest.param(
            "lambda.get_policy",
            {"FunctionName": "aliased"},
            "ResourceNotFoundException",
            id="policy on the alias only",
        ),
        pytest.param(
            "accessanalyzer.get_analyzer", {"analyzerName": "x"}, "UnknownOperationException", id="not played"
        ),
    ],
)
def test_what_is_absent_is_an_error(house: House, call: str, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        read(house, "demo", call, **arguments)
    assert caught.value.response["Error"]["Code"] == code


def test_no_account_public_access_block_is_an_error(house: House) -> None:
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        read(house, "model", "s3control.get_public_access_block", AccountId="111122223333")


@pytest.mark.parametrize(
    ("account", "service", "operation", "size", "key", "count"),
    [
        pytest.param("demo", "accessanalyzer", "list_analyzers", 1, "analyzers", 4, id="analyzers one by one"),
        pytest.param("demo", "accessanalyzer", "list_analyzers", 3, "analyzers", 4, id="analyzers by three"),
        pytest.param("demo", "s3", "list_buckets", 1, "Buckets", 2, id="buckets one by one"),
    ],
)
def test_lists_come_in_pages(
    house: House, account: str, service: str, operation: str, size: int, key: str, count: int
) -> None:
    paginator = house.client(account, service).get_paginator(operation)
    pages = [page[key] for page in paginator.paginate(PaginationConfig={"PageSize": size})]
    assert [len(page) <= size for page in pages] == [True] * -(-count // size)
    assert sum(map(len, pages)) == count


def test_a_function_urls_permission_is_a_condition(house: House) -> None:
    policy = json.loads(read(house, "demo", "lambda.get_policy", FunctionName="hook")["Policy"])
    assert policy["Statement"][0]["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
    assert "FunctionUrlAuthType" not in policy["Statement"][0]


def test_an_alias_has_its_own_policy(house: House) -> None:
    answer = read(house, "demo", "lambda.get_policy", FunctionName="aliased", Qualifier="live")
    assert [statement["Sid"] for statement in json.loads(answer["Policy"])["Statement"]] == ["anyone"]


@pytest.mark.parametrize(
    "field", ["LatestDeliveryTime", "LatestCloudWatchLogsDeliveryTime", "LatestDigestDeliveryTime"]
)
def test_a_healthy_trail_delivered_just_now(house: House, field: str) -> None:
    status = read(house, "demo", "cloudtrail.get_trail_status", Name="healthy")
    assert datetime.now(UTC) - status[field] < timedelta(minutes=5)


def report(house: House, account: str) -> list[dict[str, str]]:
    house.client(account, "iam").generate_credential_report()
    content = house.client(account, "iam").get_credential_report()["Content"]
    return list(csv.DictReader(content.decode().splitlines()))


def test_the_credential_report_has_awss_columns_in_order(house: House) -> None:
    assert tuple(report(house, "demo")[0]) == COLUMNS


def test_the_credential_report_is_of_now(house: House) -> None:
    report(house, "demo")
    made = house.client("demo", "iam").get_credential_report()["GeneratedTime"]
    assert datetime.now(UTC) - made < timedelta(minutes=5)


def test_the_credential_report_starts_with_the_root_user(house: House) -> None:
    assert report(house, "demo")[0] == {
        "user": "<root_account>",
        "arn": "arn:aws:iam::444455556666:root",
        "user_creation_time": "2023-04-05T06:07:08+00:00",
        "password_enabled": "not_supported",
        "password_last_used": "2026-02-03T04:05:06+00:00",
        "password_last_changed": "not_supported",
        "password_next_rotation": "not_supported",
        "mfa_active": "true",
        "access_key_1_active": "true",
        "access_key_1_last_rotated": "2023-04-05T06:07:08+00:00",
        "access_key_1_last_used_date": "2026-01-02T03:04:05+00:00",
        "access_key_1_last_used_region": "us-east-1",
        "access_key_1_last_used_service": "s3",
        "access_key_2_active": "false",
        "access_key_2_last_rotated": "N/A",
        "access_key_2_last_used_date": "N/A",
        "access_key_2_last_used_region": "N/A",
        "access_key_2_last_used_service": "N/A",
        "cert_1_active": "false",
        "cert_1_last_rotated": "N/A",
        "cert_2_active": "false",
        "cert_2_last_rotated": "N/A",
    }


@pytest.mark.parametrize(
    ("account", "user", "expected"),
    [
        pytest.param(
            "model",
            "<root_account>",
            {"password_enabled": "false", "password_last_used": "N/A", "mfa_active": "false"},
            id="root user without a password",
        ),
        pytest.param(
            "demo",
            "console",
            {
                "password_enabled": "true",
                "password_last_used": "no_information",
                "password_last_changed": "2023-04-06T06:07:08+00:00",
                "password_next_rotation": "2023-07-05T06:07:08+00:00",
                "mfa_active": "false",
                "access_key_1_active": "false",
                "access_key_1_last_rotated": "N/A",
            },
            id="user with a password never used",
        ),
        pytest.param(
            "demo",
            "robot",
            {
                "password_enabled": "false",
                "password_last_used": "N/A",
                "password_last_changed": "N/A",
                "password_next_rotation": "N/A",
                "access_key_1_active": "true",
                "access_key_1_last_rotated": "2023-04-05T06:07:08+00:00",
                "access_key_1_last_used_date": "2026-01-02T03:04:05+00:00",
                "access_key_1_last_used_region": "N/A",
                "access_key_2_active": "false",
                "access_key_2_last_rotated": "2023-04-05T06:07:08+00:00",
                "access_key_2_last_used_date": "N/A",
            },
            id="user with a used key and an inactive one",
        ),
    ],
)
def test_the_credential_report_tells_each_users_state(
    house: House, account: str, user: str, expected: dict[str, str]
) -> None:
    row = next(row for row in report(house, account) if row["user"] == user)
    assert row.items() >= expected.items()
