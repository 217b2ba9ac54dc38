"""GitHub's wire: requests through `requests`, tried again as PyGithub knows to, within the limits of an answer.

PyGithub's own requester is not used: it reads answers of any size, waits for a 202 by recursion without end, and its
retries are told to nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

import requests
from github.GithubException import GithubException
from github.GithubRetry import GithubRetry
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from muster.errors import NotARead
from muster.reading.reads import OF_A_SERVICE
from muster.reading.sessions.asking import now_asking
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github_budget import LONGEST_WAIT, RateBudget, counted_as
from muster.reading.sessions.github_credentials import Credentials, is_of_an_app
from muster.reading.sessions.hosts import host_of, is_local
from muster.reading.sessions.metered import hush, metered

SERVICE_OF_APPS = "github-app"
"""What a GitHub App asks to get a token, which no rate limit of the organization's counts."""
# https://docs.github.com/en/rest/about-the-rest-api/api-versions
API_VERSION = "2022-11-28"
HEADERS = {
    "Accept": "application/vnd.github+json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "muster",
    "X-GitHub-Api-Version": API_VERSION,
}
TIMEOUTS = (10.0, 60.0)
"""Seconds to connect, and to wait for the next bytes."""
PAUSE = 0.5
"""Seconds before the second retry after an error of GitHub's own; doubled for each that follows."""
LONGEST_PAUSE = 20.0
RATE_LIMITS = (403, 429)
CHUNK = 64 * 1024
# PyGithub sets up logging of its own, for all to see.
hush("github.GithubRetry")
POOLS = {"http": metered(HTTPConnectionPool), "https": metered(HTTPSConnectionPool)}


@dataclass(frozen=True)
class _Asked:
    """A request before it is sent; `body` is JSON."""

    method: str
    url: str
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Head:
    """How an answer begins."""

    status_code: int
    headers: Mapping[str, str]


class GitHubWire:
    """Sends GET requests and queries with a token, for the call that the thread asks; safe between threads.

    `endpoint_url` is the address of the REST API, without a slash at its end.
    """

    def __init__(
        self, credentials: Credentials, endpoint_url: str, budget: RateBudget, counts: Counts, attempts: int
    ) -> None:
        self._credentials = credentials
        self._budget = budget
        self._endpoint_url = endpoint_url
        self._counts = counts
        self._host = host_of(endpoint_url)
        # Proxies and certificates as the environment says. It is read once: it takes a third of a request's time else.
        self._settings = requests.Session().merge_environment_settings(endpoint_url, {}, True, None, None)
        if is_local(endpoint_url):
            self._settings["proxies"] = {}
        self._adapter = _Adapter(
            pool_maxsize=OF_A_SERVICE,
            max_retries=_Retry(
                counts,
                budget,
                total=attempts,
                backoff_factor=PAUSE,
                backoff_max=LONGEST_PAUSE,
                raise_on_status=False,
                status_forcelist=[*range(500, 600), 429],
            ),
        )

    @property
    def token_kind(self) -> str | None:
        """The kind of token it asks with; None for one that will be another one by the next run."""
        return self._credentials.kind

    def get(self, path: str, query: Mapping[str, Any], etag: str | None = None) -> tuple[Head, bytes]:
        """The answer and its body, unpacked; redirects are not followed. With an ETag, 304 where it is still the one.

        Raises `LimitPassed`, `NoToken`, `GithubException` for a 403 that is no rate limit, and what requests and
        urllib3 raise.
        """
        headers = {"If-None-Match": etag} if etag is not None else {}
        return self._ask(_Asked("GET", f"{self._endpoint_url}{path}", query, headers))

    def query(self, document: str, variables: Mapping[str, Any]) -> tuple[Head, bytes]:
        """The answer to a GraphQL document and its body, as `get`; whether it may be sent is the caller's to know."""
        body: dict[str, Any] = {"query": document, "variables": dict(variables)}
        return self._ask(_Asked("POST", graphql_url(self._endpoint_url), body=body))

    def _ask(self, asked: _Asked) -> tuple[Head, bytes]:
        """Send it with the token; once more with another one, where it was refused and there is another."""
        question = now_asking()
        service = counted_as(question.call)
        with self._budget.turn(question.call, question.allowance.pause):
            token = self._credentials.token(self._exchange)
            response, body = self._send(asked, token, service)
            if response.status_code == 401 and self._credentials.is_renewed(token):
                response, body = self._send(asked, self._credentials.token(self._exchange), service)
            return response, body

    def spent(self, headers: Mapping[str, str]) -> None:
        """The answer to a query says that the points of the hour are spent: the next request waits for more."""
        self._budget.refuse(now_asking().call, headers, None, primary=True, least=PAUSE)

    def _exchange(self, method: str, path: str, signed: str, body: Mapping[str, Any] | None) -> tuple[int, bytes]:
        """What a GitHub App asks to get a token, and nothing else: an `Exchange`."""
        if not is_of_an_app(method, path):
            raise NotARead(f"{method} {path} is not how a GitHub App gets a token")
        asked = _Asked(method, f"{self._endpoint_url}{path}", body=body)
        try:
            response, content = self._send(asked, signed, SERVICE_OF_APPS)
        except GithubException as error:
            # PyGithub's retries raise what is no rate limit (403).
            return error.status, json.dumps(error.data).encode()
        return response.status_code, content

    def _send(self, asked: _Asked, token: str, service: str) -> tuple[Head, bytes]:
        question = now_asking()
        question.allowance.begin_page()
        request = _prepared(asked, token)
        _wait_for_a_turn()
        question.sent = True
        self._counts.note_host(question.call.account, self._host)
        self._counts.add(service, "requests")
        # Through the adapter alone: a session would follow redirects, and read their bodies whole.
        raw: Any = self._adapter.send(request, timeout=TIMEOUTS, **self._settings)
        if service != SERVICE_OF_APPS:
            self._budget.note(question.call, raw.headers)
        return Head(raw.status, raw.headers), _body(raw)


def graphql_url(endpoint_url: str) -> str:
    """Where the API of this address is asked by GraphQL; of GitHub Enterprise Server, beside `/api/v3`.

    https://docs.github.com/en/enterprise-server@latest/graphql/guides/managing-enterprise-accounts
    """
    return f"{endpoint_url.removesuffix('/v3') if endpoint_url.endswith('/api/v3') else endpoint_url}/graphql"


def _prepared(asked: _Asked, token: str) -> requests.PreparedRequest:
    """The request as it is sent with a token.

    It is what `prepare` of requests makes, without what that looks for in vain each time, other credentials in a .netrc
    file too.
    """
    request = requests.PreparedRequest()
    request.method = asked.method
    query = urlencode({name: value for name, value in asked.query.items() if value is not None}, doseq=True)
    request.url = f"{asked.url}?{query}" if query else asked.url
    headers = {**asked.headers, **HEADERS, "Authorization": f"Bearer {token}"}
    if asked.body is not None:
        body = json.dumps(asked.body, allow_nan=False).encode()
        request.body = body
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    request.headers = CaseInsensitiveDict(headers)
    return request


class _Adapter(HTTPAdapter):
    """Connections to one server that read within limits, through a proxy, too."""

    _pool: Any = None

    def build_response(self, _: requests.PreparedRequest, raw: Any) -> Any:
        """What came, as urllib3 tells it: nobody asks for cookies, or for how often it was redirected."""
        return raw

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """What is asked for; a proxy may want the address of the server with it."""
        return super().request_url(request, proxies) if proxies else str(request.path_url)

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """The pool of connections: all requests go to one server, in one way, which is worked out once."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*arguments, **options)
        return self._pool

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager


class _Retry(GithubRetry):
    """PyGithub's knowledge of what GitHub wants asked again, and when: counted, and within the time of the answer.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """

    def __init__(self, counts: Counts, budget: RateBudget, **options: Any) -> None:
        super().__init__(**options)
        self._counts = counts
        self._budget = budget

    def new(self, **options: Any) -> Self:
        return super().new(counts=self._counts, budget=self._budget, **options)

    def increment(self, method: Any = None, url: Any = None, response: Any = None, *others: Any, **named: Any) -> Any:
        """The retry that follows; raises where none does."""
        following = super().increment(method, url, response, *others, **named)
        question = now_asking()
        question.allowance.check()
        service = counted_as(question.call)
        self._counts.add(service, "requests")
        self._counts.add(service, "retries")
        return following

    def sleep(self, response: Any = None) -> None:
        """Wait as long as GitHub asks to, if the answer may take so long."""
        question = now_asking()
        asked = self.get_retry_after(response) if response is not None else None
        if response is not None and response.status in RATE_LIMITS:
            least = self.get_backoff_time() if response.status == 429 else PAUSE
            self._budget.refuse(question.call, response.headers, asked, primary=False, least=least)
            self._budget.wait_again(question.call, question.allowance.pause)
        else:
            if asked:
                question.allowance.pause(min(asked, LONGEST_WAIT))
            super().sleep(response)
        _wait_for_a_turn()

    @staticmethod
    def get_content(resp: Any, url: str) -> bytes:
        """The body of a 403, by which GitHub tells a rate limit."""
        return _body(resp)


def _wait_for_a_turn() -> None:
    """Wait until one more request is within the pace of the account."""
    question = now_asking()
    question.caller.pace.wait(counted_as(question.call), question.allowance.pause)
    question.allowance.check()


def _body(raw: Any) -> bytes:
    """What follows the headers, unpacked piece by piece: a few packed bytes may hold any number."""
    allowance = now_asking().allowance
    pieces = []
    for piece in raw.stream(CHUNK, decode_content=True):
        if "content-encoding" in raw.headers:
            allowance.take(len(piece))
        pieces.append(piece)
    return b"".join(pieces)
