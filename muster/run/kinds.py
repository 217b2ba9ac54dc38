"""The kinds of account: one object each, that knows how such an account is declared, reached and named.

A new kind is an object in `KINDS`, a model of its entry in muster/estate/accounts.py, and a transport in
muster/reading/sessions.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from muster.errors import UsageError
from muster.estate.accounts import AccountEntry, AwsAccountEntry, GitHubAccountEntry
from muster.judging.account import Account
from muster.reading.access import ESTATE, Access, Identity, the_estate
from muster.reading.found import FoundOrganization
from muster.reading.reads import ApiError, Reads, Transport
from muster.reading.sessions.aws_identity import identify
from muster.reading.sessions.aws_organization import organization
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.hosts import host_of, is_aws_host, is_of_github, is_remote, web_of_github
from muster.reading.sessions.offline import EstateTransport
from muster.reading.sessions.pace import Pace

if TYPE_CHECKING:
    from muster.reading.sessions.github_credentials import Credentials

E = TypeVar("E")


class AccountKind(ABC, Generic[E]):
    """A kind of account, by the name that nouns, controls and evidence call it."""

    name: str
    denials: tuple[ApiError, ...]
    """How it says no."""
    answers_come_from_outside = True

    def known_elsewhere(self, name: str) -> E | None:
        """The entry of an account that the estate lacks and this machine knows by that name."""
        return None

    @abstractmethod
    def access(self, entry: E, sandbox: Mapping[str, Any]) -> Access:
        """The way in that an entry of the estate declares; `sandbox` is what the sandbox process said of itself."""

    @abstractmethod
    def is_vendors(self, host: str, access: Access) -> bool:
        """Whether what a host answers is evidence of a real account; `host` is one of `host_of`."""

    @abstractmethod
    def check(self, access: Access) -> None:
        """Raise `UsageError` where the way in needs something of this machine that is not there."""

    @abstractmethod
    def transport(self, access: Access, counts: Counts, declared: Mapping[str, Any]) -> Transport:
        """What questions are sent through; sends nothing yet. Raises `UsageError` where credentials are missing."""

    def let_go(self, counts: Counts) -> None:
        """Let go of what the accounts of a run shared to be asked: nothing will be asked any more."""

    def organization(self, account: Account) -> FoundOrganization:
        """The organization that an account manages. Raises `Unreadable`, and `UsageError` where its kind has none."""
        raise UsageError(f"account {account.name}: an account of kind {self.name} manages no organization")

    @abstractmethod
    def identify(self, access: Access, reads: Reads) -> Identity:
        """Who the account is, asked if need be. Raises `UsageError` if it is another one than was meant."""


class AwsAccounts(AccountKind[AwsAccountEntry]):
    """AWS accounts, asked through boto3."""

    name = AwsAccountEntry.kind
    denials = (
        ApiError(
            "AccessDenied", "User: arn:aws:sts::111122223333:assumed-role/x is not authorized to perform this", 403
        ),
        ApiError("AccessDeniedException", "You do not have sufficient access to perform this action", 403),
        ApiError("UnauthorizedOperation", "You are not authorized to perform this operation", 403),
    )

    def known_elsewhere(self, name: str) -> AwsAccountEntry | None:
        """A profile of the AWS CLI."""
        from muster.reading.sessions.aws_login import cli_profiles  # boto3, where it is used

        return AwsAccountEntry(name=name, profile=name) if name in cli_profiles() else None

    def access(self, entry: AwsAccountEntry, sandbox: Mapping[str, Any]) -> Access:
        """A sandbox, a role, a profile or an endpoint; an account that a sandbox's organization has is in that, too."""
        if entry.sandbox is not None:
            seeded = _seeded(entry, entry.sandbox, sandbox)
            return Access(
                **_common(entry),
                kind=self.name,
                id=entry.id or seeded["id"],
                regions=tuple(seeded["regions"]),
                role_arn=entry.role_arn or seeded["role_arn"],
                endpoint_url=sandbox["aws_endpoint"],
            )
        return Access(
            **_common(entry),
            kind=self.name,
            id=entry.id or "",
            regions=None if entry.regions == "all" else tuple(entry.regions),
            profile=entry.profile or entry.source_profile,
            role_arn=entry.role_arn,
            external_id=entry.external_id,
            external_id_env=entry.external_id_env,
            endpoint_url=entry.endpoint_url,
        )

    def is_vendors(self, host: str, access: Access) -> bool:
        """One of AWS's own."""
        return is_aws_host(host)

    def check(self, access: Access) -> None:
        """A profile of the AWS CLI, an external id."""
        from muster.reading.sessions.aws_login import check_login  # boto3, where it is used

        check_login(access)

    def transport(self, access: Access, counts: Counts, declared: Mapping[str, Any]) -> Transport:
        """Through boto3, signed in as the estate says."""
        from muster.reading.sessions.aws_login import aws_transport  # boto3, where it is used

        return aws_transport(access, counts)

    def let_go(self, counts: Counts) -> None:
        """Of clients, and of service models, which are 60 MB."""
        from muster.reading.sessions.aws_login import forget_ways  # boto3, where it is used

        forget_ways(counts)

    def organization(self, account: Account) -> FoundOrganization:
        """Asked of AWS Organizations."""
        return organization(account.reads, account.home_region)

    def identify(self, access: Access, reads: Reads) -> Identity:
        """Asked of AWS; `arn:aws:iam::111122223333:root`."""
        return identify(access, reads)


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
            _seeded(entry, entry.sandbox, sandbox)
            url = sandbox["github_endpoint"]
        return Access(
            **_common(entry),
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

    def transport(self, access: Access, counts: Counts, declared: Mapping[str, Any]) -> Transport:
        """With the token or as the App that the estate names."""
        credentials = _github_credentials(access)
        from muster.reading.sessions.github import GitHubTransport  # requests, where it is used

        pace = Pace(access.calls_per_second)
        return GitHubTransport(credentials, counts, endpoint_url=access.endpoint_url, pace=pace)

    def identify(self, access: Access, reads: Reads) -> Identity:
        """By its name, which is in every question; `https://github.com/acme`, as people see it."""
        url = access.endpoint_url if not access.sandbox else None
        caller = f"GitHub App {access.app_id}" if access.app_id else ""
        return Identity(access.id, f"{web_of_github(url)}/{access.id}", caller=caller)


class TheEstate(AccountKind[None]):
    """The estate itself: what it declares is judged once a run, whatever accounts there are."""

    name = ESTATE
    denials = (ApiError("NoSuchDeclaration", "the estate declares nothing of the kind"),)
    answers_come_from_outside = False

    def access(self, entry: None, sandbox: Mapping[str, Any]) -> Access:
        """There is one, and no entry for it."""
        return the_estate()

    def is_vendors(self, host: str, access: Access) -> bool:
        """No host is asked."""
        return False

    def check(self, access: Access) -> None:
        """Nothing is needed."""

    def transport(self, access: Access, counts: Counts, declared: Mapping[str, Any]) -> Transport:
        """From what the estate's files say."""
        return EstateTransport(declared)

    def identify(self, access: Access, reads: Reads) -> Identity:
        """`estate`."""
        return Identity(access.id, access.id)


AWS = AwsAccounts()
KINDS: Mapping[str, AccountKind[Any]] = {kind.name: kind for kind in (AWS, GitHubOrganizations(), TheEstate())}
"""Every kind of account by its name: this is the only list of them."""


def access_of(entry: AccountEntry, sandbox: Mapping[str, Any]) -> Access:
    """The way into an account of the estate; `sandbox` is what the sandbox process said of itself."""
    access = KINDS[entry.kind].access(entry, sandbox)
    return replace(access, mocked=is_mocked(access, [host_of(access.endpoint_url)] if access.endpoint_url else []))


def check_way_in(access: Access) -> None:
    """Raise `UsageError` where a way in needs something of this machine that is not there; asks nobody."""
    KINDS[access.kind].check(access)


def is_mocked(access: Access, hosts: Iterable[str]) -> bool:
    """Whether the answers of an account are no evidence of a real one.

    They are none where it is a sandbox, and where a request went to a host that is not its vendor's. `hosts` are those
    of `host_of`.
    """
    return access.sandbox or not all(KINDS[access.kind].is_vendors(host, access) for host in hosts)


def known_elsewhere(name: str) -> AccountEntry | None:
    """The entry of an account that the estate lacks and this machine knows by that name."""
    found = (kind.known_elsewhere(name) for kind in KINDS.values())
    return next((entry for entry in found if entry is not None), None)


def _common(entry: AccountEntry) -> dict[str, Any]:
    """What every entry says, whatever its kind."""
    return {
        "name": entry.name,
        "tags": entry.tags,
        "sandbox": entry.sandbox is not None,
        "calls_per_second": entry.calls_per_second,
    }


def _seeded(entry: AccountEntry, company: str, sandbox: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the sandbox says of one of its companies."""
    if company not in sandbox["accounts"]:
        raise UsageError(f"account {entry.name}: there is no sandbox {company}")
    seeded: Mapping[str, Any] = sandbox["accounts"][company]
    return seeded


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
