"""Queries to GitHub: one operation of type query and nothing else, pages joined, and every error an error answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muster.reading.declared_operations import declare_operations
from muster.reading.reads import Answer, Call
from muster.reading.sessions import github
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from muster.reading.sessions.github_queries import BadQuery, query_of
from muster.reading.sessions.github_wire import graphql_url
from muster.reading.sessions.limits import AnswerLimits
from tests.engine.loopback import Request, Respond, Response, loopback

declare_operations(__name__, lambda: ["github:QUERY Shops"])

SHOPS = """
query Shops($login: String!, $after: String, $archived: Boolean = false) {
  organization(login: $login) {
    shops: repositories(first: 2, after: $after, isArchived: $archived) {
      totalCount
      nodes { ...Shop }
      pageInfo { hasNextPage endCursor }
    }
  }
}
fragment Shop on Repository { name keys: deployKeys(first: 1) { totalCount nodes { title } } }
"""


@pytest.fixture(autouse=True)
def two_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "ATTEMPTS", 1)


def call(document: Any = SHOPS, operation: str = "QUERY Shops", **variables: Any) -> Call:
    return Call("code", "global", "github", operation, {"document": document, "login": "acme", **variables})


def asked(respond: Respond, question: Call | None = None, **options: Any) -> tuple[Answer, list[Request], Counts]:
    counts = Counts()
    with loopback(respond) as server:
        answer = GitHubTransport("t0ken", counts, endpoint_url=server.url, **options).send(question or call())
        return answer, server.requests, counts


def body(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode(), {"X-GitHub-Request-Id": "G-1"})


def shops(*names: str, cursor: str | None = None, **page_info: Any) -> dict[str, Any]:
    info = {"hasNextPage": cursor is not None, "endCursor": cursor, **page_info}
    page = {"totalCount": 3, "nodes": [{"name": name} for name in names], "pageInfo": info}
    return {"data": {"organization": {"shops": page}}}


def paged(request: Request) -> Response:
    after = json.loads(request.body)["variables"]["after"]
    return body(shops("ada", "bob", cursor="Y3") if after is None else shops("cyd"))


def test_a_query_is_posted_to_graphql_with_its_document_and_variables() -> None:
    answer, (request,), _ = asked(lambda _: body(shops("ada")))
    assert (request.method, request.path, request.headers["authorization"]) == ("POST", "/graphql", "Bearer t0ken")
    assert json.loads(request.body) == {"query": SHOPS, "variables": {"login": "acme", "after": None}}
    assert answer.content == shops("ada")["data"]


def test_the_pages_of_the_connection_that_is_followed_are_joined() -> None:
    answer, requests, counts = asked(paged)
    found = answer.content["organization"]["shops"]
    assert [each["name"] for each in found["nodes"]] == ["ada", "bob", "cyd"]
    assert found["pageInfo"] == {"hasNextPage": False, "endCursor": None}
    assert [json.loads(request.body)["variables"]["after"] for request in requests] == [None, "Y3"]
    assert answer.request_ids == ("G-1", "G-1")
    assert counts.as_data()["github-graphql"] == {"calls": 1, "requests": 2, "retries": 0, "throttles": 0}
    assert "github" not in counts.as_data()


def test_pages_are_within_the_limits_of_an_answer() -> None:
    cursors = iter(range(100))
    answer, requests, _ = asked(lambda _: body(shops("x", cursor=f"Y{next(cursors)}")), limits=AnswerLimits(pages=3))
    assert (answer.content, answer.error and answer.error.code, len(requests)) == (None, "AnswerTooLong", 3)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(shops("cyd", cursor="Y3"), id="a cursor that leads back"),
        pytest.param(shops("cyd", hasNextPage=True), id="more, and no cursor"),
        pytest.param(shops("cyd", hasNextPage=None), id="a last page that does not say so"),
        pytest.param({"data": {"organization": {"shops": {"pageInfo": {"hasNextPage": False}}}}}, id="without nodes"),
        pytest.param({"data": {"organization": None}}, id="nothing where the first page was"),
        pytest.param({"data": {}}, id="another answer"),
        pytest.param({"data": {"organization": []}}, id="a list in its place"),
        pytest.param({"data": None}, id="no data"),
        pytest.param({}, id="nothing"),
        pytest.param([], id="no object"),
    ],
)
def test_a_later_page_that_cannot_be_followed_is_an_error_and_never_a_short_list(second: Any) -> None:
    turns = iter([shops("ada", "bob", cursor="Y3")])
    answer, requests, _ = asked(lambda _: body(next(turns, second)))
    assert (answer.content, answer.error and answer.error.code) == (None, "NonAnswer")
    assert len(requests) == 2


def test_an_organization_that_is_null_is_left_to_the_noun() -> None:
    answer, _, _ = asked(lambda _: body({"data": {"organization": None}}))
    assert answer.content == {"organization": None}


@pytest.mark.parametrize(
    ("errors", "code", "message"),
    [
        pytest.param([{"type": "FORBIDDEN", "message": "not you"}], "FORBIDDEN", "not you", id="its type"),
        pytest.param(
            [{"type": "NOT_FOUND", "message": "a"}, {"message": "b"}], "NOT_FOUND", "a (and 1 more)", id="two"
        ),
        pytest.param(
            [{"message": "no field", "extensions": {"code": "undefinedField"}}],
            "undefinedField",
            "no field",
            id="schema",
        ),
        pytest.param([{"message": "oops"}], "GRAPHQL_ERROR", "oops", id="no type"),
        pytest.param(["oops"], "GRAPHQL_ERROR", "errors without a message", id="no message"),
        pytest.param({"a": 1}, "GRAPHQL_ERROR", "errors without a message", id="no list"),
    ],
)
@pytest.mark.parametrize("data", [None, shops("ada")["data"]], ids=["alone", "beside data"])
def test_an_error_in_the_answer_is_an_error_also_beside_data(data: Any, errors: Any, code: str, message: str) -> None:
    answer, _, _ = asked(lambda _: body({"data": data, "errors": errors}))
    assert answer.content is None
    assert answer.error is not None
    assert (answer.error.code, answer.error.message, answer.error.status) == (code, message, 200)
    assert answer.request_ids == ("G-1",)


def test_an_error_of_a_later_page_is_the_error_of_the_whole() -> None:
    turns = iter([shops("ada", "bob", cursor="Y3")])
    answer, _, _ = asked(lambda _: body(next(turns, {"errors": [{"type": "FORBIDDEN", "message": "no"}]})))
    assert (answer.content, answer.error and answer.error.code) == (None, "FORBIDDEN")


@pytest.mark.parametrize("status", [401, 403, 404, 502])
def test_an_error_of_http_has_its_status_for_a_code(status: int) -> None:
    answer, _, _ = asked(lambda _: body({"message": "no"}, status))
    assert (answer.error and answer.error.code) == str(status)


def test_a_query_that_fails_at_first_is_asked_again() -> None:
    turns = iter([body({"message": "oops"}, 502)])
    answer, _, counts = asked(lambda _: next(turns, body(shops("ada"))))
    assert answer.error is None
    assert counts.as_data()["github-graphql"] == {"calls": 1, "requests": 2, "retries": 1, "throttles": 0}


ONE = 'query Shops($login: String!) { repository(owner: $login, name: "x") { id } }'


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("mutation Shops($login: ID!) { deleteRef(input: {refId: $login}) { id } }", id="a mutation"),
        pytest.param("subscription Shops { x }", id="a subscription"),
        pytest.param(ONE + " mutation M { x }", id="a mutation beside it"),
        pytest.param("mutation M { x } " + ONE, id="a mutation before it"),
        pytest.param(ONE + " query Other { x }", id="a second query"),
        pytest.param(ONE.replace("Shops", "shops"), id="a name in other letters"),
        pytest.param(ONE.replace("Shops", "Shop"), id="another name"),
        pytest.param(ONE.replace("Shops", ""), id="no name"),
        pytest.param("{ viewer { login } }", id="the short form"),
        pytest.param("# query Shops { x }\nmutation Shops { x }", id="a query in a comment"),
        pytest.param("fragment Shops on Repository { name }", id="a fragment alone"),
        pytest.param("type Shops { x: Int }", id="a definition of a type"),
        pytest.param("query Shops { x } extend type Query { y: Int }", id="a definition beside it"),
        pytest.param("", id="nothing"),
        pytest.param("query Shops {", id="a text that breaks off"),
        pytest.param("query Shops " + "{ x" * 2_000 + "}" * 2_000, id="without a bottom"),
        pytest.param("query Shops { " + "x " * 30_000 + "}", id="without an end"),
    ],
)
def test_what_is_not_one_query_of_the_name_is_refused_before_anything_is_sent(document: str) -> None:
    answer, requests, _ = asked(lambda _: body({}), call(document))
    assert (answer.error and answer.error.code) == "NotARead"
    assert requests == []


@pytest.mark.parametrize(
    "operation", ["QUERY Others", "MUTATION Shops", "POST /graphql", "query Shops", "QUERY  Shops"]
)
def test_a_query_that_no_noun_names_is_refused_before_anything_is_sent(operation: str) -> None:
    answer, requests, _ = asked(lambda _: body({}), call(operation=operation))
    assert (answer.error and answer.error.code) == "NotARead"
    assert requests == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"after": "Y1"}, "takes no after", id="the cursor is not the noun's"),
        pytest.param({"state": "OPEN"}, "takes no state", id="a variable that the document lacks"),
        pytest.param({"document": None}, "without document", id="no document"),
        pytest.param(
            {"document": SHOPS.replace("$login: String!", "$login: String!, $state: State!")},
            "without state",
            id="a variable without its value",
        ),
        pytest.param(
            {"document": SHOPS.replace("deployKeys(first: 1) { totalCount ", "deployKeys(first: 1) { ")},
            "organization.shops.nodes.keys may be short",
            id="a nested connection that may be short",
        ),
        pytest.param(
            {"document": SHOPS.replace("deployKeys(first: 1) { totalCount ", "deployKeys { ")},
            "may be short",
            id="one without its size",
        ),
        pytest.param(
            {"document": SHOPS.replace("hasNextPage endCursor", "hasNextPage")}, "is followed and not", id="no cursor"
        ),
        pytest.param(
            {"document": SHOPS.replace("deployKeys(first: 1)", "deployKeys(first: 1, after: $after)")},
            "is followed and not",
            id="two that are followed",
        ),
        pytest.param({"document": SHOPS.replace(", after: $after", "")}, "for one connection", id="after is not used"),
        pytest.param(
            {"document": SHOPS.replace("nodes { ...Shop }", "nodes { ...Shops }")}, "Shops is", id="no fragment"
        ),
        pytest.param({"document": SHOPS.replace("nodes { title }", "nodes { ...Shop }")}, "circle", id="a circle"),
    ],
)
def test_a_document_that_could_be_short_or_does_not_fit_its_variables_is_the_nouns_mistake(
    change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadQuery, match=problem):
        query_of("QUERY Shops", {"document": SHOPS, "login": "acme", **change})


def test_a_nouns_mistake_is_an_error_answer_and_not_sent() -> None:
    answer, requests, _ = asked(lambda _: body({}), call(state="OPEN"))
    assert (answer.error and answer.error.code) == "BadQuery"
    assert requests == []


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
        ("https://github.example.com/api/v3", "https://github.example.com/api/graphql"),
    ],
)
def test_a_query_goes_to_the_graphql_api_of_the_same_server(endpoint: str, url: str) -> None:
    assert graphql_url(endpoint) == url
