"""Planning a run: from the options and files to the plan, before anything is asked of anybody."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from muster.errors import UsageError
from muster.estate.answers import estate_answers
from muster.estate.declarations import READ_BY_THE_RUN
from muster.estate.files import Estate
from muster.estate.holders import with_accounts
from muster.evidence.record import ReplayOf
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import Signer
from muster.judging.closure import operations_of
from muster.judging.control import Control
from muster.reading.access import ESTATE, AbsentAccount, the_estate
from muster.reading.redaction import redaction_key
from muster.run.asked import absent_account, asked_accounts, run_name
from muster.run.discovered import Discovered
from muster.run.discovery import discover, refuse_undiscovered, sandboxes_to_ask
from muster.run.judged_nowhere import refuse_judged_nowhere
from muster.run.kinds import access_of, check_way_in
from muster.run.not_asked import NotAsked, narrowed_by
from muster.run.options import Options
from muster.run.pairs import Pair
from muster.run.plan import Plan
from muster.run.replay import RecordedRun
from muster.run.resume import resumed_by
from muster.run.sandbox import Sandbox
from muster.run.selected import asked_profiles, select_controls
from muster.run.signers import trusted_key
from muster.run.unchanged import earlier_run
from muster.selection.profiles import Profiles, load_profiles


class Planner:
    """Makes the plan of one run.

    Raises `UsageError` (with one line for the user) for whatever in the options or files cannot be carried out.
    """

    def __init__(self, options: Options, controls: Mapping[str, Control]) -> None:
        self._options = options
        self._controls = controls
        self._started = datetime.now(UTC).replace(microsecond=0)
        self._trusted = trusted_key(options.public_key)
        self._recorded = RecordedRun.load(options.replay, self._trusted) if options.replay else None
        known = None if self._recorded else self._known_profiles
        self.selection = select_controls(options, controls, self._recorded, known)
        today = self._started.date()
        self.sandbox: Sandbox | None = None
        self.discovered: Discovered | None = None
        self._estate = None
        if self._recorded is None:
            self._estate = self._with_organization(Estate.load(options.estate, controls, today, self._facts_read))
        self._entries = [] if self._estate is None else asked_accounts(self._estate, options.accounts, self.discovered)
        if self._estate is not None:
            chosen = [controls[name] for name in self.selection.controls]
            refuse_judged_nowhere(options, chosen, self._entries, self._estate.accounts)
        self._missing = self._missing_kinds(controls)
        # Nothing has been made as long as nobody has claimed a folder: a listing of what would be judged needs none.
        self.folder: RunFolder | None = None

    @property
    def asked(self) -> set[Pair]:
        """Every pair of control and account that the options and the estate ask for, whatever pytest makes of it."""
        return {
            (name, account)
            for name in self.selection.controls
            for account, kind in self.account_names.items()
            if kind == self._controls[name].kind
        }

    def claim(self) -> RunFolder:
        """Make the folder of the run, under a name that no other run has.

        Raises `UsageError` where none can be made, and before that where a way into an account lacks what the estate
        says is there: a token, an external id, a profile.
        """
        for entry in self._entries:
            if entry.sandbox is None:
                check_way_in(access_of(entry, {}))
        name = run_name(self._started, self.profiles, self.accounts_asked, is_replay=self._recorded is not None)
        try:
            self.folder = RunFolder.claim(self._options.reports, name)
        except OSError as error:
            where = self._options.reports
            raise UsageError(f"--reports={where}: no run folder can be made there: {error.strerror}") from error
        return self.folder

    def resume_in(self, folder: Path) -> None:
        """Go on in the folder of a fleet that was begun."""
        self.folder = RunFolder(folder.resolve())

    @property
    def account_names(self) -> dict[str, str]:
        """The names of the accounts asked, the estate among them, and their kinds: what collection needs to know."""
        if self._recorded is not None:
            return {access.name: access.kind for access in self._recorded.accounts}
        others = (the_estate(), *self._missing)
        return {entry.name: entry.kind for entry in self._entries} | {access.name: access.kind for access in others}

    @property
    def accounts_asked(self) -> list[str]:
        """The names of the accounts that were asked for; neither the estate nor the stand-ins are."""
        if self._recorded is not None:
            recorded = self._recorded.accounts
            return [
                access.name for access in recorded if not isinstance(access, AbsentAccount) and access != the_estate()
            ]
        return [entry.name for entry in self._entries]

    @property
    def not_asked(self) -> NotAsked | None:
        """What the estate and the profiles have and this run does not ask; None for a replay, which asks nobody."""
        if self._estate is None:
            return None
        others = tuple(name for name in self._estate.accounts if name not in self.accounts_asked)
        return NotAsked(others, self.selection.left_out, narrowed_by(self._options))

    @property
    def is_mocked(self) -> bool:
        """Whether a sandbox is asked for, or mocked accounts are judged again."""
        if self._recorded is not None:
            return self._recorded.record.mocked
        return any(entry.sandbox for entry in self._entries)

    @property
    def replay_of(self) -> ReplayOf | None:
        """Whose evidence is judged again; None for a run that asks."""
        return self._recorded.of if self._recorded is not None else None

    def refuse_to_sign(self, signer: Signer) -> None:
        """Raise `UsageError` where a signature would vouch for a recorded run that nobody known has signed."""
        if self._recorded is not None:
            self._recorded.refuse_to_sign(signer, self._trusted)

    @property
    def frameworks(self) -> dict[str, Any]:
        """The frameworks that facts.yaml names for a regulation or --profile asks for, as the run folder keeps them."""
        if self._recorded is not None:
            return dict(self._recorded.frameworks)
        regulations = () if self._estate is None else self._estate.facts.regulations
        return self._known_profiles.data_of({*self.profiles, *(each.framework for each in regulations)})

    @property
    def of_profiles(self) -> str:
        """In words, which profiles the controls are of, where none was named; else, how many of theirs are left out."""
        if self.profiles:
            left_out, by = len(self.selection.left_out), ", ".join(narrowed_by(self._options))
            return f" ({left_out:,} more of {', '.join(self.profiles)} left out by {by})" if left_out and by else ""
        members = self._known_profiles.members(self._controls)
        counts = Counter(profile for name in self.selection.controls for profile in members[name])
        return f" ({', '.join(f'{number} of {name}' for name, number in counts.items()) or 'of no profile'})"

    @cached_property
    def _known_profiles(self) -> Profiles:
        return load_profiles(*self._options.suites.folders("profiles"))

    def start_sandbox(self) -> None:
        """Start the sandbox, if one is asked for; it gets ready while pytest collects."""
        names = dict.fromkeys(entry.sandbox for entry in self._entries if entry.sandbox)
        if names and self.sandbox is None:
            self.sandbox = self._sandbox_of(list(names))

    def plan(self) -> Plan:
        """The plan; waits for the sandbox."""
        folder = self.folder or self.claim()
        common: dict[str, Any] = {
            "run": folder.path.name,
            "folder": folder.path,
            "started": self._started,
            "controls": self.selection.controls,
            "scoped": self.selection.scoped,
        }
        if self._recorded is not None:
            return _planned_again(self._recorded, common)
        assert self._estate is not None
        accounts = tuple(access_of(entry, self._sandbox_accounts()) for entry in self._entries)
        resumed = resumed_by(self._options.resume, self._options.resume_hours, self._started, accounts)
        accounts = accounts if resumed is None else tuple(map(resumed.with_hosts, accounts))
        asked = self._options.unchanged_since
        earlier = earlier_run(asked, self._options.reports, accounts, self._redaction_key)
        return Plan(
            **common,
            resumed=resumed,
            earlier=earlier,
            waits=self._options.waits,
            as_of=self._started,
            profiles=self.profiles,
            accounts=(*accounts, the_estate(), *self._missing),
            facts=with_accounts(self._estate.facts, self._estate.accounts, self._sandbox_ids()),
            waivers=self._estate.waivers,
            attestations=tuple(entry.model_dump(mode="json") for entry in self._estate.attestations),
            people={id_: person.model_dump(mode="json") for id_, person in self._estate.people.items()},
            redaction_key=self._redaction_key,
            uncovered=self.selection.uncovered,
            not_asked=self.not_asked,
            discovered=self.discovered,
            estate=estate_answers(self._estate, self._entries, self._held_to, self._known_profiles.frameworks),
        )

    @cached_property
    def _redaction_key(self) -> str:
        return redaction_key(os.environ)

    def _facts_read(self) -> frozenset[str]:
        """What of facts.yaml controls or the run itself look at."""
        return READ_BY_THE_RUN.union(*(control.facts for control in self._controls.values()))

    def _with_organization(self, estate: Estate) -> Estate:
        """The estate with all accounts of its organization, if that is to be asked."""
        if not self._options.discover:
            if estate.organization is not None:
                refuse_undiscovered(self._options.accounts)
                self.discovered = Discovered.nothing(estate.organization)
            return estate
        if names := sandboxes_to_ask(estate):
            self.sandbox = self._sandbox_of(names, "organizations")
        try:
            known, wanted = self._sandbox_accounts(), self._options.accounts
            estate, self.discovered = discover(estate, known, self._redaction_key, self._started, wanted)
        except UsageError:
            if self.sandbox is not None:
                self.sandbox.stop()
            raise
        return estate

    def _sandbox_of(self, names: Sequence[str], *services: str) -> Sandbox:
        operations = operations_of(self._controls[name] for name in self.selection.controls)
        asked = {operation.partition(":")[0] for operation in operations}
        return Sandbox(names, self._options.suites, {*asked, *services})

    @property
    def _held_to(self) -> set[str]:
        """The profiles by all of which the run judges, those that they extend among them."""
        known, judged = self._known_profiles, self.selection.controls
        held = {held for name in self.profiles for held in known.with_extended(name)}
        return {name for name in held if known.is_kept(name, judged, self._controls)}

    def _missing_kinds(self, controls: Mapping[str, Control]) -> list[AbsentAccount]:
        """Stand-ins for the kinds of account that selected controls need and nobody asked for.

        Their controls must not go unsaid: not run where the estate has such an account, not applicable where not.
        """
        if self._estate is None:
            return []
        asked = {entry.kind for entry in self._entries} | {ESTATE}
        needed = {controls[name].kind for name in self.selection.controls}
        return [absent_account(kind, self._estate) for kind in sorted(needed - asked)]

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles and frameworks that select the controls."""
        if self._recorded is not None:
            return self._recorded.record.profiles
        return asked_profiles(self._options)

    def _sandbox_ids(self) -> Mapping[str, str]:
        """The ids of all accounts that a sandbox has, those among them that nobody asked for."""
        ids: Mapping[str, str] = self._sandbox_accounts().get("ids", {})
        return ids

    def _sandbox_accounts(self) -> Mapping[str, Any]:
        return self.sandbox.ready() if self.sandbox is not None else {}


def _planned_again(recorded: RecordedRun, common: dict[str, Any]) -> Plan:
    """The plan of a replay: what the recorded run asked, of whom, as of when, and what was declared to it."""
    return Plan(
        **common,
        as_of=recorded.record.as_of,
        profiles=recorded.record.profiles,
        accounts=recorded.accounts,
        facts=recorded.facts,
        waivers=recorded.waivers,
        attestations=recorded.attestations,
        people=recorded.people,
        redaction_key=secrets.token_hex(32),
        replay=recorded.folder,
        replay_of=recorded.of,
        uncovered=recorded.uncovered,
    )
