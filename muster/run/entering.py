"""Entering accounts: from an access to an `Account` whose identity has been checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from muster.helpers import Helpers
from muster.judging.account import Account
from muster.judging.closure import operations_of
from muster.judging.control import Control
from muster.reading.access import AbsentAccount, Access
from muster.reading.declared_operations import declare_operations
from muster.reading.reads import THREADS, Archive, Reads, Redact, Restore, Transport
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.offline import NotRecorded
from muster.reading.stand_ins import completed
from muster.reading.trace import Frame
from muster.run.kinds import KINDS, is_mocked
from muster.run.unchanged import EarlierRun

Lent = Callable[[Access, Counts], Transport]
"""Makes the transport into an account whose session somebody else holds."""


@dataclass(frozen=True)
class Doorkeeper:
    """Enters accounts for one run: what all of them share, whether the run is a replay, what transports were lent.

    `earlier` is the run since which it is asked what has changed, `waits` whether spent rate limits are waited for.
    """

    archive: Archive
    redact: Redact
    now: datetime
    declared: Mapping[str, Any]
    replay: bool = False
    restore: Restore = dict
    counts: Counts = field(default_factory=Counts)
    lent: Mapping[str, Lent] = field(default_factory=dict)
    earlier: EarlierRun | None = None
    waits: bool = True

    def enter(self, access: Access) -> Account:
        """The account behind an access.

        Its identity is asked before anything else. One that cannot be entered is returned as unreachable, so that its
        controls say so; raises `UsageError` if the credentials lead to another account than the estate expects.
        """
        if isinstance(access, AbsentAccount):
            return absent(access, Reads(access.name, NotRecorded(), self.archive, self.redact), self.now)
        transport = self._transport(access)
        reads = Reads(access.name, transport, self.archive, self.redact, restore=self.restore)
        account = entered(access, reads, self.now)
        if account.unreachable is None:
            KINDS[access.kind].stay_in(transport, account.id)
        if not access.sandbox and (access.mocked or is_mocked(access, self.counts.hosts(access.name))):
            reads.completed = partial(completed, account.id)
        return account

    def expect(self, controls: Sequence[Control], kinds: Iterable[str]) -> None:
        """Let what accounts of these kinds are asked through get ready for the questions of these controls.

        Those of others are let through as well, and what asks them is made ready then; a replay asks nobody.
        """
        for kind in () if self.replay else kinds:
            operations = operations_of(control for control in controls if control.kind == kind)
            # Asked for these first, nobody reads the sources of all other controls before the first question.
            declare_operations(f"those of {kind} that are judged", partial(frozenset, operations))
            KINDS[kind].expect(operations)

    def let_go(self, kinds: Iterable[str]) -> None:
        """Let go of what accounts of these kinds shared: nobody enters one, or asks one anything, any more."""
        for kind in kinds:
            KINDS[kind].let_go(self.counts)

    def _transport(self, access: Access) -> Transport:
        kind = KINDS[access.kind]
        if self.replay and kind.answers_come_from_outside:
            return NotRecorded()
        if access.name in self.lent:
            return self.lent[access.name](access, self.counts)
        earlier = self.earlier if self.earlier is not None and access.name in self.earlier.accounts else None
        known = earlier.answer if earlier is not None else None
        return kind.transport(access, self.counts, self.declared, earlier=known, waits=self.waits)


def entered(access: Access, reads: Reads, now: datetime, *, helpers: int = THREADS) -> Account:
    """The account behind an access, its identity asked through these reads.

    With no `helpers` whoever judges it does so in one thread, which is faster where no answer has to be waited for.
    """
    with Frame() as frame:
        who = KINDS[access.kind].identify(access, reads)
    return Account(
        name=access.name,
        id=who.id,
        kind=access.kind,
        arn=who.arn,
        regions=who.regions,
        home_region=who.home,
        now=now,
        reads=reads,
        helpers=Helpers(helpers),
        caller=who.caller,
        unreachable=who.unreachable,
        unreachable_reads=tuple(frame.hashes) if who.unreachable is not None else (),
    )


def absent(access: AbsentAccount, reads: Reads, now: datetime) -> Account:
    """The account that there is none of: it answers nothing, and each of its controls says why."""
    return Account(
        name=access.name,
        id="",
        kind=access.kind,
        arn=access.name,
        regions=(),
        home_region="global",
        now=now,
        reads=reads,
        unreachable=access.missing,
        unreachable_status=access.missing_status,
    )
