"""One client a service asks every region as a client of that region would: the same host, signed for the same one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.model import ServiceModel

from muster.judging.catalogue import import_controls
from muster.judging.closure import operations_of
from muster.reading.reads import Call
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import client_config, new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.models import LOADER
from muster.suites import Suites
from tests.engine.loopback import Response, loopback

SUITES = Suites.at(Path(__file__).parents[2])
REGIONS = ("us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1")
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
GIVEN = {"AccountId": "111122223333"}
ASKED = operations_of(import_controls(SUITES).values())
SERVICES = sorted({name.partition(":")[0] for name in ASKED} - {"github", "estate"})
LIST_KEYS = Call("p", "eu-west-1", "kms", "list_keys", {})

Sent = tuple[str, str, str]
"""Host, region and service for which a request was signed."""


class _Denied:
    """The body of an error."""

    def stream(self) -> Iterator[bytes]:
        return iter([b"<Error><Code>AccessDenied</Code></Error>"])


def told(request: Any, into: list[Sent], *responses: AWSResponse) -> Any:
    """Answer instead of the network; note what would have been sent."""
    authorization = request.headers["Authorization"]
    authorization = authorization.decode() if isinstance(authorization, bytes) else authorization
    scope = re.search(r"Credential=a/\d+/([^/]+)/([^/]+)/", authorization)
    assert scope is not None
    into.append((urlsplit(request.url).hostname or "", scope[1], scope[2]))
    answers = [*responses, AWSResponse(request.url, 403, {}, _Denied())]
    return answers[min(len(into), len(answers)) - 1]


def question_of(service: str) -> tuple[str, dict[str, str]] | None:
    """An operation of a service that controls read and that asks for nothing but the account; None without one."""
    model = ServiceModel(LOADER.load_service_model(service, "service-2"), service)
    methods = {xform_name(name): name for name in model.operation_names}
    for name in sorted(ASKED):
        if name.startswith(f"{service}:"):
            operation = name.partition(":")[2]
            shape = model.operation_model(methods[operation]).input_shape
            required = set(shape.required_members) if shape else set()
            if required <= GIVEN.keys():
                return operation, {member: GIVEN[member] for member in required}
    return None


def test_the_client_of_all_regions_sends_what_a_client_of_the_region_would(
    monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setenv("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "regional")
    asked = {service: question for service in SERVICES if (question := question_of(service)) is not None}
    assert {"ec2", "iam", "s3", "s3control", "kms"} <= asked.keys()

    for service, (operation, request) in asked.items():
        with subtests.test(service):
            transport, session = AwsTransport(new_session(**KEYS), Counts()), new_session(**KEYS)
            shared: list[Sent] = []
            own: list[Sent] = []
            events = transport.client(service, REGIONS[-1]).meta.events
            events.register("before-send", partial(note, into=shared))
            for region in REGIONS:
                transport.send(Call("p", region, service, operation, request))
                client = session.client(service, region_name=region, config=client_config())
                client.meta.events.register("before-send", partial(note, into=own))
                with pytest.raises(client.exceptions.ClientError):
                    getattr(client, operation)(**request)
            assert len(shared) == len(REGIONS)
            assert shared == own


def note(request: Any, into: list[Sent], **_: Any) -> Any:
    return told(request, into)


def test_a_client_is_made_once_for_all_regions() -> None:
    transport = AwsTransport(new_session(**KEYS), Counts())
    assert transport.client("kms", "eu-west-1") is transport.client("kms", "us-east-1")


def test_global_endpoints_of_old_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    transport = AwsTransport(new_session(**KEYS), Counts())
    sent: list[Sent] = []
    transport.client("sts", "us-east-1").meta.events.register("before-send", lambda request, **_: told(request, sent))
    for region in ("us-east-1", "eu-west-1"):
        transport.send(Call("p", region, "sts", "get_caller_identity", {}))
    assert [host for host, _, _ in sent] == ["sts.us-east-1.amazonaws.com", "sts.eu-west-1.amazonaws.com"]


def test_a_bucket_of_another_region_is_asked_there() -> None:
    transport = AwsTransport(new_session(**KEYS), Counts())
    moved = AWSResponse("https://s3", 301, {"x-amz-bucket-region": "eu-central-1"}, _Denied())
    sent: list[Sent] = []
    events = transport.client("s3", "us-east-1").meta.events
    events.register("before-send", lambda request, **_: told(request, sent, moved))
    transport.send(Call("p", "eu-west-1", "s3", "get_bucket_versioning", {"Bucket": "acme-logs"}))
    assert sent == [
        ("s3.eu-west-1.amazonaws.com", "eu-west-1", "s3"),
        ("s3.eu-central-1.amazonaws.com", "eu-central-1", "s3"),
    ]


@pytest.mark.parametrize("region", ["eu-west-1.example.com/", "example.com#", "a b", "", "-"])
def test_a_region_that_is_no_label_of_a_host_is_not_asked(region: str) -> None:
    with loopback(lambda _: Response()) as server:
        transport = AwsTransport(new_session(**KEYS), Counts(), endpoint_url=server.url)
        transport.client("kms", "eu-west-1")
        answer = transport.send(Call("p", region, "kms", "list_keys", {}))
        assert server.requests == []
    assert answer.error is not None
    assert answer.error.code in ("InvalidRegionError", "NoRegionError")


def test_a_region_that_throttles_spends_no_retries_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    body = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'
    slower = Response(400, body, {"Content-Type": "application/x-amz-json-1.1"})
    with loopback(lambda _: slower) as server:
        transport = AwsTransport(new_session(**KEYS), Counts(), endpoint_url=server.url)

        def requests_for(region: str) -> int:
            before = len(server.requests)
            transport.send(Call("p", region, "kms", "list_keys", {}))
            return len(server.requests) - before

        spent = [requests_for("eu-west-1") for _ in range(14)]
        assert (spent[0], spent[-1]) == (10, 1)
        assert requests_for("us-east-1") == 10
