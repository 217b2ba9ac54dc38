"""The AWS session: real boto3 against moto, and against a server that behaves as badly as networks do."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.retries.standard import ThrottledRetryableChecker
from moto import mock_aws
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from muster.reading.reads import Answer, ApiError, Call
from muster.reading.sessions import aws, clients
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import THROTTLED, new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.models import LOADER
from tests.engine.loopback import Request, Respond, Response, in_turn, loopback, slowly

JSON = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "r-1"}
KEYS = Response(200, b'{"Keys": [{"KeyId": "k"}], "Truncated": false}', JSON)
SLOWER = Response(400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}', JSON)
LIST_KEYS = Call("prod", "eu-west-1", "kms", "list_keys", {})


def session() -> boto3.Session:
    return new_session(aws_access_key_id="testing", aws_secret_access_key="testing")


def client_config(seconds: float, attempts: int = 3) -> Config:
    return Config(
        connect_timeout=seconds,
        read_timeout=seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        user_agent="muster",
    )


@pytest.fixture
def expecting() -> Iterator[Callable[[str], None]]:
    """Has models loaded for no more than the questions that are named."""
    LOADER.forget()
    yield lambda name: LOADER.load_for([name])
    LOADER.forget()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three attempts without pauses between them, each of which ends within seconds."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    monkeypatch.setattr(clients, "client_config", lambda _: client_config(5))


def asked(respond: Respond, call: Call = LIST_KEYS) -> tuple[Answer, dict[str, int], list[Request]]:
    """The answer to a call, what was counted, and what the server saw."""
    with loopback(respond) as server:
        counts = Counts()
        answer = AwsTransport(session(), counts, endpoint_url=server.url).send(call)
        return answer, counts.as_data()[call.service], server.requests


@pytest.fixture
def mocked() -> Iterator[AwsTransport]:
    with mock_aws():
        yield AwsTransport(session(), Counts())


def test_what_nobody_expected_is_asked_all_the_same(expecting: Callable[[str], None]) -> None:
    with loopback(in_turn(KEYS, KEYS)) as server:
        transport = AwsTransport(session(), Counts(), endpoint_url=server.url)
        expecting("kms:describe_key")
        transport.client("kms", "eu-west-1")

        first, again = transport.send(LIST_KEYS), transport.send(LIST_KEYS)

    assert first.content == again.content == {"Keys": [{"KeyId": "k"}]}
    assert LOADER.loads_for == frozenset({"kms:describe_key", "kms:list_keys"})


def test_an_answer_carries_its_content_and_its_request_id() -> None:
    answer, _, _ = asked(lambda _: KEYS)
    assert (answer.content["Keys"], answer.error, answer.request_ids) == ([{"KeyId": "k"}], None, ("r-1",))


@pytest.mark.parametrize(
    ("responses", "counted"),
    [
        pytest.param([KEYS], {"calls": 1, "requests": 1, "retries": 0, "throttles": 0}, id="at once"),
        pytest.param([SLOWER, KEYS], {"calls": 1, "requests": 2, "retries": 1, "throttles": 1}, id="throttled once"),
        pytest.param(
            [Response(500), SLOWER, KEYS],
            {"calls": 1, "requests": 3, "retries": 2, "throttles": 1},
            id="500, throttled",
        ),
        pytest.param(
            [SLOWER] * 3, {"calls": 1, "requests": 3, "retries": 2, "throttles": 3}, id="throttled to the end"
        ),
    ],
)
def test_calls_requests_retries_and_throttles_are_counted(responses: list[Response], counted: dict[str, int]) -> None:
    _, counts, requests = asked(in_turn(*responses))
    assert counts == counted
    assert len(requests) == counted["requests"]


def test_what_failed_to_the_end_is_not_tried_to_the_end_again_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "client_config", lambda _: client_config(5, attempts=7))
    response = Response(500)
    with loopback(lambda _: response) as server:
        transport = AwsTransport(session(), Counts(), endpoint_url=server.url)

        def requests_for(region: str, operation: str = "list_keys") -> int:
            before = len(server.requests)
            transport.send(Call("prod", region, "kms", operation, {}))
            return len(server.requests) - before

        first, second, other = (
            requests_for("eu-west-1"),
            requests_for("us-east-1"),
            requests_for("us-east-1", "list_aliases"),
        )
        response = KEYS
        works = requests_for("eu-west-2")
        response = Response(503)
        again = requests_for("eu-west-3")
    assert (first, second, other, works, again) == (7, 3, 7, 1, 7)


def test_where_nobody_answers_is_not_asked_to_the_end_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "client_config", lambda _: client_config(5, attempts=7))
    response = hung_up = Response(raw=())
    with loopback(lambda _: response) as server:
        transport = AwsTransport(session(), Counts(), endpoint_url=server.url)

        def requests_for(region: str, service: str = "kms", operation: str = "list_keys") -> int:
            before = len(server.requests)
            transport.send(Call("prod", region, service, operation, {}))
            return len(server.requests) - before

        first = requests_for("eu-west-1")
        same_region = requests_for("eu-west-1", "kms", "list_aliases")
        same_operation = requests_for("us-east-1")
        response = SLOWER  # an answer: there is somebody
        assert requests_for("eu-west-1", "kms", "list_aliases") == 7
        response = hung_up
        answered_since = requests_for("eu-west-1", "secretsmanager", "list_secrets")
    assert (first, same_region, same_operation, answered_since) == (7, 1, 3, 7)


ASKED = (("kms", "list_keys"), ("secretsmanager", "list_secrets"), ("sns", "list_topics"))


def test_a_region_that_keeps_us_waiting_does_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "client_config", lambda _: client_config(0.05, attempts=4))
    with loopback(lambda _: Response(raw=slowly(b"HTTP/1.1 200", 0.2))) as server:
        counts = Counts()
        transport = AwsTransport(session(), counts, endpoint_url=server.url)
        answers = [transport.send(Call("prod", "eu-west-1", service, operation, {})) for service, operation in ASKED]
    told = counts.as_data()
    assert [told[service]["requests"] for service, _ in ASKED] == [4, 1, 1]
    assert [answer.error.code for answer in answers if answer.error is not None] == ["ReadTimeoutError"] * 3


def test_a_throttle_is_tried_to_the_end_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "client_config", lambda _: client_config(5, attempts=7))
    slow = Response(503, b'{"__type": "SlowDown", "message": "Rate exceeded"}', JSON)
    with loopback(lambda _: slow) as server:
        transport = AwsTransport(session(), Counts(), endpoint_url=server.url)
        for region in ("eu-west-1", "us-east-1"):
            transport.send(Call("prod", region, "kms", "list_keys", {}))
        assert len(server.requests) == 14


def test_every_code_that_botocore_takes_for_a_throttle_counts_as_one() -> None:
    assert set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES) <= THROTTLED


def test_a_throttle_that_outlasts_the_retries_is_an_error_answer() -> None:
    answer, _, _ = asked(lambda _: SLOWER)
    assert answer.error is not None
    assert (answer.error.code, answer.error.message, answer.error.status) == (
        "ThrottlingException",
        "Rate exceeded",
        400,
    )
    assert answer.request_ids == ("r-1",)


def test_access_denied_is_an_error_answer_and_is_not_tried_again() -> None:
    denied = Response(400, b'{"__type": "AccessDeniedException", "message": "not for you"}', JSON)
    answer, counts, _ = asked(lambda _: denied)
    assert answer.error is not None
    assert (answer.error.code, counts["requests"]) == ("AccessDeniedException", 1)


S3_BUCKETS = Call("prod", "eu-west-1", "s3", "list_buckets", {})
EXPORT = Call(
    "prod", "eu-west-1", "apigateway", "get_export", {"restApiId": "a", "stageName": "s", "exportType": "oas30"}
)


@pytest.mark.parametrize(
    ("response", "call"),
    [
        pytest.param(Response(500, b"boom"), LIST_KEYS, id="500 to the end"),
        pytest.param(Response(502, b"<html>Bad gateway</html>"), S3_BUCKETS, id="a gateway's page, XML service"),
        pytest.param(Response(200, b"<html>Please sign in<br></html>"), S3_BUCKETS, id="a page that is no XML"),
        pytest.param(Response(200, b"<ListAllMyBucketsRes"), S3_BUCKETS, id="XML that breaks off"),
        pytest.param(Response(200, b"{", {**JSON}), LIST_KEYS, id="JSON that breaks off"),
        pytest.param(Response(200, b"<html>Please sign in</html>"), LIST_KEYS, id="a page that is no JSON"),
        pytest.param(Response(200, KEYS.body[:20], JSON, length=50), LIST_KEYS, id="a connection that breaks"),
        pytest.param(Response(200, b"{}", JSON, length=50), EXPORT, id="a connection that breaks in a streamed body"),
    ],
)
def test_what_cannot_be_understood_is_an_error_answer(response: Response, call: Call) -> None:
    answer, _, _ = asked(lambda _: response, call)
    assert answer.content is None
    assert answer.error is not None
    assert answer.error.code


SECRET = b"correct horse battery staple"
DESCRIBE_VPCS = Call("prod", "eu-west-1", "ec2", "describe_vpcs", {})


@pytest.mark.parametrize(
    ("response", "call"),
    [
        pytest.param(Response(200, b"<Buckets><Name>" + SECRET), S3_BUCKETS, id="XML that breaks off"),
        pytest.param(Response(400, b"<Error><Code>" + SECRET), DESCRIBE_VPCS, id="an error's XML that breaks off"),
        pytest.param(Response(200, b'{"Keys": "' + SECRET, JSON), LIST_KEYS, id="JSON that breaks off"),
        pytest.param(Response(400, b'{"message": "' + SECRET, JSON), LIST_KEYS, id="an error's JSON that breaks off"),
        pytest.param(Response(400, b'["' + SECRET + b'"]', JSON), LIST_KEYS, id="an error that is a list"),
        pytest.param(Response(502, b"<p>" + SECRET), LIST_KEYS, id="a gateway's page"),
    ],
)
def test_what_cannot_be_parsed_is_not_quoted(response: Response, call: Call) -> None:
    answer, _, _ = asked(lambda _: response, call)
    assert answer.error is not None
    assert answer.error.message
    assert SECRET.decode() not in f"{answer}"


def test_the_error_of_what_cannot_be_parsed_says_where_it_breaks_off() -> None:
    answer, _, _ = asked(lambda _: Response(200, b"<vpcSet><item>"), DESCRIBE_VPCS)
    assert answer.error == ApiError(
        "ResponseParserError", "DescribeVpcs: the answer is not XML: no element found: line 1, column 14"
    )


def test_silence_is_an_error_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "client_config", lambda _: client_config(0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        answer = AwsTransport(session(), Counts(), endpoint_url=url).send(LIST_KEYS)
    assert answer.error is not None
    assert answer.error.code == "ReadTimeoutError"


@pytest.mark.parametrize("region", ["eu-west-1", "zz-north-1"], ids=["a known region", "a region newer than botocore"])
def test_a_refused_connection_is_an_error_answer(region: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    answer = AwsTransport(session(), Counts(), endpoint_url=url).send(Call("prod", region, "kms", "list_keys", {}))
    assert answer.error is not None
    assert answer.error.code == "EndpointConnectionError"


UNKNOWN_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
NO_NAME_SERVER = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
NO_NETWORK = OSError(errno.ENETUNREACH, "Network is unreachable")


def not_connected(host: str, why: OSError) -> EndpointConnectionError:
    """What botocore raises, with what urllib3 raised in it."""
    try:
        raise NewConnectionError(HTTPConnection(host), str(why)) from why
    except NewConnectionError as error:
        return EndpointConnectionError(endpoint_url=f"https://{host}", error=error)


@pytest.mark.parametrize(
    ("why", "code"),
    [
        pytest.param(UNKNOWN_NAME, "ServiceNotInRegion", id="a name that there is not"),
        pytest.param(NO_NAME_SERVER, "EndpointConnectionError", id="no name server"),
        pytest.param(NO_NETWORK, "EndpointConnectionError", id="no network"),
    ],
)
def test_a_service_is_missing_only_where_its_name_is(monkeypatch: pytest.MonkeyPatch, why: OSError, code: str) -> None:
    def nobody_answers(*_: object, **__: object) -> None:
        raise not_connected("apprunner.af-south-1.amazonaws.com", why)

    monkeypatch.setattr(aws, "pages", nobody_answers)
    answer = AwsTransport(session(), Counts()).send(Call("prod", "af-south-1", "apprunner", "list_services", {}))
    assert answer.error is not None
    assert answer.error.code == code


@pytest.mark.parametrize(
    ("service", "region", "code"),
    [
        pytest.param("s3", "zz-nowhere-1", "EndpointConnectionError", id="no such region"),
        pytest.param("apprunner", "af-south-1", "ServiceNotInRegion", id="a region without the service"),
        pytest.param("kms", "eu-west-1", "EndpointConnectionError", id="a region that has it: an outage"),
        pytest.param("iam", "us-east-1", "EndpointConnectionError", id="a service without regions: an outage"),
    ],
)
def test_no_answer_means_no_such_service_only_where_botocore_knows_of_none(
    monkeypatch: pytest.MonkeyPatch, service: str, region: str, code: str
) -> None:
    def nobody_answers(*_: object, **__: object) -> None:
        raise not_connected(f"{service}.{region}.amazonaws.com", UNKNOWN_NAME)

    monkeypatch.setattr(aws, "pages", nobody_answers)
    operation = {"s3": "list_buckets", "apprunner": "list_services", "kms": "list_keys", "iam": "list_users"}[service]
    answer = AwsTransport(session(), Counts()).send(Call("prod", region, service, operation, {}))
    assert answer.error is not None
    assert answer.error.code == code


def test_an_endpoint_of_ones_own_that_is_down_is_an_outage_and_no_missing_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
    answer = AwsTransport(session(), Counts()).send(Call("prod", "af-south-1", "apprunner", "list_services", {}))
    assert answer.error is not None
    assert answer.error.code == "EndpointConnectionError"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        pytest.param(Call("p", "eu-west-1", "kms", "list_kegs", {}), "Truncated", id="an operation nobody knows"),
        pytest.param(
            Call("p", "eu-west-1", "kmz", "list_keys", {}), "UnknownServiceError", id="a service nobody knows"
        ),
        pytest.param(
            Call("p", "eu-west-1", "kms", "describe_key", {}), "ParamValidationError", id="an argument that is missing"
        ),
    ],
)
def test_a_nouns_mistake_is_an_error_answer(call: Call, code: str) -> None:
    answer = AwsTransport(session(), Counts()).send(call)
    assert answer.error is not None
    assert answer.error.code == code


def test_no_credentials_are_an_error_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    answer = AwsTransport(new_session(), Counts()).send(LIST_KEYS)
    assert answer.error is not None
    assert answer.error.code == "NoCredentialsError"


def test_a_client_is_made_once_however_many_threads_ask(mocked: AwsTransport) -> None:
    with ThreadPoolExecutor(32) as pool:
        clients = list(pool.map(lambda _: mocked.client("kms", "eu-west-1"), range(64)))
    assert len({id(client) for client in clients}) == 1


def test_s3_control_is_asked_at_the_local_endpoint_and_not_at_account_dot_host() -> None:
    body = b"<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>"
    call = Call("p", "eu-west-1", "s3control", "get_public_access_block", {"AccountId": "111122223333"})
    answer, _, requests = asked(lambda _: Response(200, body), call)
    assert answer.error is None
    assert answer.content == {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}
    assert requests[0].headers["x-amz-account-id"] == "111122223333"


def test_the_callers_session_may_write_afterwards() -> None:
    with mock_aws():
        callers = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
        AwsTransport(callers, Counts()).send(LIST_KEYS)
        callers.client("kms", region_name="eu-west-1").create_key()


def test_nothing_goes_through_a_proxy_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    answer, _, _ = asked(lambda _: KEYS)
    assert answer.error is None


def test_the_user_agent_says_who_asks() -> None:
    _, _, requests = asked(lambda _: KEYS)
    assert requests[0].headers["user-agent"].startswith("muster")


def test_a_call_is_sent_with_the_region_it_names(mocked: AwsTransport) -> None:
    create: Any = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing").client
    create("sns", region_name="us-east-1").create_topic(Name="t")
    topics = {
        region: mocked.send(Call("p", region, "sns", "list_topics", {})).content["Topics"]
        for region in ("us-east-1", "eu-west-1")
    }
    assert [len(topics[region]) for region in topics] == [1, 0]
