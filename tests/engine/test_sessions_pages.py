"""Pages: all of an answer, at the largest size there is, as one piece of plain JSON; or an error, never a part."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from muster.reading.reads import Answer, Call
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.pages import as_json, merged_pages, says_more
from tests.engine.loopback import Request, Respond, Response, loopback

ACCESS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
JSON = {"Content-Type": "application/x-amz-json-1.1"}


@pytest.fixture
def mocked() -> Iterator[AwsTransport]:
    with mock_aws():
        yield AwsTransport(new_session(**ACCESS), Counts())


def client(service: str, region: str = "us-east-1") -> Any:
    return boto3.Session(**ACCESS).client(service, region_name=region)


def content(transport: AwsTransport, service: str, operation: str, **request: Any) -> Any:
    answer = transport.send(Call("prod", "us-east-1", service, operation, request))
    assert answer.error is None, answer.error
    return answer.content


def test_all_pages_of_iam_roles_are_joined(mocked: AwsTransport) -> None:
    iam = client("iam")
    for number in range(7):
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument="{}")
    roles = content(mocked, "iam", "list_roles", MaxItems=3)["Roles"]
    assert sorted(role["RoleName"] for role in roles) == [f"role-{number}" for number in range(7)]
    assert mocked._caller.counts.as_data()["iam"] == {"calls": 1, "requests": 3, "retries": 0, "throttles": 0}


def of_two_pages(first: str, second: str) -> Respond:
    """A server of XML whose second page is what follows the token `next`."""

    def respond(request: Request) -> Response:
        follows = "next" in parse_qs(request.body.decode() or urlsplit(request.path).query).get(
            "Marker" if request.body else "continuation-token", []
        )
        return Response(200, (second if follows else first).encode())

    return respond


USERS = (
    "<ListUsersResponse><ListUsersResult><Users><member><UserName>{}</UserName></member></Users>"
    "{}</ListUsersResult></ListUsersResponse>"
)
BUCKETS = "<ListAllMyBucketsResult><Buckets><Bucket><Name>{}</Name></Bucket></Buckets>{}</ListAllMyBucketsResult>"
TWO_PAGES = [
    pytest.param("iam", "list_users", "Users", USERS, "<IsTruncated>true</IsTruncated><Marker>next</Marker>", id="iam"),
    pytest.param("s3", "list_buckets", "Buckets", BUCKETS, "<ContinuationToken>next</ContinuationToken>", id="s3"),
]


@pytest.mark.parametrize(("service", "operation", "member", "page", "more"), TWO_PAGES)
def test_pages_of_xml_are_joined(service: str, operation: str, member: str, page: str, more: str) -> None:
    with loopback(of_two_pages(page.format("ada", more), page.format("bob", ""))) as server:
        transport = AwsTransport(new_session(**ACCESS), Counts(), endpoint_url=server.url)
        found = content(transport, service, operation)[member]
    assert [next(iter(item.values())) for item in found] == ["ada", "bob"]
    assert len(server.requests) == 2


def served(pages: list[dict[str, Any]], call: Call) -> tuple[Answer, list[dict[str, Any]]]:
    """The answer of a JSON service that serves these pages, the last again and again, and what it was sent."""
    turns = iter(pages)
    last: list[dict[str, Any]] = []

    def respond(_: Request) -> Response:
        last[:] = [next(turns, *last)]
        return Response(200, json.dumps(last[0]).encode(), {**JSON, "x-amzn-RequestId": f"r-{last[0].get('n', 0)}"})

    with loopback(respond) as server:
        answer = AwsTransport(new_session(**ACCESS), Counts(), endpoint_url=server.url).send(call)
        return answer, [json.loads(request.body) for request in server.requests]


def web_acls(*names: str, **more: str) -> dict[str, Any]:
    return {"WebACLs": [{"Name": name} for name in names], **more}


WEB_ACLS = Call("prod", "us-east-1", "wafv2", "list_web_acls", {"Scope": "REGIONAL"})


def test_pages_of_an_operation_that_botocore_cannot_paginate_are_joined() -> None:
    answer, sent = served(
        [web_acls("a", NextMarker="after a"), web_acls("b", NextMarker="after b"), web_acls("c")], WEB_ACLS
    )
    assert answer.content == web_acls("a", "b", "c")
    assert [request.get("NextMarker") for request in sent] == [None, "after a", "after b"]


def test_the_request_ids_of_all_pages_are_kept() -> None:
    answer, _ = served([web_acls("a", NextMarker="x") | {"n": 1}, web_acls("b") | {"n": 2}], WEB_ACLS)
    assert answer.request_ids == ("r-1", "r-2")


@pytest.mark.parametrize(
    ("call", "limit", "largest"),
    [
        pytest.param(WEB_ACLS, "Limit", 100, id="without a paginator"),
        pytest.param(Call("p", "us-east-1", "kms", "list_keys", {}), "Limit", 1000, id="with a paginator"),
        pytest.param(Call("p", "us-east-1", "kms", "list_keys", {"Limit": 5}), "Limit", 5, id="unless the noun says"),
        pytest.param(
            Call("p", "us-east-1", "kms", "describe_key", {"KeyId": "k"}), "Limit", None, id="no pages, no size"
        ),
    ],
)
def test_the_largest_page_is_asked_for(call: Call, limit: str, largest: int | None) -> None:
    _, sent = served([{}], call)
    assert sent[0].get(limit) == largest


def test_the_largest_page_is_asked_of_iam() -> None:
    body = b"<ListUsersResponse><ListUsersResult><IsTruncated>false</IsTruncated></ListUsersResult></ListUsersResponse>"
    with loopback(lambda _: Response(200, body)) as server:
        transport = AwsTransport(new_session(**ACCESS), Counts(), endpoint_url=server.url)
        transport.send(Call("p", "us-east-1", "iam", "list_users", {}))
    assert parse_qs(server.requests[0].body.decode())["MaxItems"] == ["1000"]


def test_a_token_that_comes_back_again_is_truncated_rather_than_endless() -> None:
    answer, sent = served([web_acls("a", NextMarker="here")], WEB_ACLS)
    assert answer.error is not None
    assert answer.error.code == "Truncated"
    assert len(sent) == 2


NEVER_ENDING = [
    pytest.param(
        Call("p", "us-east-1", "s3", "list_bucket_metrics_configurations", {"Bucket": "bucket"}),
        "<ListMetricsConfigurationsResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
        "</ListMetricsConfigurationsResult>",
        id="a continuation token",
    ),
    pytest.param(
        Call("p", "us-east-1", "cloudfront", "list_cache_policies", {}),
        "<CachePolicyList><NextMarker>n</NextMarker><MaxItems>1</MaxItems><Quantity>1</Quantity></CachePolicyList>",
        id="a marker inside of a structure",
    ),
    pytest.param(
        Call("p", "us-east-1", "route53", "list_hosted_zones_by_name", {}),
        "<ListHostedZonesByNameResponse><HostedZones/><IsTruncated>true</IsTruncated><NextDNSName>n</NextDNSName>"
        "<MaxItems>1</MaxItems></ListHostedZonesByNameResponse>",
        id="a flag and no token",
    ),
    pytest.param(
        Call(
            "p",
            "us-east-1",
            "ce",
            "get_cost_and_usage",
            {
                "TimePeriod": {"Start": "2026-10-01", "End": "2026-11-01"},
                "Granularity": "DAILY",
                "Metrics": ["UsageQuantity"],
            },
        ),
        '{"ResultsByTime": [], "NextPageToken": "t"}',
        id="a page token",
    ),
    pytest.param(
        Call("p", "us-east-1", "firehose", "list_delivery_streams", {}),
        '{"DeliveryStreamNames": ["a"], "HasMoreDeliveryStreams": true}',
        id="a flag that more follows",
    ),
    pytest.param(
        Call("p", "us-east-1", "kms", "list_keys", {}),
        '{"Keys": [], "Truncated": true}',
        id="a flag and no token, where botocore knows the pages",
    ),
    pytest.param(
        Call("p", "us-east-1", "cloudfront", "list_distributions", {}),
        "<DistributionList><IsTruncated>true</IsTruncated><Marker/><MaxItems>1</MaxItems><Quantity>1</Quantity>"
        "</DistributionList>",
        id="a flag inside of a structure, where botocore knows the pages",
    ),
]


@pytest.mark.parametrize(("call", "body"), NEVER_ENDING)
def test_an_answer_that_says_in_whatever_way_that_more_follows_is_never_taken_for_the_whole(
    call: Call, body: str
) -> None:
    with loopback(lambda _: Response(200, body.encode())) as server:
        answer = AwsTransport(new_session(**ACCESS), Counts(), endpoint_url=server.url).send(call)
    assert answer.error is not None, f"a part was taken for the whole: {answer.content}"


@pytest.mark.parametrize("name", ["clientRequestToken", "ClientToken", "LockToken", "UpdateToken", "IdempotencyToken"])
def test_a_token_of_a_change_says_of_no_pages(name: str) -> None:
    assert not says_more(name)


@pytest.mark.parametrize("name", ["NextToken", "nextToken", "Marker", "IsTruncated", "position", "PaginationToken"])
def test_a_token_of_pages_says_that_more_follows(name: str) -> None:
    assert says_more(name)


def test_what_is_cut_over_pages_is_joined_and_the_rest_is_the_first_pages() -> None:
    cut = frozenset({"Items", "Nested"})
    first = {"Items": [1], "Nested": {"In": [1], "Of": "first"}, "Total": 3, "NextToken": "t"}
    second = {"Items": [2], "Nested": {"In": [2], "Of": "second"}, "Total": 4, "Late": True}
    whole, _ = merged_pages(iter([(first, cut), (second, cut)]))
    assert whole == {"Items": [1, 2], "Nested": {"In": [1, 2], "Of": "second"}, "Total": 3, "Late": True}


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(), max_size=4), min_size=1, max_size=6))
def test_joining_pages_loses_nothing_and_keeps_the_order(parts: list[list[int]]) -> None:
    whole, _ = merged_pages(({"Items": part}, frozenset({"Items"})) for part in parts)
    assert whole["Items"] == [item for part in parts for item in part]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        pytest.param(datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC), "2026-11-23T01:02:03Z", id="time in UTC"),
        pytest.param(
            datetime(2026, 11, 23, 1, tzinfo=timezone(timedelta(hours=2))), "2026-11-22T23:00:00Z", id="time elsewhere"
        ),
        pytest.param(datetime(2026, 11, 23), "2026-11-23T00:00:00Z", id="time without a zone is UTC"),  # noqa: DTZ001  # the case
        pytest.param("grün".encode(), "grün", id="bytes of text"),
        pytest.param(b"\xff\x00", "base64:/wA=", id="bytes of no text"),
        pytest.param(io.BytesIO(b"streamed"), "streamed", id="a streamed body"),
        pytest.param(Decimal("1.10"), "1.10", id="a decimal"),
        pytest.param((1, [b"x"]), [1, ["x"]], id="tuples are lists"),
        pytest.param({1: {"at": b"x"}}, {"1": {"at": "x"}}, id="names are text"),
        pytest.param(None, None, id="null"),
        pytest.param(True, True, id="boolean"),
    ],
)
def test_what_botocore_parsed_becomes_plain_json(value: Any, plain: Any) -> None:
    assert as_json(value, 5) == plain


def test_the_credential_report_which_is_bytes_is_kept_as_text(mocked: AwsTransport) -> None:
    iam = client("iam")
    iam.create_user(UserName="ada")
    iam.generate_credential_report()
    iam.generate_credential_report()
    assert "ada" in content(mocked, "iam", "get_credential_report")["Content"]


def test_a_request_goes_where_it_is_told_with_what_it_was_given() -> None:
    with loopback(lambda _: Response(200, b"<VersioningConfiguration/>")) as server:
        transport = AwsTransport(new_session(**ACCESS), Counts(), endpoint_url=server.url)
        transport.send(Call("p", "us-east-1", "s3", "get_bucket_versioning", {"Bucket": "bucket"}))
    address = urlsplit(server.requests[0].path)
    assert (server.requests[0].method, address.path, address.query) == ("GET", "/bucket", "versioning")
