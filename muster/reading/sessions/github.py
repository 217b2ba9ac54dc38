"""The GitHub session: sends GET requests and GraphQL queries, and nothing else.

An operation is spelled as GitHub's documentation does, `GET /orgs/{org}/members`; what of a request is not part of the
path is its query string. `QUERY Name` is a GraphQL query of that name, whose request holds its `document` and, beside
it, its variables. https://docs.github.com/en/rest https://docs.github.com/en/graphql
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import github
import requests
import urllib3
from github.Requester import Requester

from muster.errors import NotARead
from muster.reading.declared_operations import refuse_undeclared
from muster.reading.named_once import named_once
from muster.reading.reads import Answer, ApiError, Call, EarlierAnswers
from muster.reading.sessions.asking import Asking, Caller, asking, now_asking
from muster.reading.sessions.bodies import values_in
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github_budget import BudgetSpent, RateBudget, counted_as
from muster.reading.sessions.github_credentials import Credentials, FixedToken, NoToken
from muster.reading.sessions.github_denials import with_remedy
from muster.reading.sessions.github_queries import (
    AFTER,
    DOCUMENT,
    POINTS_SPENT,
    QUERY,
    BadQuery,
    Query,
    query_of,
    read_answer,
    with_page,
)
from muster.reading.sessions.github_unchanged import as_unchanged, is_for, validator_of
from muster.reading.sessions.github_wire import API_VERSION, GitHubWire
from muster.reading.sessions.limits import AnswerLimits, LimitPassed
from muster.reading.sessions.own_questions import RATE_LIMIT
from muster.reading.sessions.pace import Pace
from muster.reading.sessions.pages import as_json
from muster.reading.unchanged import Validator

CLOUD = "https://api.github.com"
LARGEST_PAGE = 100
PATHS = frozenset({"path", "branch", "tree_sha"})
"""What of a path is one itself: in all else GitHub wants a slash encoded, in the name of an environment say.

https://docs.github.com/en/rest/deployments/branch-policies#list-deployment-branch-policies
"""
PAGE = "page"
"""The variable of a question that asks for one page, by its number, and no other."""
ATTEMPTS = 10
RATE_LIMITED = "429"
"""The code of the error that a rate limit becomes, which GitHub tells as 403 or as 429."""
# What says something without a body: yes, it is so (204). Elsewhere no body is no answer.
# https://docs.github.com/en/rest/repos/repos#check-if-vulnerability-alerts-are-enabled-for-a-repository
# https://docs.github.com/en/rest/orgs/members#check-organization-membership-for-a-user
# https://docs.github.com/en/rest/collaborators/collaborators#check-if-a-user-is-a-repository-collaborator
# https://docs.github.com/en/rest/teams/teams#check-team-permissions-for-a-repository
SAID_BY_204 = frozenset(
    {
        "GET /repos/{owner}/{repo}/vulnerability-alerts",
        "GET /orgs/{org}/members/{username}",
        "GET /orgs/{org}/public_members/{username}",
        "GET /repos/{owner}/{repo}/collaborators/{username}",
        "GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}",
    }
)


class MissingArgument(ValueError):
    """A question without something that its path names; the text says what."""


class NonAnswer(ValueError):
    """What came is no answer to the question; the text says why, and quotes nothing of it."""


class GitHubTransport:
    """Sends the reads of one GitHub organization, with a token or other credentials; a `Transport`.

    `earlier` tells what was answered to a question in an earlier run: where GitHub says that this has not changed, it
    is the answer.
    """

    def __init__(
        self,
        credentials: Credentials | str,
        counts: Counts,
        *,
        endpoint_url: str | None = None,
        limits: AnswerLimits | None = None,
        pace: Pace | None = None,
        earlier: EarlierAnswers | None = None,
        budget: RateBudget | None = None,
    ) -> None:
        self._counts = counts
        self._limits = limits or AnswerLimits()
        self._earlier = earlier or (lambda _: None)
        self._caller = Caller(counts, pace=pace or Pace(None))
        known = FixedToken(credentials) if isinstance(credentials, str) else credentials
        url = (endpoint_url or CLOUD).removesuffix("/")
        self._wire = GitHubWire(known, url, budget or RateBudget(counts), counts, ATTEMPTS)

    def send(self, call: Call) -> Answer:
        """Ask; every error of the API or the network is an answer with that error.

        Its code is the HTTP status; of an error that is told in the answer to a query, the type that GitHub gives it.
        """
        try:
            _refuse_writes(call)
            ask = self._prepared_query(call) if call.operation.startswith(QUERY) else self._prepared_get(call)
        except (NotARead, BadQuery, MissingArgument) as refused:
            return Answer(error=ApiError(type(refused).__name__, str(refused)))
        self._counts.add(counted_as(call), "calls")
        with asking(call, self._limits, self._caller) as question:
            return self._answer(question, ask)

    def _prepared_get(self, call: Call) -> Callable[[], Answer]:
        template = call.operation.partition(" ")[2]
        in_path = set(re.findall(r"{(\w+)}", template))
        if missing := in_path - call.request.keys():
            raise MissingArgument(f"{call.name} was asked without {', '.join(missing)}")
        parts = {name: quote(str(call.request[name]), "/" * (name in PATHS)) for name in in_path}
        path = template.format_map(parts)
        query = {name: value for name, value in call.request.items() if name not in in_path}
        return partial(self._all_pages, call, path, query)

    def _prepared_query(self, call: Call) -> Callable[[], Answer]:
        query = query_of(call.operation, call.request)
        variables = {name: value for name, value in call.request.items() if name != DOCUMENT}
        return partial(self._whole_query, call, query, variables)

    def _answer(self, question: Asking, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except github.GithubException as error:
            # PyGithub's retries raise what is no rate limit (403); the answer itself is in the exception.
            answer = self._failed(error.status, error.headers or {}, error.data)
        except NoToken as error:
            answer = Answer(error=error.error)
        except (NonAnswer, LimitPassed, BudgetSpent) as error:
            answer = Answer(error=ApiError(type(error).__name__, str(error)))
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            answer = Answer(error=ApiError(type(error).__name__, f"GitHub gave no answer: {_reason(error)}"))
        except (ValueError, RecursionError) as error:
            # Content or headers that cannot be parsed; their text would quote them.
            answer = Answer(error=ApiError(NonAnswer.__name__, f"the answer cannot be parsed: {type(error).__name__}"))
        passed = question.allowance.passed
        return answer if passed is None else Answer(error=ApiError(type(passed).__name__, str(passed)))

    def _whole_query(self, call: Call, query: Query, variables: dict[str, Any]) -> Answer:
        """The data of the answer, with all pages of the connection that is followed; an error beside data is one."""
        data: Any = None
        request_ids: list[str] = []
        after: str | None = None
        refused = 0
        while data is None or after is not None:
            asked = variables if query.followed is None else {**variables, AFTER: after}
            response, body = self._wire.query(query.document, asked)
            if response.status_code >= 400:
                return self._failed(response.status_code, response.headers, body, request_ids)
            request_ids.append(response.headers.get("x-github-request-id", ""))
            said = as_json(_said(call.operation, response.status_code, body), self._limits.depth)
            page, error = read_answer(said, response.status_code)
            if error is not None and error.code in POINTS_SPENT and (refused := refused + 1) <= ATTEMPTS:
                self._wire.spent(response.headers)
                continue
            if error is not None:
                return Answer(error=error, request_ids=tuple(filter(None, request_ids)))
            data, after = (page, None) if query.followed is None else with_page(data, page, query.followed, after)
        return Answer(data, request_ids=tuple(filter(None, request_ids)))

    def _all_pages(self, call: Call, path: str, query: dict[str, Any]) -> Answer:
        earlier = self._earlier(call)
        etag = earlier.validator.etag if is_for(earlier, API_VERSION, self._wire.token_kind) and earlier else None
        content: Any = None
        request_ids: list[str] = []
        validator: Validator | None = None
        following: dict[str, Any] | None = {"per_page": LARGEST_PAGE, **query}
        while following is not None:
            response, body = self._wire.get(path, following, etag)
            link = response.headers.get("link", "")
            if response.status_code == 304 and earlier is not None and etag is not None:
                etag = None
                if _next_page(link, query) is None:
                    self._counts.add(counted_as(call), "unchanged")
                    return as_unchanged(earlier, response.headers.get("x-github-request-id", ""))
                continue
            if response.status_code >= 400:
                return self._failed(response.status_code, response.headers, body, request_ids)
            request_ids.append(response.headers.get("x-github-request-id", ""))
            page = as_json(_said(call.operation, response.status_code, body), self._limits.depth)
            content = page if content is None else _joined(content, page)
            following, etag = _next_page(link, query), None
            if len(request_ids) == 1 and following is None and response.status_code == 200 and call.name != RATE_LIMIT:
                validator = validator_of(response.headers, content, API_VERSION, self._wire.token_kind)
        return Answer(content, request_ids=tuple(filter(None, request_ids)), validator=validator)

    def _failed(self, status: int, headers: Any, body: Any, request_ids: list[str] | None = None) -> Answer:
        """The error that an answer speaks of: the bytes that came, or what PyGithub made of them."""
        try:
            message = str((json.loads(body) if isinstance(body, str | bytes) else body)["message"])
        except (ValueError, LookupError, TypeError, RecursionError):
            # Never quoted: nobody can tell which part of it is secret.
            message = "an error without a message"
            if body:
                message += ": what came with it is not GitHub's JSON"
        code = str(status)
        if status == 429 or (status == 403 and Requester.isRateLimitError(message)):
            self._counts.add(counted_as(now_asking().call), "throttles")
            code = RATE_LIMITED
        else:
            message = with_remedy(status, message, headers)
        ids = [*(request_ids or ()), headers.get("x-github-request-id", "")]
        return Answer(error=ApiError(code, message, status), request_ids=tuple(filter(None, ids)))


def _said(operation: str, status: int, body: bytes) -> Any:
    """What an answer that is no error says. Raises `NonAnswer` where it says nothing."""
    if status == 204 and operation in SAID_BY_204:
        # Not None, which is how absence is told.
        return {}
    if 300 <= status < 400:
        raise NonAnswer(f"{status}: GitHub points elsewhere: the name is no longer this one, or a proxy stands between")
    if status != 200 or not body.strip():
        raise NonAnswer(f"{status}: the answer says nothing, where GitHub documents that it says something")
    now_asking().allowance.parse(values_in(body, "json"))
    return json.loads(body, object_pairs_hook=named_once, parse_constant=_refuse_constant)


def _refuse_constant(_: str) -> None:
    raise NonAnswer("the answer holds NaN or Infinity, which is not JSON")


def _refuse_writes(call: Call) -> None:
    if not call.operation.startswith(("GET ", QUERY)):
        raise NotARead(f"{call.name} is not a read: Muster sends GET requests and queries only")
    refuse_undeclared(call.name)


def _joined(content: Any, page: Any) -> Any:
    """Two pages as one: lists are joined, also where they stand in an object beside a total."""
    if isinstance(content, list) and isinstance(page, list):
        content.extend(page)
        return content
    if isinstance(content, dict) and isinstance(page, dict):
        lists = {name: _joined(content.get(name, []), value) for name, value in page.items() if isinstance(value, list)}
        return {**content, **lists}
    raise NonAnswer("the pages of the answer do not fit together")


def _next_page(link: str, query: dict[str, Any]) -> dict[str, Any] | None:
    """What the next page is asked with; whoever asks for a page wants that one, the newest of what is sorted, say."""
    if PAGE in query:
        return None
    for part in requests.utils.parse_header_links(link):
        if part.get("rel") == "next":
            asked = parse_qs(urlsplit(part["url"]).query)
            return {**query, **{name: values[0] for name, values in asked.items()}}
    return None


def _reason(error: BaseException) -> str:
    """Why nobody answered, without what the other side sent: of a broken answer, errors quote the line."""
    cause: BaseException | None = error
    names = []
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        names.append(type(cause).__name__)
        inner = (getattr(cause, "reason", None), *cause.args)
        cause = next((each for each in inner if isinstance(each, BaseException)), None)
    return names[-1]
