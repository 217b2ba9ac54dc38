"""Bodies: what is no answer to the question is an error, whatever botocore would make of it; and nothing escapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.reading.reads import Answer, Call
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.bodies import values_in
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from tests.engine.loopback import Response, loopback

CALLS = {
    "kms": Call("p", "eu-west-1", "kms", "list_keys", {}),  # JSON
    "lambda": Call("p", "eu-west-1", "lambda", "list_functions", {}),  # JSON under REST
    "backup": Call("p", "eu-west-1", "accessanalyzer", "list_analyzers", {"type": "ACCOUNT"}),
    "iam": Call("p", "us-east-1", "iam", "list_users", {}),  # query
    "ec2": Call("p", "eu-west-1", "ec2", "describe_vpcs", {}),
    "buckets": Call("p", "us-east-1", "s3", "list_buckets", {}),  # XML under REST
    "versioning": Call("p", "us-east-1", "s3", "get_bucket_versioning", {"Bucket": "b"}),
    "location": Call("p", "us-east-1", "s3", "get_bucket_location", {"Bucket": "b"}),
    "encryption": Call("p", "us-east-1", "s3", "get_bucket_encryption", {"Bucket": "b"}),
    "policy": Call("p", "us-east-1", "s3", "get_bucket_policy", {"Bucket": "b"}),
    "alarms": Call("p", "eu-west-1", "cloudwatch", "describe_alarms", {}),
    "buses": Call("p", "eu-west-1", "eventbridgev2", "list_event_buses", {}),  # CBOR
}


@dataclass(repr=False)
class Endpoint:
    """An endpoint that gives one body to every question."""

    response: Response
    transport: AwsTransport

    def __repr__(self) -> str:
        return "Endpoint()"

    def asked(self, call: Call, body: bytes) -> Answer:
        self.response = Response(200, body)
        return self.transport.send(call)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with pytest.MonkeyPatch.context() as patch, loopback(lambda _: aws.response) as server:
        patch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
        session = new_session(aws_access_key_id="a", aws_secret_access_key="b")
        aws = Endpoint(Response(), AwsTransport(session, Counts(), endpoint_url=server.url))
        yield aws


@pytest.mark.parametrize(
    ("protocol", "body", "values"),
    [
        ("json", b'{"a": 1, "b": [1, 2, 3]}', 3),
        ("rest-json", b"{}", 0),
        ("ec2", b"<r><a>1</a><b/><c><d/></c></r>", 5),
        ("rest-xml", b"<r/>", 1),
        ("smithy-rpc-v2-cbor", b"\xa1\x61a\x01" * 16, 4),
    ],
)
def test_values_are_counted_without_parsing(protocol: str, body: bytes, values: int) -> None:
    assert values_in(body, protocol) == values


S3 = b' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@pytest.mark.parametrize(
    ("call", "body", "content"),
    [
        ("kms", b'{"Keys": []}', {"Keys": []}),
        ("kms", b"{}", {}),
        ("iam", b"<ListUsersResponse><ListUsersResult><Users/></ListUsersResult></ListUsersResponse>", {"Users": []}),
        ("ec2", b"<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>", {"Vpcs": []}),
        ("buckets", b"<ListAllMyBucketsResult" + S3 + b"><Buckets/></ListAllMyBucketsResult>", {"Buckets": []}),
        ("versioning", b"<VersioningConfiguration" + S3 + b"/>", {}),
        (
            "location",
            b"<LocationConstraint" + S3 + b">eu-west-1</LocationConstraint>",
            {"LocationConstraint": "eu-west-1"},
        ),
        ("location", b"<LocationConstraint/>", {"LocationConstraint": None}),
        ("encryption", b"<ServerSideEncryptionConfiguration/>", {"ServerSideEncryptionConfiguration": {}}),
        ("policy", b'{"Statement": []}', {"Policy": '{"Statement": []}'}),
        ("alarms", b'{"MetricAlarms": []}', {"MetricAlarms": []}),
        ("buses", b"\xa1\x6aEventBuses\x80", {"EventBuses": []}),
    ],
)
def test_an_answer_is_taken(endpoint: Endpoint, call: str, body: bytes, content: object) -> None:
    answer = endpoint.asked(CALLS[call], body)
    assert (answer.content, answer.error) == (content, None)


@pytest.mark.parametrize("call", sorted(CALLS.keys() - {"policy"}))
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b" \n", id="blanks"),
        pytest.param(b"<!DOCTYPE html><html><body>Please sign in</body></html>", id="a web page"),
        pytest.param(b"<html/>", id="an empty web page"),
        pytest.param(b"<Other><Thing>1</Thing></Other>", id="XML of another root"),
        pytest.param(b"<Error><Code>AccessDenied</Code></Error>", id="an error under a 200"),
        pytest.param(b'["a"]', id="a JSON list"),
        pytest.param(b'"text"', id="a JSON string"),
        pytest.param(b"null", id="null"),
        pytest.param(b"1", id="a number"),
        pytest.param(b"[" * 100_000, id="JSON without a bottom"),
        pytest.param(b"<a>" * 50_000, id="XML without a bottom"),
        pytest.param(b"\x81" * 100_000, id="CBOR without a bottom"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
    ],
)
def test_what_is_no_answer_is_an_error(endpoint: Endpoint, call: str, body: bytes) -> None:
    answer = endpoint.asked(CALLS[call], body)
    assert (answer.content, answer.error is None) == (None, False)


@pytest.mark.parametrize("body", [b"", b" \n", b"<!DOCTYPE html>Please sign in", b"\xff\xfe\x00"])
def test_a_text_is_no_answer_either_where_there_is_none(endpoint: Endpoint, body: bytes) -> None:
    assert endpoint.asked(CALLS["policy"], body).error is not None


@pytest.mark.parametrize(
    ("call", "body", "said"),
    [
        ("kms", b"", "ListKeys: the answer is empty"),
        ("kms", b"[]", "ListKeys: the answer is not the structure that was asked for"),
        ("kms", b"[" * 100_000, "ListKeys: the answer is not JSON: RecursionError"),
        (
            "kms",
            b'{"Keys": "sesame',
            "ListKeys: the answer is not JSON: Unterminated string starting at: line 1, column 10",
        ),
        (
            "kms",
            b'{"Keys": [{"KeyId": "sesame"}], "Keys": []}',
            "ListKeys: the answer is not to be relied on: an object in it names a thing twice",
        ),
        ("ec2", b"<DescribeSubnetsResponse/>", "DescribeVpcs: the answer is the XML of something else"),
        ("iam", b"<ListUsersResponse/>", "ListUsers: the answer lacks its ListUsersResult"),
        ("buckets", b"<Other><Thing/></Other>", "ListBuckets: the answer is the XML of something else"),
        ("encryption", b"<VersioningConfiguration/>", "GetBucketEncryption: the answer is the XML of something else"),
        ("kms", b'{"Keys": [1]}', "botocore cannot parse the answer: AttributeError"),
        ("ec2", b"<a>&sesame;</a>", "DescribeVpcs: the answer is not XML: undefined entity: line 1, column 3"),
        ("alarms", b"\xa1\x61a\x18", "DescribeAlarms: the answer is not JSON: UnicodeDecodeError"),
        ("buses", b"\x80", "ListEventBuses: the answer is not the structure that was asked for"),
        ("buses", b"\xa1\x61a" + b"\x81" * 9_000, "botocore cannot parse the answer: RecursionError"),
    ],
)
def test_the_error_says_what_is_wrong_and_quotes_nothing(endpoint: Endpoint, call: str, body: bytes, said: str) -> None:
    answer = endpoint.asked(CALLS[call], body)
    assert answer.error is not None
    assert (answer.error.code, answer.error.message) == (answer.error.code, said)
    assert "sesame" not in f"{answer}"


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize("status", [204, 300, 301, 302, 304, 308])
@pytest.mark.parametrize("body", [b"", b"{}", b"<a/>"], ids=["nothing", "JSON", "XML"])
def test_a_status_that_promises_no_answer_is_an_error(endpoint: Endpoint, call: str, status: int, body: bytes) -> None:
    endpoint.response = Response(status, b"" if status in (204, 304) else body, {"Location": "http://127.0.0.1:1/"})
    answer = endpoint.transport.send(CALLS[call])
    assert (answer.content, answer.error is None) == (None, False)


def test_a_body_that_is_shorter_than_was_promised_breaks_off(endpoint: Endpoint) -> None:
    endpoint.response = Response(200, b'{"Keys": []}', length=50)
    answer = endpoint.transport.send(CALLS["kms"])
    assert answer.error is not None
    assert answer.error.message == "ListKeys: the answer breaks off: 12 of 50 bytes came"


def test_times_that_no_calendar_has_are_an_error(endpoint: Endpoint) -> None:
    body = b'{"Functions": [], "NextMarker": null}'
    assert endpoint.asked(CALLS["lambda"], body).error is None
    call = Call("p", "eu-west-1", "kms", "describe_key", {"KeyId": "k"})
    answer = endpoint.asked(call, b'{"KeyMetadata": {"KeyId": "k", "CreationDate": 1e300}}')
    assert answer.error is not None
    assert answer.error.code == "ResponseParserError"


def test_an_answer_nested_deeper_than_any_real_one_is_an_error(endpoint: Endpoint) -> None:
    statement = b'{"NotStatement": {"Statement": ' * 120 + b"{}" + b"}}" * 120
    body = b'{"WebACL": {"Rules": [{"Name": "r", "Statement": ' + statement + b"}]}}"
    call = Call("p", "us-east-1", "wafv2", "get_web_acl", {"Name": "a", "Scope": "REGIONAL", "Id": "i"})
    answer = endpoint.asked(call, body)
    assert answer.error is not None
    assert answer.error.code == "AnswerTooDeep"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Keys", "KeyId", "a"]), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(call=st.sampled_from(sorted(CALLS)), body=st.binary(max_size=60) | JSON_VALUES.map(lambda v: repr(v).encode()))
def test_no_body_makes_a_question_raise(endpoint: Endpoint, call: str, body: bytes) -> None:
    assert isinstance(endpoint.asked(CALLS[call], body), Answer)
