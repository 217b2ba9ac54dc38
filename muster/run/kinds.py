"""The kinds of account: one object each, that knows how such an account is declared, reached and named.

A new kind is an object in `KINDS`, a model of its entry in muster/estate/accounts.py, and a transport in
muster/reading/sessions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from muster.estate.accounts import AccountEntry, AwsAccountEntry
from muster.judging.account import Account
from muster.reading.access import ESTATE, Access, Identity, the_estate
from muster.reading.found import FoundOrganization
from muster.reading.reads import ApiError, EarlierAnswers, Reads, Transport
from muster.reading.sessions.aws_identity import identify
from muster.reading.sessions.aws_organization import organization
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.hosts import host_of, is_aws_host
from muster.reading.sessions.offline import EstateTransport
from muster.run.account_kind import AccountKind, common, seeded
from muster.run.github_organizations import GitHubOrganizations


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
            company = seeded(entry, entry.sandbox, sandbox)
            return Access(
                **common(entry),
                kind=self.name,
                id=entry.id or company["id"],
                regions=tuple(company["regions"]),
                role_arn=entry.role_arn or company["role_arn"],
                endpoint_url=sandbox["aws_endpoint"],
            )
        return Access(
            **common(entry),
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

    def transport(
        self,
        access: Access,
        counts: Counts,
        declared: Mapping[str, Any],
        *,
        earlier: EarlierAnswers | None = None,
        waits: bool = True,
    ) -> Transport:
        """Through boto3, signed in as the estate says."""
        from muster.reading.sessions.aws_login import aws_transport  # boto3, where it is used

        return aws_transport(access, counts)

    def stay_in(self, transport: Transport, account_id: str) -> None:
        """By keys that are asked whose they are when they change."""
        from muster.reading.sessions.aws import AwsTransport  # boto3, where it is used

        if isinstance(transport, AwsTransport):
            transport.stay_in(account_id)

    def expect(self, operations: frozenset[str]) -> None:
        """Of service models what they need is enough, and what entering asks."""
        from muster.reading.sessions.aws_login import load_for  # boto3, where it is used

        load_for(operations)

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

    def transport(
        self,
        access: Access,
        counts: Counts,
        declared: Mapping[str, Any],
        *,
        earlier: EarlierAnswers | None = None,
        waits: bool = True,
    ) -> Transport:
        """From what the estate's files say."""
        return EstateTransport(declared)

    def identify(self, access: Access, reads: Reads) -> Identity:
        """`estate`."""
        return Identity(access.id, access.id)


AWS, GITHUB = AwsAccounts(), GitHubOrganizations()
KINDS: Mapping[str, AccountKind[Any]] = {kind.name: kind for kind in (AWS, GITHUB, TheEstate())}
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
