"""What a kind of account is: how such an account is declared, reached and named."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from muster.errors import UsageError
from muster.estate.accounts import AccountEntry
from muster.judging.account import Account
from muster.reading.access import Access, Identity
from muster.reading.found import FoundOrganization
from muster.reading.reads import ApiError, EarlierAnswers, Reads, Transport
from muster.reading.sessions.counts import Counts

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
    def transport(
        self,
        access: Access,
        counts: Counts,
        declared: Mapping[str, Any],
        *,
        earlier: EarlierAnswers | None = None,
        waits: bool = True,
    ) -> Transport:
        """What questions are sent through; sends nothing yet. Raises `UsageError` where credentials are missing.

        `earlier` tells what was answered in an earlier run, to a kind of account that tells what has not changed;
        `waits` says whether a limit of an hour that is spent is waited for.
        """

    def stay_in(self, transport: Transport, account_id: str) -> None:
        """Have what is asked through a transport asked of this account alone, now that it has said who it is.

        Nothing is to be done where credentials cannot come to be another account's.
        """

    def expect(self, operations: frozenset[str]) -> None:
        """Get ready for these questions (`service:operation`), and for no other."""

    def let_go(self, counts: Counts) -> None:
        """Let go of what the accounts of a run shared to be asked: nothing will be asked any more."""

    def organization(self, account: Account) -> FoundOrganization:
        """The organization that an account manages. Raises `Unreadable`, and `UsageError` where its kind has none."""
        raise UsageError(f"account {account.name}: an account of kind {self.name} manages no organization")

    @abstractmethod
    def identify(self, access: Access, reads: Reads) -> Identity:
        """Who the account is, asked if need be. Raises `UsageError` if it is another one than was meant."""


def common(entry: AccountEntry) -> dict[str, Any]:
    """What every entry says, whatever its kind."""
    return {
        "name": entry.name,
        "tags": entry.tags,
        "sandbox": entry.sandbox is not None,
        "calls_per_second": entry.calls_per_second,
    }


def seeded(entry: AccountEntry, company: str, sandbox: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the sandbox says of one of its companies."""
    if company not in sandbox["accounts"]:
        raise UsageError(f"account {entry.name}: there is no sandbox {company}")
    seeded: Mapping[str, Any] = sandbox["accounts"][company]
    return seeded
