"""A run that has ended: whoever still waits for an answer, or for a limit, is let go at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from muster.reading.reads import Answer, Call, Transport
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from tests.engine.loopback import Request, Response, loopback

LIST_KEYS = Call("prod", "eu-west-1", "kms", "list_keys", {})
MEMBERS = Call("code", "global", "github", "GET /orgs/{org}/members", {"org": "acme"})
LONGEST = 10.0
"""Seconds; the time-outs of the libraries are a minute, and the limits of GitHub an hour."""


def spent(_: Request) -> Response:
    """All of the hour's limit, which begins anew in ten minutes."""
    limit = {"limit": "5000", "remaining": "0", "reset": str(int(time.time()) + 600)}
    headers = {f"x-ratelimit-{name}": value for name, value in limit.items()}
    return Response(403, b'{"message": "API rate limit exceeded"}', headers)


Connect = Callable[[Counts, str], Transport]


def aws(counts: Counts, url: str) -> AwsTransport:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return AwsTransport(new_session(**keys), counts, endpoint_url=url)


def github(counts: Counts, url: str) -> GitHubTransport:
    return GitHubTransport("t", counts, endpoint_url=url)


def given_up(connect: Connect, call: Call, respond: Callable[[Request], Response]) -> tuple[Answer, float]:
    """The answer to a question that is given up while the other side is silent, or asks to wait; and the seconds."""
    counts, answers = Counts(), list[Answer]()
    with loopback(respond) as server:
        transport = connect(counts, server.url)
        asking = threading.Thread(target=lambda: answers.append(transport.send(call)), daemon=True)
        asking.start()
        while not server.requests:
            time.sleep(0.01)
        time.sleep(0.2)
        begun = time.monotonic()
        counts.give_up()
        asking.join(LONGEST)
        return answers[0], time.monotonic() - begun


@pytest.mark.parametrize(
    ("connect", "call"), [pytest.param(aws, LIST_KEYS, id="AWS"), pytest.param(github, MEMBERS, id="GitHub")]
)
def test_a_silent_server_is_not_waited_for(connect: Connect, call: Call) -> None:
    over = threading.Event()

    def silent(_: Request) -> Response:
        over.wait(LONGEST)
        return Response()

    answer, seconds = given_up(connect, call, silent)
    over.set()

    assert answer.error is not None
    assert answer.error.code == "NobodyWaits"
    assert seconds < LONGEST / 2


def test_a_rate_limit_that_is_spent_is_not_waited_for() -> None:
    answer, seconds = given_up(github, MEMBERS, spent)

    assert answer.error is not None
    assert answer.error.code == "NobodyWaits"
    assert seconds < LONGEST / 2


@pytest.mark.parametrize(
    ("connect", "call"), [pytest.param(aws, LIST_KEYS, id="AWS"), pytest.param(github, MEMBERS, id="GitHub")]
)
def test_nothing_is_sent_any_more(connect: Connect, call: Call) -> None:
    counts = Counts()
    counts.give_up()
    with loopback(lambda _: Response()) as server:
        answer = connect(counts, server.url).send(call)

        assert (answer.error and answer.error.code, server.requests) == ("NobodyWaits", [])
