"""The audit as one process carries it out: enters accounts, judges controls, excuses what is waived, keeps the rows."""

from __future__ import annotations

import threading
from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from muster.errors import drop_frames
from muster.estate.declarations import Facts, Waiver
from muster.evidence.run_folder import RowRange, RunFolder
from muster.judging.account import Account
from muster.judging.control import Control
from muster.judging.judgement import Finding, judge_control
from muster.once import Once
from muster.reading.access import Access
from muster.reading.archive import FolderArchive, MemoryArchive
from muster.reading.reads import THREADS, Archive, utc_now
from muster.reading.redaction import Redactor
from muster.reading.sessions.counts import Counts
from muster.run.ahead import Ahead
from muster.run.entering import Doorkeeper, Lent
from muster.run.plan import Plan
from muster.run.replay import answers_named, past_answers
from muster.verdict import Verdict


@dataclass(frozen=True)
class Judged:
    """The outcome of one control in one account: its rows, where they are kept, and the findings behind them."""

    verdicts: list[Verdict]
    findings: list[Finding]
    kept: RowRange | None


@dataclass(eq=False)
class Audit:
    """Judges for one run, in one process.

    `shared` says that other processes of the run read at the same time, `as_worker` that another one conducts; `lent`
    are transports, by name of account, that are used instead of what the plan says of the way in; calls are counted in
    `counts`. Without a folder in the plan nothing is kept.
    """

    plan: Plan
    shared: bool = False
    as_worker: bool = False
    threads: int = THREADS
    lent: Mapping[str, Lent] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    doorkeeper: Doorkeeper = field(init=False)
    folder: RunFolder | None = field(init=False)
    _facts: Facts = field(init=False)
    _accounts: Once[str, Account] = field(default_factory=Once, init=False)
    _ahead: Ahead | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.folder = RunFolder(self.plan.folder) if self.plan.folder else None
        self._facts = self.plan.facts.in_force(self.plan.as_of.date())
        redactor = Redactor(bytes.fromhex(self.plan.redaction_key))
        self.doorkeeper = Doorkeeper(
            archive=self._archive(),
            redact=redactor,
            restore=redactor.restored,
            now=self.plan.as_of,
            declared=self.plan.estate,
            replay=self.plan.replay is not None,
            counts=self.counts,
            lent=self.lent,
            earlier=self.plan.earlier,
            waits=self.plan.waits,
        )

    def account(self, name: str) -> Account:
        """The account of that name, entered once a process."""
        return self._accounts.get(name, lambda: self.doorkeeper.enter(self._access(name)))

    def let_go(self, name: str) -> None:
        """Let go of an account: no control will be judged in it any more, and nothing of it is needed in memory."""
        for account in self._accounts.forget(lambda known: known == name):
            account.let_go()
        self.doorkeeper.archive.forget(name)

    def judge_ahead(self, pairs: Iterable[tuple[Control, str]]) -> None:
        """Begin to judge these controls in these accounts; `judge` then has most findings without waiting for them.

        With one thread nothing is judged before it is asked for.
        """
        if self.threads > 1:
            self._ahead = self._ahead or Ahead(self._findings)
            self._ahead.add(pairs)

    def stop(self) -> None:
        """Judge nothing more ahead, and wait for no answer any more."""
        if self._ahead is not None:
            self._ahead.stop()
        self.counts.give_up()

    def let_go_of_ways(self) -> None:
        """Let go of what accounts are asked through, once all are judged."""
        self.doorkeeper.let_go({access.kind for access in self.plan.accounts})

    def judge(self, control: Control, account_name: str) -> Judged:
        """Judge one control in one account and keep its rows."""
        if self._ahead is None:
            findings = self._findings(control, account_name, threading.Event())
        else:
            findings = self._ahead.findings(control, account_name)
        waivers = [waiver for waiver in self.plan.waivers if not waiver.is_expired(self.plan.as_of.date())]
        at = utc_now()
        verdicts = [self._row(control, account_name, finding, waivers, at) for finding in findings]
        kept = self.folder.append(verdicts, as_worker=self.as_worker) if self.folder else None
        return Judged(verdicts, findings, kept)

    def _findings(self, control: Control, account_name: str, stop: threading.Event) -> list[Finding]:
        account = self.account(account_name)
        parameters = self.plan.controls[control.id]
        scope = self._facts.out_of_scope if control.id in self.plan.scoped else ()
        findings = judge_control(
            control, account, parameters, self._facts, scope=scope, threads=self.threads, stop=stop
        )
        if self.threads > 1:
            # Only who judges in one thread has a debugger; the frames of what was raised hold the whole account.
            for finding in findings:
                drop_frames(finding.exception)
        return findings

    def _archive(self) -> Archive:
        if self.folder is None:
            return MemoryArchive()
        return FolderArchive(
            self.folder.reads,
            shared=self.folder.shared if self.shared else None,
            past=self._past(self.folder),
        )

    def _past(self, folder: RunFolder) -> Mapping[str, str] | None:
        """What is known already: to a replay, to a run that has discovered its accounts, to one that goes on."""
        if self.plan.replay is not None:
            return past_answers(self.plan.replay)
        known: list[Mapping[str, str]] = []
        if self.plan.discovered is not None:
            names = [f"reads/{sha256}.json" for sha256 in self.plan.discovered.record["reads"]]
            known.append(answers_named(folder.path, names))
        if self.plan.resumed is not None:
            known.append(self.plan.resumed.answers())
        # Nothing is written to them: of a call that two know, the first tells.
        return ChainMap(*cast(list[MutableMapping[str, str]], known))

    def _row(self, control: Control, account: str, finding: Finding, waivers: Sequence[Waiver], at: str) -> Verdict:
        waiver = None
        if finding.status == "fail":
            waiver = next((each.id for each in waivers if each.covers(control.id, account, finding.resource)), None)
        parameters = self.plan.controls[control.id]
        return finding.as_verdict(control.id, account, parameters, run=self.plan.run, waiver=waiver, at=at)

    def _access(self, name: str) -> Access:
        return next(access for access in self.plan.accounts if access.name == name)
