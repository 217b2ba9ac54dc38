"""The GitHub session: sends GET requests through PyGithub, and nothing else.

An operation is spelled as GitHub's documentation does, `GET /orgs/{org}/members`; what of a request is not part of the
path is its query. https://docs.github.com/en/rest
"""

from __future__ import annotations

import json
import re
import threading
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import github
import requests
from github.GithubRetry import GithubRetry

from muster.errors import NotARead
from muster.reading.reads import Answer, ApiError, Call
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.hosts import host_of

API_VERSION = "2022-11-28"
LARGEST_PAGE = 100
ATTEMPTS = 10


class GitHubTransport:
    """Sends the reads of one GitHub organization; a `Transport`."""

    def __init__(self, token: str, counts: Counts, *, endpoint_url: str | None = None) -> None:
        self._token = token
        self._counts = counts
        self._endpoint_url = endpoint_url or "https://api.github.com"
        # A PyGithub connection belongs to one thread.
        self._local = threading.local()

    def send(self, call: Call) -> Answer:
        """Ask; every error of the API or the network is an answer with that error, its code the HTTP status."""
        verb, _, template = call.operation.partition(" ")
        if verb != "GET":
            return Answer(
                error=ApiError(NotARead.__name__, f"{call.name} is not a read: Muster sends GET requests only")
            )
        self._counts.add(call.service, "calls")
        in_path = set(re.findall(r"{(\w+)}", template))
        path = template.format_map({name: quote(str(value)) for name, value in call.request.items()})
        query = {name: value for name, value in call.request.items() if name not in in_path}
        try:
            return self._all_pages(call.account, path, query)
        except github.GithubException as error:
            # PyGithub's retries raise what they could not cure (403); the answer itself is in the exception.
            return Answer(error=_api_error(error.status, error.data))
        except (requests.exceptions.RequestException, ValueError) as error:
            return Answer(error=ApiError(type(error).__name__, str(error)))

    def _all_pages(self, account: str, path: str, query: dict[str, Any]) -> Answer:
        content: Any = None
        request_ids: list[str] = []
        following: dict[str, Any] | None = {"per_page": LARGEST_PAGE, **query}
        while following is not None:
            self._counts.add("github", "requests")
            # No redirect leads to another host: PyGithub refuses them.
            self._counts.note_host(account, host_of(self._endpoint_url))
            status, headers, body = self._requester().requestJson(
                "GET", path, parameters=following, headers={"X-GitHub-Api-Version": API_VERSION}
            )
            request_ids.append(headers.get("x-github-request-id", ""))
            if status >= 400:
                return Answer(error=_api_error(status, body), request_ids=tuple(filter(None, request_ids)))
            # An answer without a body (204) says something, and must not look like "absent", which is None.
            page = json.loads(body) if body else {}
            content = page if content is None else _joined(content, page)
            following = _next_page(headers.get("link", ""), query)
        return Answer(content, request_ids=tuple(filter(None, request_ids)))

    def _requester(self) -> Any:
        requester = getattr(self._local, "requester", None)
        if requester is None:
            client = github.Github(
                auth=github.Auth.Token(self._token),
                base_url=self._endpoint_url,
                retry=GithubRetry(total=ATTEMPTS, raise_on_status=False),
                seconds_between_requests=None,
                lazy=True,
            )
            requester = self._local.requester = client.requester
        return requester


def _joined(content: Any, page: Any) -> Any:
    """Two pages as one: lists are joined, also where they stand in an object beside a total."""
    if isinstance(content, list) and isinstance(page, list):
        return content + page
    if isinstance(content, dict) and isinstance(page, dict):
        lists = {name: content.get(name, []) + value for name, value in page.items() if isinstance(value, list)}
        return {**content, **lists}
    raise ValueError("the pages of the answer do not fit together")


def _next_page(link: str, query: dict[str, Any]) -> dict[str, Any] | None:
    for part in requests.utils.parse_header_links(link):
        if part.get("rel") == "next":
            asked = parse_qs(urlsplit(part["url"]).query)
            return {**query, **{name: values[0] for name, values in asked.items()}}
    return None


def _api_error(status: int, body: Any) -> ApiError:
    """The error that a body speaks of: the text that came, or what PyGithub made of it."""
    try:
        message = str((json.loads(body) if isinstance(body, str | bytes) else body)["message"])
    except (ValueError, LookupError, TypeError):
        # Never quoted: nobody can tell which part of it is secret.
        message = "an error without a message: what came with it is not GitHub's JSON"
    return ApiError(str(status), message, status)
