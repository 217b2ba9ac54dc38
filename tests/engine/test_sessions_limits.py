"""Limits: whatever an endpoint sends, and however slowly, an answer ends; and half a million things fit."""

from __future__ import annotations

import gzip
import itertools
import json
import time
import tracemalloc
from collections.abc import Callable
from functools import cache

import pytest

from muster.reading.access import Access
from muster.reading.reads import Answer, Call
from muster.reading.sessions import github, github_wire
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.aws_login import aws_transport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from muster.reading.sessions.limits import (
    Allowance,
    AnswerLimits,
    AnswerTooLarge,
    AnswerTooLong,
    DeadlinePassed,
    LimitPassed,
)
from tests.engine.loopback import Request, Respond, Response, loopback, slowly

JSON = {"Content-Type": "application/x-amz-json-1.1"}
LIST_KEYS = Call("prod", "eu-west-1", "kms", "list_keys", {})
DESCRIBE_VPCS = Call("prod", "eu-west-1", "ec2", "describe_vpcs", {})
LOG_GROUPS = Call("prod", "eu-west-1", "logs", "describe_log_groups", {})
EXPORT = Call(
    "prod", "eu-west-1", "apigateway", "get_export", {"restApiId": "a", "stageName": "s", "exportType": "oas30"}
)
SOON = 5.0
"""Seconds in which a test's answer must be there; its own limits are much smaller."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    monkeypatch.setattr(github_wire, "PAUSE", 0.01)
    monkeypatch.setattr(github, "ATTEMPTS", 3)


class Clock:
    """A clock that a test moves on."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def begun(limits: AnswerLimits) -> tuple[Allowance, Clock]:
    clock = Clock()
    allowance = Allowance(limits, clock)
    allowance.begin_page()
    return allowance, clock


def test_half_a_million_things_at_fifty_a_page_and_a_kilobyte_each_are_within_the_limits() -> None:
    clock = Clock()
    allowance = Allowance(AnswerLimits(), clock)
    for _ in range(500_000 // 50):
        allowance.begin_page()
        allowance.take(50 * 1_000)
        clock.now += 0.5
    assert allowance.seconds_left() > 0


def test_the_hour_that_github_may_ask_to_wait_is_within_the_limits() -> None:
    allowance, clock = begun(AnswerLimits())
    allowance.pause(3_600)
    clock.now += 3_600
    assert allowance.seconds_left() > 0


SHORT = AnswerLimits(page_seconds=0.1)
SMALL = AnswerLimits(pages=2, bytes=1_000, seconds=100, page_bytes=600, page_seconds=30)


def two_pages_more(allowance: Allowance, _: Clock) -> None:
    allowance.begin_page()
    allowance.begin_page()


def much(allowance: Allowance, _: Clock) -> None:
    allowance.take(600)
    allowance.begin_page()
    allowance.take(401)


def later(seconds: float) -> Callable[[Allowance, Clock], None]:
    def wait(allowance: Allowance, clock: Clock) -> None:
        clock.now += seconds
        allowance.seconds_left()

    return wait


def slow_pauses(allowance: Allowance, clock: Clock) -> None:
    for _ in range(4):
        allowance.pause(25)
        clock.now += 26
        allowance.check()


@pytest.mark.parametrize(
    ("happens", "passed", "message"),
    [
        pytest.param(two_pages_more, AnswerTooLong, "more than 2 pages", id="a page too many"),
        pytest.param(much, AnswerTooLarge, "the answer has more than 1,000 bytes", id="bytes"),
        pytest.param(lambda a, _: a.take(601), AnswerTooLarge, "a page .* more than 600 bytes", id="bytes of a page"),
        pytest.param(later(30), DeadlinePassed, "a page of the answer takes more than 30 sec", id="seconds of a page"),
        pytest.param(lambda a, _: a.pause(100), DeadlinePassed, "to wait 100 seconds", id="a pause that is too long"),
        pytest.param(later(100), DeadlinePassed, "the answer takes more than 100 seconds", id="seconds"),
        pytest.param(slow_pauses, DeadlinePassed, "to wait 25 seconds more", id="pauses that add up"),
    ],
)
def test_the_error_of_a_limit_names_it_and_stays(
    happens: Callable[[Allowance, Clock], None], passed: type[LimitPassed], message: str
) -> None:
    allowance, clock = begun(SMALL)
    with pytest.raises(passed, match=message):
        happens(allowance, clock)
    with pytest.raises(passed, match=message):
        allowance.check()


def test_a_pause_that_was_asked_for_does_not_count_for_the_page() -> None:
    allowance, clock = begun(SMALL)
    allowance.pause(60)
    clock.now += 60
    assert allowance.seconds_left() == 30


def asked(respond: Respond, call: Call, limits: AnswerLimits) -> Answer:
    """The answer to a call, which must be there soon."""
    with loopback(respond) as server:
        session = new_session(aws_access_key_id="a", aws_secret_access_key="b")
        begins = time.monotonic()
        answer = AwsTransport(session, Counts(), endpoint_url=server.url, limits=limits).send(call)
        assert time.monotonic() - begins < SOON
    return answer


def code_of(answer: Answer) -> str:
    assert answer.content is None
    assert answer.error is not None
    return answer.error.code


def vpcs(token: str) -> bytes:
    return f"<DescribeVpcsResponse><vpcSet/><nextToken>{token}</nextToken></DescribeVpcsResponse>".encode()


def groups(token: str) -> bytes:
    return json.dumps({"logGroups": [{"logGroupName": "x" * 1_000}], "nextToken": token}).encode()


def endlessly(page: Callable[[str], bytes]) -> Respond:
    """A page after the other, each with a fresh token."""
    tokens = itertools.count()
    return lambda _: Response(200, page(f"t{next(tokens)}"), JSON)


@pytest.mark.parametrize(
    ("page", "call"), [pytest.param(vpcs, DESCRIBE_VPCS, id="EC2"), pytest.param(groups, LOG_GROUPS, id="Logs")]
)
def test_endless_pages_end(page: Callable[[str], bytes], call: Call) -> None:
    answer = asked(endlessly(page), call, AnswerLimits(pages=20))
    assert code_of(answer) == "AnswerTooLong"
    assert "20 pages" in str(answer.error)


def test_large_pages_end() -> None:
    assert code_of(asked(endlessly(groups), LOG_GROUPS, AnswerLimits(bytes=50_000))) == "AnswerTooLarge"


def many_vpcs(token: str) -> bytes:
    return vpcs(token).replace(b"<vpcSet/>", b"<vpcSet>" + b"<item><vpcId>v</vpcId></item>" * 100 + b"</vpcSet>")


def many_groups(token: str) -> bytes:
    return json.dumps({"logGroups": [{"logGroupName": "x", "arn": "y"}] * 100, "nextToken": token}).encode()


@pytest.mark.parametrize(
    ("page", "call"),
    [pytest.param(many_vpcs, DESCRIBE_VPCS, id="XML"), pytest.param(many_groups, LOG_GROUPS, id="JSON")],
)
def test_pages_of_many_small_values_end(page: Callable[[str], bytes], call: Call) -> None:
    answer = asked(endlessly(page), call, AnswerLimits(values=1_000))
    assert code_of(answer) == "AnswerTooLarge"
    assert "1,000 values" in str(answer.error)


def test_a_page_of_too_many_values_is_not_parsed() -> None:
    dense = b"<DescribeVpcsResponse><vpcSet>" + b"<item/>" * 5_000_000 + b"</vpcSet></DescribeVpcsResponse>"
    tracemalloc.start()
    answer = asked(lambda _: Response(200, dense), DESCRIBE_VPCS, AnswerLimits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code_of(answer) == "AnswerTooLarge"
    assert peak < 6 * len(dense)


@pytest.mark.parametrize("call", [LIST_KEYS, EXPORT], ids=["a body", "a streamed body"])
def test_a_large_page_ends(call: Call) -> None:
    endless = (b"x" * 10_000 for _ in itertools.count())
    raw = itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], endless)
    assert code_of(asked(lambda _: Response(raw=raw), call, AnswerLimits(page_bytes=300_000))) == "AnswerTooLarge"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


def drips_from_the_status_line(_: Request) -> Response:
    return Response(raw=slowly(HEAD, 0.05))


def drips_the_body(_: Request) -> Response:
    return Response(raw=itertools.chain([HEAD], slowly(b" " * 1_000, 0.05)))


def is_silent(_: Request) -> Response:
    time.sleep(SOON)
    return Response()


def says_continue_for_ever(_: Request) -> Response:
    return Response(raw=slowly(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000, 0.005))


@pytest.mark.parametrize("call", [LIST_KEYS, EXPORT], ids=["a body", "a streamed body"])
@pytest.mark.parametrize("respond", [drips_from_the_status_line, drips_the_body, is_silent, says_continue_for_ever])
def test_an_endpoint_that_keeps_us_waiting_is_left_at_the_deadline(respond: Respond, call: Call) -> None:
    answer = asked(respond, call, SHORT)
    assert code_of(answer) == "DeadlinePassed"
    assert "0.1 seconds" in str(answer.error)


def test_a_role_that_is_handed_out_too_slowly_is_left_at_the_deadline() -> None:
    with loopback(drips_the_body) as server:
        way_in = Access("prod", "aws", "1", sandbox=True, endpoint_url=server.url, role_arn="arn:aws:iam::1:role/a")
        transport = aws_transport(way_in, Counts(), limits=SHORT)
        begins = time.monotonic()
        assert code_of(transport.send(LIST_KEYS)) == "DeadlinePassed"
        assert time.monotonic() - begins < SOON


def test_retries_end_with_the_time_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.1)
    assert code_of(asked(lambda _: Response(500), LIST_KEYS, AnswerLimits(page_seconds=0.3))) == "DeadlinePassed"


MEMBERS = Call("code", "global", "github", "GET /orgs/{org}/members", {"org": "acme"})


def asked_of_github(respond: Respond, limits: AnswerLimits) -> Answer:
    with loopback(respond) as server:
        begins = time.monotonic()
        answer = GitHubTransport("t", Counts(), endpoint_url=server.url, limits=limits).send(MEMBERS)
        assert time.monotonic() - begins < SOON
    return answer


def endless_links(body: bytes) -> Respond:
    numbers = itertools.count(2)
    return lambda _: Response(200, body, {"Link": f'<http://127.0.0.1/x?page={next(numbers)}>; rel="next"'})


def test_endless_links_end() -> None:
    assert code_of(asked_of_github(endless_links(b"[]"), AnswerLimits(pages=20))) == "AnswerTooLong"


def test_pages_of_many_small_values_of_github_end() -> None:
    many = json.dumps([1] * 100).encode()
    assert code_of(asked_of_github(endless_links(many), AnswerLimits(values=1_000))) == "AnswerTooLarge"


def test_large_pages_of_github_end() -> None:
    large = json.dumps(["x" * 10_000]).encode()
    assert code_of(asked_of_github(endless_links(large), AnswerLimits(bytes=50_000))) == "AnswerTooLarge"


@cache
def bomb() -> bytes:
    """Fifty megabytes, packed."""
    return gzip.compress(b"[" + b" " * 50_000_000 + b"]")


@pytest.mark.parametrize("status", [200, 301, 403, 404, 500])
def test_what_a_few_packed_bytes_hold_is_not_unpacked_beyond_the_limit(status: int) -> None:
    response = Response(status, bomb(), {"Content-Encoding": "gzip", "Location": "/elsewhere"})
    assert len(bomb()) < 100_000
    tracemalloc.start()
    answer = asked_of_github(lambda _: response, AnswerLimits(page_bytes=1_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code_of(answer) == "AnswerTooLarge"
    assert peak < 10_000_000


@pytest.mark.parametrize("respond", [drips_from_the_status_line, drips_the_body, is_silent, says_continue_for_ever])
def test_a_github_that_keeps_us_waiting_is_left_at_the_deadline(respond: Respond) -> None:
    assert code_of(asked_of_github(respond, SHORT)) == "DeadlinePassed"


def test_retries_of_github_end_with_the_time_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_wire, "PAUSE", 0.1)
    assert code_of(asked_of_github(lambda _: Response(502), AnswerLimits(page_seconds=0.3))) == "DeadlinePassed"


def test_packed_bytes_are_counted_as_they_come_and_never_unpacked() -> None:
    packed = {**JSON, "Content-Encoding": "gzip"}
    assert code_of(asked(lambda _: Response(200, b"\x1f\x8b\x08" + b"0" * 100, packed), LIST_KEYS, AnswerLimits()))


def test_the_time_that_the_pace_takes_is_no_ones_delay() -> None:
    with loopback(lambda _: Response(200, b'{"Keys": []}', JSON)) as server:
        session = new_session(aws_access_key_id="a", aws_secret_access_key="b")
        transport = AwsTransport(
            session, Counts(), endpoint_url=server.url, calls_per_second=2, limits=AnswerLimits(page_seconds=0.4)
        )
        answers = [transport.send(LIST_KEYS) for _ in range(4)]
    assert [answer.error for answer in answers] == [None] * 4
