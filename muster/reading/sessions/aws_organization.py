"""The accounts of an AWS organization, as the account that manages it lists them.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from muster.errors import Malformed, Unreadable, malformed, unreadable_if_broken
from muster.reading.found import FoundAccount, FoundOrganization
from muster.reading.reads import OF_A_SERVICE, Reads

DEEPEST = 6
"""The root and five levels of units: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""
CLOSED = frozenset({"PENDING_ACTIVATION", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"})
"""States in which no role of an account can be assumed; one that is not known here is tried."""


def organization(reads: Reads, home: str) -> FoundOrganization:
    """The organization that the account behind these reads manages, or administers.

    Raises `Unreadable` where anything of it cannot be read, or does not fit together: a part is not the whole.
    """
    with unreadable_if_broken(lambda error: f"organizations: {malformed(error)}"):
        found = _Asked(reads, home)
        described = found.ask("describe_organization")["Organization"]
        paths = dict(found.paths())
        listed = {each["Id"]: each for each in found.ask("list_accounts")["Accounts"]}
        if paths.keys() != listed.keys():
            strange = ", ".join(sorted(paths.keys() ^ listed.keys()))
            raise Unreadable(f"organizations: the list of all accounts and those of the units differ in {strange}")
        with ThreadPoolExecutor(OF_A_SERVICE) as pool:
            accounts = pool.map(lambda id_: found.account(listed[id_], paths[id_]), sorted(listed))
            return FoundOrganization(described["Id"], tuple(accounts))


class _Asked:
    """Questions to Organizations, which has one region a partition."""

    def __init__(self, reads: Reads, home: str) -> None:
        self._reads = reads
        self._home = home

    def ask(self, operation: str, **request: str) -> Any:
        return self._reads.content(f"organizations:{operation}", self._home, request)

    def paths(self) -> Iterator[tuple[str, str]]:
        """The id of each account with the path of its unit."""
        for root in self.ask("list_roots")["Roots"]:
            yield from self._under(root["Id"], ())

    def account(self, listed: Mapping[str, Any], path: str) -> FoundAccount:
        """`State` replaces `Status`, which AWS retires; one of them is always told."""
        state = listed.get("State") or listed["Status"]
        if not isinstance(state, str):
            raise Malformed(f"State {state!r}")
        closed = f"its state is {state}" if state in CLOSED else None
        tags = {} if closed else self._tags(listed["Id"])
        return FoundAccount(listed["Id"], listed["Name"], state, path, tags, closed)

    def _under(self, parent: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        if len(names) >= DEEPEST:
            raise Malformed(f"units are nested deeper than {DEEPEST - 1}: /{'/'.join(names)}")
        for account in self.ask("list_accounts_for_parent", ParentId=parent)["Accounts"]:
            yield account["Id"], f"/{'/'.join(names)}"
        units = self.ask("list_organizational_units_for_parent", ParentId=parent)["OrganizationalUnits"]
        for unit in units:
            yield from self._under(unit["Id"], (*names, unit["Name"]))

    def _tags(self, account_id: str) -> Mapping[str, str]:
        # https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTagsForResource.html
        return {tag["Key"]: tag["Value"] for tag in self.ask("list_tags_for_resource", ResourceId=account_id)["Tags"]}
