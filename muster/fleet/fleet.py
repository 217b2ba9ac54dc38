"""A fleet: begun from a plan, its accounts judged by whoever, what is there noted, and concluded when all is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from muster.errors import BadEvidence, UsageError
from muster.evidence.fleet_folder import FleetFolder, write_fleet_manifest
from muster.evidence.fleet_record import FleetRecord, HowEnded
from muster.evidence.manifest import SIGNATURE
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import Signer, sign_manifest
from muster.evidence.verify import verify
from muster.fleet.judging import leave_errors, told_by
from muster.fleet.outcome import AccountOutcome, entry_of, entry_with, read_outcome
from muster.fleet.share import Share, accounts_to_judge, pairs_of, plan_of_share
from muster.fleet.since import Since
from muster.judging.closure import closure_of
from muster.judging.control import Control
from muster.printable import counted, one_line
from muster.reading.access import Access
from muster.reading.reads import utc_now
from muster.reading.redaction import Redactor
from muster.run.conclusion import Problem, Tally, exit_fails, problems
from muster.run.options import Options
from muster.run.plan import Plan
from muster.run.record import known_versions, user_and_machine
from muster.run.run import facts_read, lead_to
from muster.run.without_secrets import without_secrets
from muster.verdict import STATUSES, Severity


@dataclass
class Fleet:
    """One fleet, in the process that conducts it. The folder of the plan is the fleet's.

    `units` says by the name of an account where in its organization it is; `left_out` are those that an option took
    away, `since` is what it is compared with, if it is to be, and `outcomes` is what is known by now.
    """

    raw: Plan
    controls: Mapping[str, Control]
    options: Options
    arguments: Sequence[str]
    frameworks: Mapping[str, Any]
    signer: Signer | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    since: Since | None = None
    outcomes: dict[str, AccountOutcome] = field(default_factory=dict)
    _resumed: list[str] = field(default_factory=list)
    _tally: Tally = field(default_factory=Tally)

    @cached_property
    def plan(self) -> Plan:
        """The plan without the secrets that people wrote into what they declare."""
        return without_secrets(self.raw, self._redact)

    @cached_property
    def folder(self) -> FleetFolder:
        """Where it is kept."""
        assert self.raw.folder is not None, "a fleet is kept"
        return FleetFolder(self.raw.folder)

    @cached_property
    def accounts(self) -> dict[str, Access]:
        """The accounts by name that some control is for, the estate among them."""
        kinds = {self.controls[control].kind for control in self.raw.controls}
        judged = accounts_to_judge(self.raw).items()
        return {name: each[0] for name, each in judged if kinds & {access.kind for access in each}}

    @property
    def missing(self) -> list[str]:
        """The accounts that are to be judged and of which nothing is known yet."""
        return [name for name in self.accounts if name not in self.outcomes and name not in self.left_out]

    @property
    def severities(self) -> dict[str, Severity]:
        """The severity of each control."""
        return {control: self.controls[control].severity for control in self.raw.controls}

    def __post_init__(self) -> None:
        """Whoever discovered the organization knows the units of its accounts."""
        if self.raw.discovered is not None and not self.units:
            self.units = self.raw.discovered.units

    def begin(self) -> None:
        """Say in `fleet.json` who is to be judged; nobody has been asked yet."""
        self.folder.create(self.raw.discovered.texts if self.raw.discovered is not None else {})
        self.folder.write(self._record(None, None))

    def go_on(self, *, is_resumed: bool = True) -> None:
        """Go on where this fleet was cut short: what is sealed and verified is noted, and not judged again.

        Raises `UsageError`, in one line, where that is another fleet, has come to its end, or holds what does not
        verify.
        """
        where = str(self.folder.path)
        try:
            data = self.folder.read()
            before = FleetRecord.parse(data)
        except (OSError, BadEvidence) as error:
            raise UsageError(one_line(f"{where}: no fleet to go on with: {error}")) from error
        if self.folder.is_sealed:
            raise UsageError(f"{where}: that fleet has come to its end: nothing of it is missing")
        for what, then, now in (
            ("profiles", list(before.profiles), list(self.raw.profiles)),
            ("accounts", set(before.accounts), set(self.accounts)),
            ("controls", list(before.controls), list(self.raw.controls)),
            ("--since", data.get("since"), self._since()["since"]),
        ):
            if then != now:
                raise UsageError(f"{where}: that fleet has other {what} than this command asks for: begin a new one")
        self._resumed = [*data.get("resumed", []), *([utc_now()] if is_resumed else [])]
        for name in self.accounts:
            folder = self.folder.sealed(name)
            if folder is not None:
                self._refuse_changed(where, folder)
                self.note(name)

    def shares(self, names: Sequence[str]) -> Iterator[Share]:
        """What whoever judges these accounts is told, one after the other."""
        kinds = {name: control.kind for name, control in self.controls.items()}
        for name in names:
            yield Share(
                account=name,
                plan=plan_of_share(self.raw, name, kinds),
                arguments=tuple(self.arguments),
                frameworks=self.frameworks,
                own=self.options.suites.own,
                estate=self.options.estate,
                since=self.since.of(name) if self.since is not None else None,
            )

    def note(self, name: str) -> AccountOutcome:
        """Take in what the sealed run folder of an account says, and sign it if the fleet is signed.

        Raises `BadEvidence` where there is none, or not one of this fleet.
        """
        folder = self.folder.sealed(name)
        if folder is None:
            raise BadEvidence(f"{self.folder.accounts / name}: there is no sealed run folder")
        outcome = read_outcome(folder, self.folder.path.name, self.accounts[name], self._tally, self.plan.waivers)
        if self.signer is not None and not (folder / SIGNATURE).exists():
            sign_manifest(RunFolder(folder), self.signer)
        self.outcomes[name] = outcome
        return outcome

    def give_up(self, name: str, reason: str) -> AccountOutcome:
        """Let each control of an account be an error, because it could not be judged for this reason."""
        (share,) = self.shares([name])
        leave_errors(share, reason)
        return self.note(name)

    def conclude(self, exit_code: int, left_out_by: Sequence[str] = (), *, is_of_accounts: bool = True) -> int:
        """Say how all ended, and write the page; gives the exit code.

        Where nothing but accounts made it 1 (`is_of_accounts`), and what fails in them is not to, it is 0. Sealed is
        what has evidence of every account: what is cut short can be gone on with. Raises `UsageError` if the key does
        not sign.
        """
        found = self._problems(left_out_by)
        if exit_code == 0 and exit_fails(self._tally.counts, found):
            exit_code = 1
        if exit_code == 1 and is_of_accounts and not found and self._has_nothing_new:
            exit_code = 0
        self.folder.write(self._record(exit_code, found))
        told_by().tell_of_fleet(self.folder.path, self.since)
        if not self.missing:
            self.folder.drop_attempts()
            write_fleet_manifest(self.folder)
            if self.signer is not None:
                sign_manifest(RunFolder(self.folder.path), self.signer)
        lead_to(self.options.latest, self.folder.path)
        return exit_code

    @property
    def _has_nothing_new(self) -> bool:
        """Whether what was there already is to fail nothing, and nothing else is there."""
        fails_on_new = self.since is not None and self.since.fail_on == "new"
        return fails_on_new and all(outcome.passed for outcome in self.outcomes.values())

    def _since(self) -> dict[str, str | None]:
        if self.since is None:
            return {"since": None, "fail_on": None}
        return {"since": self.since.name, "fail_on": self.since.fail_on}

    def _problems(self, left_out_by: Sequence[str]) -> list[Problem]:
        kinds = {name: control.kind for name, control in self.controls.items()}
        pairs = {pair for pair in pairs_of(self.raw, kinds) if pair[1] in self.outcomes or pair[1] not in self.accounts}
        known = [each.record for each in (self.plan.discovered,) if each is not None]
        return [
            *self._of_accounts(left_out_by),
            *self._of_other_code(),
            *problems(
                self._tally,
                waivers=self.plan.waivers,
                selected=pairs,
                finished=self._tally.seen,
                account_ids={name: outcome.id for name, outcome in self.outcomes.items()},
                facts=self.plan.facts,
                facts_read=facts_read(
                    {name: {"facts": self.controls[name].facts} for name in self.raw.controls}, self.plan
                ),
                scoped=self.plan.scoped,
                today=self.plan.as_of.date(),
                organization=known[0] if known else None,
                asked=pairs,
            ),
        ]

    def _of_accounts(self, left_out_by: Sequence[str]) -> Iterator[Problem]:
        for name in self.missing:
            text = f"{name} ({self.accounts[name].id or 'its id is not known'}) was not judged: go on with --resume"
            yield Problem("account_missing", text)
        if self.left_out:
            by = ", ".join(left_out_by) or "pytest, which tells nobody why"
            number = f"{len(self.left_out):,} of {counted(len(self.accounts), 'account')} were left out"
            yield Problem("part", f"this fleet is a part: {number}, by {by}")

    def _of_other_code(self) -> Iterator[Problem]:
        """Whoever judged an account must have had the controls that this process has."""
        here = {name: closure_of(self.controls[name]).sha256 for name in self.raw.controls}
        for name, outcome in self.outcomes.items():
            other = [control for control, sha256 in outcome.closures.items() if here.get(control) != sha256]
            if other:
                text = f"{name} was judged by other code of {other[0]} than is here: install one version everywhere"
                yield Problem("other_code", text)

    def _refuse_changed(self, where: str, folder: Path) -> None:
        try:
            defects = verify(folder).defects
        except (OSError, BadEvidence) as error:
            raise UsageError(one_line(f"{where}: {error}")) from error
        if defects:
            raise UsageError(one_line(f"{where}: {folder} is not what it was: {defects[0]}; move it away"))

    @property
    def _redact(self) -> Redactor:
        return Redactor(bytes.fromhex(self.raw.redaction_key))

    def _record(self, exit_code: int | None, found: Sequence[Problem] | None) -> dict[str, Any]:
        plan, redact = self.plan, self._redact
        entries = self._entries()
        totals: Counter[str] = Counter()
        for entry in entries.values():
            totals.update(entry["counts"])
        return {
            "fleet": plan.run,
            "profiles": list(plan.profiles),
            "started": plan.started.isoformat().replace("+00:00", "Z"),
            "resumed": self._resumed,
            "ended": None if exit_code is None else utc_now(),
            "exit_code": exit_code,
            "by": user_and_machine(),
            "arguments": redact.data(list(self.arguments)),
            **self._since(),
            "versions": known_versions(),
            "mocked": any(entry["mocked"] for entry in entries.values()),
            "counts": None if exit_code is None else {status: totals[status] for status in STATUSES},
            "problems": None if found is None else [problem.as_data() for problem in found],
            "organization": redact.data(dict(plan.discovered.record)) if plan.discovered is not None else None,
            "not_asked": redact.data(plan.not_asked.as_data()) if plan.not_asked is not None else None,
            "waivers": [waiver.model_dump(mode="json") for waiver in plan.waivers],
            "controls": {name: self._control(name) for name in plan.controls},
            "accounts": entries,
        }

    def _entries(self) -> dict[str, dict[str, Any]]:
        ended: HowEnded
        order, redact, entries = list(self.raw.controls), self._redact, {}
        for name, access in self.accounts.items():
            ended = "left_out" if name in self.left_out else "missing"
            entry = entry_of(access, self.units.get(name), ended, len(order))
            entry["tags"] = redact.data(entry["tags"])
            outcome = self.outcomes.get(name)
            entries[name] = entry if outcome is None else entry_with(outcome, entry, order)
        return entries

    def _control(self, name: str) -> dict[str, Any]:
        control = self.controls[name]
        return {
            "title": control.title,
            "severity": control.severity,
            "domain": control.domain,
            "kind": control.kind,
            "parameters": dict(self.raw.controls[name]),
        }
