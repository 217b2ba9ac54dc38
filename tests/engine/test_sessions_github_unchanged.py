"""What has not changed since an earlier run is not sent again; what cannot be known to be the same is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muster.reading.reads import Answer, Call
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from muster.reading.sessions.github_unchanged import kind_of_token
from muster.reading.sessions.github_wire import API_VERSION
from muster.reading.unchanged import EarlierAnswer, Unchanged, Validator
from tests.engine.loopback import Request, Respond, Response, loopback

CALL = Call("code", "global", "github", "GET /orgs/{org}", {"org": "acme"})
TAG = 'W/"5bd1"'
SOURCE = Unchanged("20261125T220000Z-x", "0" * 64, "2026-11-24T22:00:00.000000Z")
ACME = {"login": "acme"}
EARLIER = EarlierAnswer(ACME, Validator(TAG, API_VERSION, "ghp"), SOURCE)


def asked(
    respond: Respond, earlier: EarlierAnswer | None = EARLIER, token: str = "ghp_x"
) -> tuple[Answer, list[Request], Counts]:
    counts = Counts()
    with loopback(respond) as server:
        transport = GitHubTransport(token, counts, endpoint_url=server.url, earlier=lambda _: earlier)
        return transport.send(CALL), server.requests, counts


def body(value: Any, tag: str = TAG, link: str = "") -> Response:
    return Response(200, json.dumps(value).encode(), {"ETag": tag, "X-GitHub-Request-Id": "G-1", "Link": link})


def unchanged(link: str = "") -> Response:
    return Response(304, b"", {"ETag": TAG, "X-GitHub-Request-Id": "G-2", "Link": link})


def respond(request: Request) -> Response:
    return unchanged() if request.headers.get("if-none-match") == TAG else body({"login": "acme", "is": "new"}, '"new"')


def test_what_has_not_changed_is_the_earlier_answer_and_says_so() -> None:
    answer, requests, counts = asked(respond)
    assert (answer.content, answer.error, answer.request_ids) == (ACME, None, ("G-2",))
    assert (answer.validator, answer.unchanged) == (EARLIER.validator, SOURCE)
    assert answer.at > SOURCE.first_read
    assert len(requests) == 1
    assert counts.as_data()["github"]["unchanged"] == 1


def test_what_has_changed_is_what_came() -> None:
    answer, requests, counts = asked(lambda _: body({"login": "acme", "is": "new"}, '"new"'))
    assert answer.content == {"login": "acme", "is": "new"}
    assert (answer.validator, answer.unchanged) == (Validator('"new"', API_VERSION, "ghp"), None)
    assert len(requests) == 1
    assert "unchanged" not in counts.as_data()["github"]


@pytest.mark.parametrize(
    ("earlier", "token"),
    [
        pytest.param(None, "ghp_x", id="nothing is known"),
        pytest.param(EARLIER, "github_pat_x", id="another kind of token"),
        pytest.param(EarlierAnswer(ACME, Validator(TAG, "2020-01-01", "ghp"), SOURCE), "ghp_x", id="another version"),
    ],
)
def test_what_may_have_been_answered_otherwise_is_not_asked_about(earlier: EarlierAnswer | None, token: str) -> None:
    answer, requests, _ = asked(respond, earlier, token)
    assert "if-none-match" not in requests[0].headers
    assert (answer.content, answer.unchanged) == ({"login": "acme", "is": "new"}, None)


def test_an_unchanged_page_after_which_another_follows_is_asked_for_whole() -> None:
    link = '<http://127.0.0.1/x?page=2>; rel="next"'

    def grown(request: Request) -> Response:
        if "if-none-match" in request.headers:
            return unchanged(link)
        return body(["b"]) if "page=2" in request.path else body(["a"], link=link)

    answer, requests, _ = asked(grown, EarlierAnswer(["a"], EARLIER.validator, SOURCE))
    assert (answer.content, answer.validator, answer.unchanged) == (["a", "b"], None, None)
    assert len(requests) == 3


def test_a_304_that_nobody_asked_for_is_no_answer() -> None:
    answer, _, _ = asked(lambda _: unchanged(), None)
    assert (answer.content, answer.error and answer.error.code) == (None, "NonAnswer")


@pytest.mark.parametrize(
    ("response", "token"),
    [
        pytest.param(body([0] * 30), "ghp_x", id="a page that may be full"),
        pytest.param(body({"total_count": 30, "keys": [0] * 30}), "ghp_x", id="a list beside a total"),
        pytest.param(body(ACME, ""), "ghp_x", id="no ETag"),
        pytest.param(body(ACME, "5bd1"), "ghp_x", id="no ETag's form"),
        pytest.param(body(ACME, f'"{"a" * 300}"'), "ghp_x", id="an ETag without an end"),
    ],
)
def test_what_could_grow_unseen_is_not_kept_for_another_night(response: Response, token: str) -> None:
    answer, _, _ = asked(lambda _: response, None, token)
    assert answer.error is None
    assert answer.validator is None


@pytest.mark.parametrize("content", [ACME, [], ["a"] * 29, {"total_count": 1, "keys": ["a"]}])
def test_what_came_whole_is_kept_with_its_etag(content: Any) -> None:
    answer, _, _ = asked(lambda _: body(content), None)
    assert answer.validator == EARLIER.validator


@pytest.mark.parametrize(
    ("token", "kind"),
    [("ghp_a", "ghp"), ("github_pat_1_a", "github_pat"), ("gho_a", "gho"), ("a", "other"), ("ghpa", "other")],
)
def test_a_kind_of_token_is_known_by_how_it_begins(token: str, kind: str) -> None:
    assert kind_of_token(token) == kind
