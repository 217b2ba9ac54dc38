"""The GitHub session: GET and nothing else, all pages, and an error answer for everything that goes wrong."""

from __future__ import annotations

import json
import socket
import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from fixtures.sandbox.hub.server import application
from fixtures.sandbox.hub.state import Hub, HubOrganization, Member
from fixtures.sandbox.serve import serve
from muster.reading.access import Access
from muster.reading.reads import Answer, Call
from muster.reading.sessions import github, github_budget, github_wire
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from muster.reading.sessions.pace import Pace
from muster.run.kinds import KINDS
from tests.engine.loopback import Request, Respond, Response, loopback
from tests.engine.test_sessions_pace import Clock

MEMBERS = "GET /orgs/{org}/members"


def call(operation: str = MEMBERS, **request: Any) -> Call:
    return Call("code", "global", "github", operation, {"org": "acme-demo", **request})


@pytest.fixture(autouse=True)
def two_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "ATTEMPTS", 1)
    monkeypatch.setattr(github_budget, "A_MINUTE", 0.0)


def asked(respond: Respond, question: Call | None = None) -> tuple[Answer, list[Request], Counts]:
    counts = Counts()
    with loopback(respond) as server:
        answer = GitHubTransport("t0ken", counts, endpoint_url=server.url).send(question or call())
        return answer, server.requests, counts


def body(value: Any, status: int = 200, link: str = "") -> Response:
    headers = {"X-GitHub-Request-Id": "G-1"} | ({"Link": link} if link else {})
    return Response(status, json.dumps(value).encode(), headers)


def in_pages(*pages: Any) -> Respond:
    """A server whose Link header leads from page to page."""

    def respond(request: Request) -> Response:
        number = int(parse_qs(urlsplit(request.path).query).get("page", ["1"])[0])
        address = f"http://127.0.0.1/organizations/77/members?per_page=100&page={number + 1}"
        link = f'<{address}>; rel="next"' if number < len(pages) else ""
        return body(pages[number - 1], link=link)

    return respond


def test_all_pages_that_the_link_header_leads_to_are_joined() -> None:
    answer, requests, counts = asked(in_pages([{"login": "ada"}], [{"login": "bob"}], [{"login": "cyd"}]))
    assert [member["login"] for member in answer.content] == ["ada", "bob", "cyd"]
    assert [parse_qs(urlsplit(request.path).query) for request in requests] == [
        {"per_page": ["100"]},
        {"per_page": ["100"], "page": ["2"]},
        {"per_page": ["100"], "page": ["3"]},
    ]
    assert {urlsplit(request.path).path for request in requests} == {"/orgs/acme-demo/members"}
    assert counts.as_data()["github"]["calls"] == 1
    assert counts.as_data()["github"]["requests"] == 3


def test_each_page_and_each_retry_is_within_the_pace() -> None:
    clock = Clock()
    busy = iter([Response(503, b"{}", {}), *map(body, ([{"login": "ada"}], [{"login": "bob"}]))])
    with loopback(lambda _: next(busy)) as server:
        pace = Pace(1, clock, clock.sleep)
        transport = GitHubTransport("t0ken", Counts(), endpoint_url=server.url, pace=pace)
        start = clock.now
        answers = [transport.send(call()), transport.send(call())]

    assert [answer.content[0]["login"] for answer in answers] == ["ada", "bob"]
    # A second's worth at once, and one more each second after it.
    assert clock.now - start == pytest.approx(1.0)


def test_an_account_of_the_estate_sets_the_pace() -> None:
    with loopback(lambda _: body([])) as server:
        access = Access("code", "github", "acme", (), sandbox=True, endpoint_url=server.url, calls_per_second=4)
        transport = KINDS["github"].transport(access, Counts(), {})
        start = time.monotonic()
        for _ in range(7):
            assert transport.send(call()).content == []

    assert time.monotonic() - start >= 0.5, "a second's worth is 4, and the seventh comes two quarters after the fifth"


def test_pages_that_wrap_their_list_are_joined_or_refused_but_the_last_is_never_taken_for_the_whole() -> None:
    answer, _, _ = asked(in_pages({"total_count": 2, "secrets": ["a"]}, {"total_count": 2, "secrets": ["b"]}))
    joined = answer.error is None and answer.content["secrets"] == ["a", "b"]
    assert joined or answer.error is not None, f"a part was taken for the whole: {answer.content}"


@pytest.mark.parametrize(
    ("operation", "part", "path"),
    [
        pytest.param(
            "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
            {"environment_name": "eu/prod #1"},
            "environments/eu%2Fprod%20%231/deployment-branch-policies",
            id="the name of an environment",
        ),
        pytest.param(
            "GET /repos/{owner}/{repo}/contents/{path}",
            {"path": ".github/CODE OWNERS"},
            "contents/.github/CODE%20OWNERS",
            id="the path of a file",
        ),
        pytest.param(
            "GET /repos/{owner}/{repo}/branches/{branch}/protection",
            {"branch": "rel/1"},
            "branches/rel/1/protection",
            id="a branch",
        ),
    ],
)
def test_a_slash_is_encoded_in_all_that_is_no_path_itself(operation: str, part: dict[str, str], path: str) -> None:
    question = Call("code", "global", "github", operation, {"owner": "acme-demo", "repo": "shop", **part})
    _, requests, _ = asked(lambda _: body({}), question)
    assert urlsplit(requests[0].path).path == f"/repos/acme-demo/shop/{path}"


def test_what_of_a_request_is_not_in_the_path_is_its_query() -> None:
    _, requests, _ = asked(lambda _: body([]), call(role="admin", per_page=5))
    assert parse_qs(urlsplit(requests[0].path).query) == {"role": ["admin"], "per_page": ["5"]}


def test_whoever_asks_for_a_page_gets_that_one() -> None:
    answer, requests, _ = asked(in_pages([1], [2], [3]), call(page=2))
    assert answer.content == [2]
    assert [parse_qs(urlsplit(request.path).query) for request in requests] == [{"per_page": ["100"], "page": ["2"]}]


def test_the_query_goes_along_to_the_next_page() -> None:
    _, requests, _ = asked(in_pages([1], [2]), call(filter="2fa_disabled"))
    assert [parse_qs(urlsplit(request.path).query)["filter"] for request in requests] == [["2fa_disabled"]] * 2


@pytest.mark.parametrize("branch", ["main", "feature/x", "fix#1", "what?", "100%", "a b", "grün"])
def test_a_name_arrives_as_it_is_written(branch: str) -> None:
    operation = "GET /repos/{owner}/{repo}/branches/{branch}/protection"
    _, requests, _ = asked(lambda _: body({}), call(operation, owner="acme", repo="shop", branch=branch))
    assert unquote(urlsplit(requests[0].path).path) == f"/repos/acme/shop/branches/{branch}/protection"


def test_token_and_api_version_are_in_the_headers() -> None:
    _, requests, _ = asked(lambda _: body([]))
    assert requests[0].method == "GET"
    assert requests[0].headers["authorization"] in ("token t0ken", "Bearer t0ken")
    assert requests[0].headers["x-github-api-version"] == github_wire.API_VERSION


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("POST /orgs/{org}/repos", id="POST"),
        pytest.param("DELETE /repos/{org}/x", id="DELETE"),
        pytest.param("PATCH /orgs/{org}", id="PATCH"),
        pytest.param("get /orgs/{org}", id="spelled otherwise"),
        pytest.param("GET /orgs/{org}/migrations", id="a GET that no noun names"),
        pytest.param("GET /repos/{owner}/{repo}/tarball/{ref}", id="a GET of what the account keeps"),
        pytest.param("GET /orgs/acme-demo/members", id="a path that is filled in already"),
    ],
)
def test_what_no_noun_asks_is_refused_before_anything_is_sent(operation: str) -> None:
    with loopback(lambda _: body({})) as server:
        answer = GitHubTransport("t0ken", Counts(), endpoint_url=server.url).send(call(operation))
        assert answer.error is not None
        assert answer.error.code == "NotARead"
        assert server.requests == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "Bad credentials"),
        (403, "Resource not accessible by personal access token"),
        (404, "Branch not protected"),
        (422, "Only owners can use this filter."),
        (500, "Server Error"),
        (502, "Bad gateway"),
    ],
)
def test_an_error_has_its_http_status_for_a_code(status: int, message: str) -> None:
    answer, _, _ = asked(lambda _: body({"message": message}, status))
    assert answer.content is None
    assert answer.error is not None
    assert (answer.error.code, answer.error.status) == (str(status), status)


@pytest.mark.parametrize("status", [401, 404, 422])
def test_an_error_keeps_githubs_message_and_request_id(status: int) -> None:
    answer, _, _ = asked(lambda _: body({"message": "why not"}, status))
    assert answer.error is not None
    assert (answer.error.message.partition(" (")[0], answer.request_ids) == ("why not", ("G-1",))


PERMISSIONS = {"X-Accepted-GitHub-Permissions": "administration=read; contents=read,metadata=read"}
SCOPES = {"X-Accepted-OAuth-Scopes": "admin:org, read:org"}
SSO = {"X-GitHub-SSO": "required; url=https://github.com/orgs/acme/sso?authorization_request=AZSCKL"}
MAY_NOT = "Resource not accessible by integration"


@pytest.mark.parametrize(
    ("status", "message", "headers", "told"),
    [
        pytest.param(
            403,
            MAY_NOT,
            PERMISSIONS,
            "(GitHub wants administration=read; contents=read,metadata=read)",
            id="permissions",
        ),
        pytest.param(403, MAY_NOT, SCOPES, "(GitHub wants one of the scopes admin:org, read:org)", id="scopes"),
        pytest.param(
            403, "SAML", SSO, "(the token is not authorized for the organization's single sign-on)", id="single sign-on"
        ),
        pytest.param(404, "Not Found", PERMISSIONS, "(GitHub wants administration", id="what it may not know"),
        pytest.param(401, "Bad credentials", {}, "(the token is wrong, was revoked, or has expired)", id="no token"),
        pytest.param(404, "Branch not protected", PERMISSIONS, "", id="there is none"),
        pytest.param(410, "Issues are disabled", PERMISSIONS, "", id="switched off"),
        pytest.param(403, MAY_NOT, {"X-Accepted-GitHub-Permissions": "<b>sesame</b>"}, "", id="another text"),
        pytest.param(403, MAY_NOT, {"X-Accepted-GitHub-Permissions": "a=read;" * 99 + "a=read"}, "", id="no end"),
    ],
)
def test_an_error_says_what_github_wants_of_a_token_that_may(
    status: int, message: str, headers: dict[str, str], told: str
) -> None:
    answer, _, _ = asked(lambda _: Response(status, json.dumps({"message": message}).encode(), headers))
    assert answer.error is not None
    assert answer.error.code == str(status)
    assert answer.error.message.startswith(f"{message} {told}".rstrip())
    assert told or answer.error.message == message
    assert "AZSCKL" not in answer.error.message
    assert answer.error.is_one_of((f"{status}: {message}",)), "nouns name a part of GitHub's text"


def test_a_page_that_fails_fails_the_whole_answer() -> None:
    def respond(request: Request) -> Response:
        return body({"message": "gone"}, 404) if "page=2" in request.path else in_pages([1], [2])(request)

    answer, _, _ = asked(respond)
    assert (answer.content, answer.error and answer.error.code) == (None, "404")


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(Response(200, b"<html>Please sign in</html>"), id="no JSON"),
        pytest.param(Response(200, b'[{"login":'), id="JSON that breaks off"),
        pytest.param(Response(200, b"[]", length=50), id="a connection that breaks"),
    ],
)
def test_what_cannot_be_understood_is_an_error_answer(response: Response) -> None:
    answer, _, _ = asked(lambda _: response)
    assert answer.error is not None


@pytest.mark.parametrize("status", [200, 403, 404, 502])
@pytest.mark.parametrize("quote", ["<p>{}</p>", '{{"message": "{}', '[{{"message": "{}"}}]'])
def test_what_cannot_be_parsed_is_not_quoted(status: int, quote: str) -> None:
    secret = "correct horse battery staple"
    answer, _, _ = asked(lambda _: Response(status, quote.format(secret).encode()))
    assert (answer.error is None) == (status == 200 and quote.startswith("["))
    assert answer.error is None or (answer.error.message and secret not in answer.error.message)


def test_where_github_says_yes_by_204_it_is_not_nothing_which_is_how_absence_is_told() -> None:
    question = call("GET /repos/{owner}/{repo}/vulnerability-alerts", owner="acme-demo", repo="shop")
    answer, _, _ = asked(lambda _: Response(204, b""), question)
    assert (answer.content, answer.error) == ({}, None)


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(Response(200, b""), id="200 without a body"),
        pytest.param(Response(200, b" \n"), id="200 with a blank body"),
        pytest.param(Response(204, b""), id="204 where a list is due"),
        pytest.param(Response(202, b"{}"), id="202: come again"),
        pytest.param(Response(206, b"[]"), id="a part"),
        pytest.param(Response(301, b"[]", {"Location": "http://127.0.0.1:1/orgs/new/members"}), id="moved"),
        pytest.param(Response(302, b"", {"Location": "https://login.example.com"}), id="a portal"),
        pytest.param(Response(304, b""), id="not modified"),
        pytest.param(Response(200, b"[NaN]"), id="a number that is none"),
        pytest.param(Response(200, b'[{"private": true, "private": false}]'), id="a name that is there twice"),
        pytest.param(Response(200, b"[" * 100_000), id="JSON without a bottom"),
        pytest.param(Response(200, b"[" * 150 + b"]" * 150), id="JSON nested too deep"),
        pytest.param(Response(200, b'["\xff"]'), id="no text"),
        pytest.param(Response(200, b"[" + b"9" * 5_000 + b"]"), id="a number too long"),
        pytest.param(Response(200, b"no gzip", {"Content-Encoding": "gzip"}), id="a body that cannot be unpacked"),
    ],
)
def test_what_is_no_answer_where_members_are_listed_is_an_error(response: Response) -> None:
    answer, requests, _ = asked(lambda _: response)
    assert (answer.content, answer.error is None) == (None, False)
    assert len(requests) == 1


def test_a_refused_connection_is_an_error_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    answer = GitHubTransport("t0ken", Counts(), endpoint_url=url).send(call())
    assert answer.error is not None


def test_an_answer_that_fails_at_first_is_asked_for_again() -> None:
    turns = iter([body({"message": "oops"}, 502)])
    answer, requests, _ = asked(lambda _: next(turns, body([{"login": "ada"}])))
    assert answer.content == [{"login": "ada"}]
    assert len(requests) == 2


def counted(counts: Counts) -> tuple[int, int, int]:
    data = counts.as_data()["github"]
    return data["requests"], data["retries"], data["throttles"]


RATE_LIMIT = {"message": "API rate limit exceeded for user ID 1."}
AT_ONCE = {"Retry-After": "1"}


@pytest.mark.parametrize(
    ("response", "code", "count"),
    [
        pytest.param(body({"message": "Resource not accessible"}, 403), "403", (1, 0, 0), id="403: may not"),
        pytest.param(body({"message": "Not Found"}, 404), "404", (1, 0, 0), id="404"),
        pytest.param(body({"message": "Issues are disabled"}, 410), "410", (1, 0, 0), id="410"),
        pytest.param(body({"message": "Slow down"}, 429), "429", (2, 1, 2), id="429"),
        pytest.param(
            Response(403, json.dumps(RATE_LIMIT).encode(), AT_ONCE), "429", (2, 1, 2), id="403 that is a rate limit"
        ),
        pytest.param(body({"message": "oops"}, 502), "502", (2, 1, 0), id="502"),
    ],
)
def test_errors_are_told_apart_and_retries_and_throttles_counted(
    response: Response, code: str, count: tuple[int, int, int]
) -> None:
    answer, requests, counts = asked(lambda _: response)
    assert answer.error is not None
    assert (answer.error.code, answer.error.status) == (code, response.status)
    assert counted(counts) == count
    assert len(requests) == count[0]


@pytest.mark.parametrize("wait", ["100000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_rate_limit_that_would_outlast_the_answers_time_is_not_waited_for(wait: str) -> None:
    answer, requests, _ = asked(lambda _: Response(429, b"{}", {"Retry-After": wait}))
    assert answer.error is not None
    assert answer.error.code == "DeadlinePassed"
    assert len(requests) == 1


@pytest.mark.parametrize("wait", ["soon", "9" * 5_000])
def test_a_rate_limit_that_nobody_understands_is_an_error(wait: str) -> None:
    answer, _, _ = asked(lambda _: Response(429, b"{}", {"Retry-After": wait}))
    assert answer.error is not None


def test_nothing_goes_through_a_proxy_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    answer, _, _ = asked(lambda _: body([]))
    assert answer.error is None


def test_a_connection_that_breaks_off_is_not_quoted(caplog: pytest.LogCaptureFixture) -> None:
    answer, _, _ = asked(lambda _: Response(raw=[b"sesame open\r\n\r\n"]))
    assert "sesame" not in caplog.text
    assert answer.error is not None
    assert answer.error.message == "GitHub gave no answer: BadStatusLine"


def test_the_reason_that_a_server_gives_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    answer, _, _ = asked(lambda _: Response(raw=[b"HTTP/1.1 403 sesame open\r\nContent-Length: 2\r\n\r\n{}"]))
    assert answer.error is not None
    assert answer.error.code == "403"
    assert "sesame" not in caplog.text


def test_a_question_without_its_argument_is_a_nouns_mistake_and_not_sent() -> None:
    answer, requests, _ = asked(lambda _: body([]), call("GET /repos/{owner}/{repo}"))
    assert answer.error is not None
    assert answer.error.code == "MissingArgument"
    assert requests == []


def test_the_members_of_a_large_organization_are_all_there() -> None:
    members = [Member(login=f"user-{number}") for number in range(250)]
    organization = HubOrganization("acme-demo", "Acme", two_factor_required=True, members=members)
    url = serve(application(Hub({"acme-demo": organization})))
    answer = GitHubTransport("t0ken", Counts(), endpoint_url=url).send(call())
    assert [member["login"] for member in answer.content] == [member.login for member in members]
