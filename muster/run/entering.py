"""Entering accounts: from an access to an `Account` whose identity has been checked."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from muster.errors import Unreadable, UsageError
from muster.judging.account import Account
from muster.judging.resource import MALFORMED
from muster.reading.access import Access, home_region
from muster.reading.reads import Archive, Reads, Redact, Restore, Transport
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.offline import EstateTransport, NotRecorded

Lent = Callable[[Access, Counts], Transport]
"""Makes the transport into an account whose session somebody else holds."""


@dataclass(frozen=True)
class Doorkeeper:
    """Enters accounts for one run: what all of them share, whether the run is a replay, what transports were lent."""

    archive: Archive
    redact: Redact
    now: datetime
    declared: Mapping[str, Any]
    replay: bool = False
    restore: Restore = dict
    counts: Counts = field(default_factory=Counts)
    lent: Mapping[str, Lent] = field(default_factory=dict)

    def enter(self, access: Access) -> Account:
        """The account behind an access.

        Its identity is asked before anything else. One that cannot be entered is returned as unreachable, so that its
        controls say so; raises `UsageError` if the credentials lead to another account than the estate expects.
        """
        if access.missing is not None:
            reads = Reads(access.name, NotRecorded(), self.archive, self.redact)
            status = access.missing_status
            return Account(
                access.name, "", access.kind, access.name, (), "global", self.now, reads, "", access.missing, status
            )
        reads = Reads(access.name, self._transport(access), self.archive, self.redact, restore=self.restore)
        if access.kind == "aws":
            return enter_aws(access, reads, self.now)
        arn = f"{_web_address(access)}/{access.id}" if access.kind == "github" else access.id
        return Account(access.name, access.id, access.kind, arn, (), "global", self.now, reads)

    def _transport(self, access: Access) -> Transport:
        if access.kind == "estate":
            return EstateTransport(self.declared)
        if self.replay:
            return NotRecorded()
        if access.name in self.lent:
            return self.lent[access.name](access, self.counts)
        if access.kind == "github":
            return _github(access, self.counts)
        from muster.reading.sessions.aws_login import aws_transport

        return aws_transport(access, self.counts)


def enter_aws(access: Access, reads: Reads, now: datetime) -> Account:
    """The AWS account behind an access, its identity and regions asked through these reads."""
    home = home_region(access.regions)
    caller, unreachable, regions, account_id = "", None, access.regions, access.id
    try:
        identity = reads.content("sts:get_caller_identity", home, {})
        found, caller = identity["Account"], identity["Arn"]
        account_id = account_id or found
        if found != account_id:
            raise UsageError(
                f"account {access.name}: the estate expects {access.id}, but the credentials are of {found} ({caller})."
                " Nothing else was asked: correct the id or the credentials"
            )
        if regions is None:
            answer = reads.content("ec2:describe_regions", home, {})
            regions = tuple(sorted(region["RegionName"] for region in answer["Regions"]))
    except MALFORMED as error:
        unreachable = f"the account {access.name} could not be entered: malformed answer: {error!r}"
    except Unreadable as error:
        unreachable = f"the account {access.name} could not be entered: {error}"
    partition = caller.split(":")[1] if caller else "aws"
    arn = f"arn:{partition}:iam::{account_id}:root"
    return Account(access.name, account_id, "aws", arn, regions or (), home, now, reads, caller, unreachable)


def _github(access: Access, counts: Counts) -> Transport:
    try:
        from muster.reading.sessions.github import GitHubTransport
    except ModuleNotFoundError as error:
        raise UsageError(
            f"account {access.name} is on GitHub and {error.name} is missing: pip install 'muster[github]'"
        ) from error
    token = "sandbox" if access.sandbox else os.environ.get(access.token_env or "", "")
    if not token:
        raise UsageError(f"account {access.name}: its token is expected in ${access.token_env}, which is not set")
    return GitHubTransport(token, counts, endpoint_url=access.endpoint_url)


def _web_address(access: Access) -> str:
    """Where people see the organization: GitHub itself, or the host of an enterprise server's API."""
    if access.sandbox or not access.endpoint_url:
        return "https://github.com"
    return access.endpoint_url.removesuffix("/").removesuffix("/api/v3")
