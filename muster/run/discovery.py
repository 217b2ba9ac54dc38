"""Discovery: the one step in which the accounts of an organization are found, before any control is collected."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from muster.errors import Unreadable, UsageError
from muster.estate.accounts import AccountEntry, AwsAccountEntry
from muster.estate.files import Estate
from muster.estate.organization import OrganizationEntry
from muster.judging.account import Account
from muster.reading.archive import MemoryArchive
from muster.reading.found import FoundAccount, FoundOrganization
from muster.reading.redaction import Redactor
from muster.run.discovered import Discovered
from muster.run.entering import Doorkeeper
from muster.run.kinds import KINDS, access_of, check_way_in

SELECTORS = ("ou:", "tag:")
OPTION = "--discover"


def refuse_undiscovered(wanted: Sequence[str]) -> None:
    """Raise `UsageError` for `--account=all`, `ou:…` or `tag:…` while nobody has asked which accounts there are."""
    for name in (part.strip() for each in wanted for part in each.split(",")):
        if name == "all" or name.startswith(SELECTORS):
            raise UsageError(
                f"--account={name}: accounts.yaml has an organization, and nobody has asked it which accounts there"
                f" are: add {OPTION}, or name accounts of the file"
            )


def sandboxes_to_ask(estate: Estate) -> list[str]:
    """The companies of the sandbox that discovery needs: those of the file, where one of them is asked."""
    if estate.organization is None or _manager(estate, estate.organization).sandbox is None:
        return []
    entries = estate.accounts.values()
    return list(dict.fromkeys(entry.sandbox for entry in entries if entry.sandbox is not None))


def discover(
    estate: Estate, sandbox: Mapping[str, Any], key: str, now: datetime, wanted: Sequence[str] = ()
) -> tuple[Estate, Discovered]:
    """The estate with the accounts of its organization, and what was found; `wanted` are those that are asked for.

    `sandbox` is what the sandbox process said of itself, `key` that of redaction. Raises `UsageError` where an
    organization is not declared, or anything of it cannot be read.
    """
    if estate.organization is None:
        raise UsageError(
            f"{OPTION}: {estate.folder / 'accounts.yaml'} declares no organization; add one, or leave it out"
        )
    manager = _manager(estate, estate.organization)
    access = access_of(manager, sandbox)
    if manager.sandbox is None:
        check_way_in(access)
    archive, redactor = _KeptAnswers(), Redactor(bytes.fromhex(key))
    doorkeeper = Doorkeeper(archive, redactor, now, {}, restore=redactor.restored)
    account = doorkeeper.enter(access)
    found = _asked(account)
    entries = _Entries(estate, estate.organization, manager, sandbox, account.arn.split(":")[1])
    entries.names.update(_plain_name(each) for each in found.accounts)
    accounts = [entries.noted(each) for each in found.accounts]
    record = {
        "id": found.id,
        "asked_at": now.isoformat().replace("+00:00", "Z"),
        "accounts": accounts,
        "selected": list(wanted) or ["all"],
        "unmatched": sorted(entries.excluded.keys() - {each.id for each in found.accounts}),
        "reads": sorted(archive.texts),
    }
    units = {each["account"]: each["path"] for each in accounts if each["account"] is not None}
    known = {"told": doorkeeper.counts.to_tell(), "texts": archive.texts, "units": units}
    return replace(estate, accounts=entries.all), Discovered.of(estate.organization, record, **known)


def _manager(estate: Estate, organization: OrganizationEntry) -> AwsAccountEntry:
    entry = estate.accounts[organization.management]
    assert isinstance(entry, AwsAccountEntry), "accounts.yaml is refused where it is none"
    return entry


def _asked(account: Account) -> FoundOrganization:
    try:
        if account.unreachable is not None:
            raise Unreadable(account.unreachable)
        return KINDS[account.kind].organization(account)
    except Unreadable as error:
        raise UsageError(f"{OPTION}: the accounts of the organization could not be found: {error}") from error


def _plain_name(found: FoundAccount) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", found.name).strip("-")


class _KeptAnswers(MemoryArchive):
    """Keeps the text of each answer, for a run folder that is not there yet."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}

    def _keep(self, text: str) -> str:
        sha256 = super()._keep(text)
        self.texts[sha256] = text
        return sha256


class _Entries:
    """The entries of the file, and one for each account found that has none there."""

    def __init__(
        self,
        estate: Estate,
        organization: OrganizationEntry,
        manager: AwsAccountEntry,
        sandbox: Mapping[str, Any],
        partition: str,
    ) -> None:
        self.all: dict[str, AccountEntry] = dict(estate.accounts)
        self.excluded = {each.account: each.reason for each in organization.exclude}
        self._organization = organization
        self._manager = manager
        self._partition = partition
        ids: Mapping[str, str] = sandbox.get("ids", {})
        self._known = {
            entry.id or ids.get(entry.sandbox or ""): entry
            for entry in estate.accounts.values()
            if isinstance(entry, AwsAccountEntry)
        }
        self.names: Counter[str] = Counter()

    def noted(self, found: FoundAccount) -> dict[str, Any]:
        """What `run.json` says of an account that was found; it has an entry unless there is a reason against it."""
        known = self._known.get(found.id)
        reason = None if known is not None else self._why_not(found)
        name = None
        if known is not None:
            name = known.name
            self.all[name] = known.model_copy(update={"tags": {**found.tags, **known.tags}})
        elif reason is None:
            name = self._name(found)
            self.all[name] = self._entry(found, name)
        return {
            "id": found.id,
            "name": found.name,
            "state": found.state,
            "path": found.path,
            "tags": dict(found.tags),
            "account": name,
            "reason": reason,
        }

    def _why_not(self, found: FoundAccount) -> str | None:
        excluded = self.excluded.get(found.id)
        return found.why_closed or (f"excluded: {excluded}" if excluded is not None else None)

    def _name(self, found: FoundAccount) -> str:
        """Its own name, as accounts are named here; its id where the name is another's already, or is none."""
        name = _plain_name(found)
        return found.id if name in ("", "all") or name in self.all or self.names[name] > 1 else name

    def _entry(self, found: FoundAccount, name: str) -> AwsAccountEntry:
        organization, manager = self._organization, self._manager
        # Not validated: an organization has tags that nobody may write into a file, and a sandbox has an id here.
        return AwsAccountEntry.model_construct(
            name=name,
            id=found.id,
            sandbox=manager.sandbox,
            role_arn=f"arn:{self._partition}:iam::{found.id}:role/{organization.role_name}",
            external_id=organization.external_id,
            external_id_env=organization.external_id_env,
            source_profile=organization.source_profile,
            endpoint_url=manager.endpoint_url,
            regions=organization.regions,
            tags=dict(found.tags),
            calls_per_second=organization.calls_per_second,
        )
