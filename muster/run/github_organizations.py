"""Organizations on GitHub as a kind of account."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from muster.errors import UsageError
from muster.estate.accounts import GitHubAccountEntry
from muster.reading.access import Access, Identity
from muster.reading.reads import ApiError, EarlierAnswers, Reads, Transport
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.hosts import host_of, is_of_github, is_remote, web_of_github
from muster.reading.sessions.pace import Pace
from muster.run.account_kind import AccountKind, common, seeded

A_SECOND = {"github": 14.0, "github-graphql": 30.0}
"""Requests a second, a little below 900 and 2,000 points a minute, of which each of ours takes one.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

if TYPE_CHECKING:
    from muster.reading.sessions.github_credentials import Credentials


class GitHubOrganizations(AccountKind[GitHubAccountEntry]):
    """Organizations on GitHub, or on an enterprise server of one's own."""

    name = GitHubAccountEntry.kind
    denials = (
        ApiError("403", "Resource not accessible by integration", 403),
        ApiError("404", "Not Found", 404),
        ApiError("FORBIDDEN", "Resource not accessible by integration", 200),
    )

    def access(self, entry: GitHubAccountEntry, sandbox: Mapping[str, Any]) -> Access:
        """A sandbox, or the API with a token."""
        url = entry.endpoint_url
        if entry.sandbox is not None:
            seeded(entry, entry.sandbox, sandbox)
            url = sandbox["github_endpoint"]
        return Access(
            **common(entry),
            kind=self.name,
            id=entry.github,
            endpoint_url=url,
            token_env=entry.token_env,
        )

    def is_vendors(self, host: str, access: Access) -> bool:
        """GitHub's own, or that of the GitHub Enterprise Server that the estate declares."""
        declared = host_of(access.endpoint_url) if access.endpoint_url else None
        return is_of_github(host) or (host == declared and is_remote(host))

    def check(self, access: Access) -> None:
        """A token, or the private key of an App."""
        _github_credentials(access)

    def transport(
        self,
        access: Access,
        counts: Counts,
        declared: Mapping[str, Any],
        *,
        earlier: EarlierAnswers | None = None,
        waits: bool = True,
    ) -> Transport:
        """With the token or as the App that the estate names."""
        credentials = _github_credentials(access)
        from muster.reading.sessions.github import GitHubTransport  # requests, where it is used
        from muster.reading.sessions.github_budget import RateBudget

        return GitHubTransport(
            credentials,
            counts,
            endpoint_url=access.endpoint_url,
            pace=_pace(access),
            earlier=earlier,
            budget=RateBudget(counts, waits=waits),
        )

    def identify(self, access: Access, reads: Reads) -> Identity:
        """By its name, which is in every question; `https://github.com/acme`, as people see it."""
        url = access.endpoint_url if not access.sandbox else None
        caller = f"GitHub App {access.app_id}" if access.app_id else ""
        return Identity(access.id, f"{web_of_github(url)}/{access.id}", caller=caller)


def _pace(access: Access) -> Pace:
    """What the entry says; else what GitHub's secondary limits let through, and no bound at a server of one's own."""
    is_own_server = access.endpoint_url is not None and not is_of_github(host_of(access.endpoint_url))
    if access.calls_per_second is not None or is_own_server:
        return Pace(access.calls_per_second)
    return Pace(lambda service: A_SECOND.get(str(service)))


def _github_credentials(access: Access) -> Credentials:
    """The token, or the App, that an account's entry names. Raises `UsageError` where it is not there."""
    try:
        from muster.reading.sessions.github_credentials import AppCredentials, FixedToken, private_key
    except ModuleNotFoundError as error:
        raise UsageError(
            f"account {access.name} is on GitHub and {error.name} is missing: pip install 'muster[github]'"
        ) from error
    if access.app_id:
        variable = access.private_key_path_env or ""
        path = _held_by(access, variable, "the path of its App's private key")
        try:
            return AppCredentials(access.app_id, private_key(path, variable), access.id)
        except UsageError as error:
            raise UsageError(f"account {access.name}: {error}") from None
    return FixedToken("sandbox" if access.sandbox else _held_by(access, access.token_env or "", "its token"))


def _held_by(access: Access, variable: str, what: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise UsageError(f"account {access.name}: {what} is expected in ${variable}, which is not set")
    return value
