"""The run itself, whoever conducts it: begun, its accounts entered, its controls judged, concluded and sealed.

Pytest conducts one, `muster.judge` another. What they ask through, what is redacted and which names are restored is
wired here and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

from muster.errors import UsageError
from muster.estate.scope import ScopeRule
from muster.evidence.manifest import changed_answers, write_manifest
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import Signer, sign_manifest
from muster.judging.account import Account
from muster.judging.closure import operations_of
from muster.judging.control import CONTROLS, Control
from muster.judging.judgement import Finding
from muster.reading.reads import OF_A_SERVICE, THREADS, utc_now
from muster.reading.redaction import Redactor
from muster.reading.sessions.counts import Counts
from muster.run.audit import Audit, Judged
from muster.run.budget import Reckoning, reckon, refuse_what_is_too_much
from muster.run.conclusion import Problem, Tally, counts_of, exit_fails, problems, problems_of_share
from muster.run.entering import Lent
from muster.run.losses import LOST, REMEDY, Losses
from muster.run.options import Options
from muster.run.pairs import Pair, Pairs
from muster.run.part import Part, part_of
from muster.run.plan import Plan
from muster.run.record import accounts_record, run_record
from muster.run.without_secrets import without_secrets
from muster.verdict import Verdict

LONGEST_BEFORE_ASKED = 1.0
"""Seconds until `run.json` is there though no question was put: a program that gives credentials may take long."""
NOT_RUN = "the run ended before this control was judged to its end; rows of it above are not all"


class Run:
    """One run, in the process that conducts it; others may judge parts of it from the same plan.

    `asked` are the pairs of control and account that the user named, `selected` those that were then to be judged (the
    conductor may leave some out, and the run is a part of what was asked), `finished` those that were. A plan without
    a folder makes a run that keeps nothing: it is entered and judged, and neither begun, concluded nor sealed.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        shared: bool = False,
        threads: int = THREADS,
        lent: Mapping[str, Lent] | None = None,
        asked: Collection[Pair] = (),
        counts: Counts | None = None,
    ) -> None:
        """Wire a run; `shared`, `lent` and `counts` are those of `Audit`.

        Raises `UsageError` where a mark cannot stand.
        """
        self.plan = without_secrets(plan, Redactor(bytes.fromhex(plan.redaction_key)))
        self._shared = shared
        self._threads = threads
        self._lent = lent or {}
        self._counts = counts or Counts()
        self.asked = Pairs(asked)
        self.selected = Pairs()
        self.finished = Pairs()
        self._rows_kept = 0
        self.calls_incomplete = False
        self.is_concluded = False
        self._record: dict[str, Any] = {}
        self.reckonings: list[Reckoning] = []
        self._at_doors: Iterator[Account] | None = None
        # Empty where the run was stopped before it had entered its accounts.
        self._arns: dict[str, str] = {}

    @cached_property
    def audit(self) -> Audit:
        """What of the run is done in this process."""
        return Audit(self.plan, shared=self._shared, threads=self._threads, lent=self._lent, counts=self._counts)

    @cached_property
    def folder(self) -> RunFolder:
        """Where the run is kept."""
        assert self.plan.folder is not None, "this run keeps nothing"
        return RunFolder(self.plan.folder)

    def begin(
        self, controls: Mapping[str, Control], options: Options, arguments: Sequence[str], frameworks: Mapping[str, Any]
    ) -> None:
        """Make the run folder and say in `run.json` who asks what of whom; no control has been asked for yet.

        Who is at each door is asked meanwhile: it takes a while to tell what every control rests on.
        """
        self.folder.create()
        if self.plan.discovered is not None:
            self.folder.keep(self.plan.discovered.texts)
        if self._shared:
            self.folder.conductor.hold()
        self._at_doors = self._ask_at_doors()
        # Two threads that compute get half of a core each: the first question is put before what can wait is told.
        self._counts.is_asked.wait(LONGEST_BEFORE_ASKED)
        self._record = run_record(self.plan, controls, options, arguments, frameworks)
        judged = [controls[name] for name in self.plan.controls]
        self.audit.doorkeeper.expect(judged, {access.kind for access in self.plan.accounts})
        self._write()

    def enter(self) -> None:
        """Enter every account, all at once.

        Raises `UsageError` if credentials lead to another account than the estate expects, before anything else is
        read. An account that cannot be entered raises nothing: each of its controls will say so.
        """
        if self.plan.discovered is not None:
            self.audit.doorkeeper.counts.merge(self.plan.discovered.told)
        accounts = list(self._at_doors or self._ask_at_doors())
        self._arns = {account.name: account.arn for account in accounts}
        self._record["callers"] = {account.name: account.caller for account in accounts if account.caller}
        self._record["unreachable"] = {
            each.name: each.unreachable
            for each in accounts
            if each.unreachable is not None and each.unreachable_status == "error"
        }
        self._record["account_ids"] = {account.name: account.id for account in accounts}
        self._record["regions"] = {account.name: list(account.regions) for account in accounts}
        self.reckonings = self._reckoned(accounts)
        self._record["budgets"] = {each.account: each.as_data() for each in self.reckonings}
        # A run that is killed from here on has said whether it judged mocked accounts.
        self._record |= accounts_record(self.plan, self.audit.doorkeeper.counts)
        if self.plan.folder is not None:
            self._write()
        if not self.plan.waits:
            refuse_what_is_too_much(self.reckonings)

    def _reckoned(self, accounts: Sequence[Account]) -> list[Reckoning]:
        """What each organization on GitHub will be asked, and may be; nobody is asked in a replay."""
        limited = {each.name for each in self.plan.accounts if each.kind == "github" and not each.sandbox}
        asked = [each for each in accounts if each.name in limited - self._lent.keys() and each.unreachable is None]
        if self.plan.replay is not None or not asked:
            return []
        operations = operations_of(CONTROLS[name] for name in self.plan.controls)
        earlier = self.plan.earlier
        found = (reckon(each, operations, earlier.known(each.name) if earlier else 0) for each in asked)
        return [each for each in found if each is not None]

    def _ask_at_doors(self) -> Iterator[Account]:
        """Enter all accounts in other threads; gives them in the order of the plan, each when it is entered."""
        left = {access.name for access in self.plan.accounts}

        def enter(name: str) -> Account:
            try:
                return self.audit.account(name)
            finally:
                left.discard(name)
                if not left:  # nobody may have been asked: a replay asks nobody
                    self._counts.is_asked.set()

        # At each door it is STS that is asked.
        pool = ThreadPoolExecutor(OF_A_SERVICE, thread_name_prefix="muster-door")
        entered = pool.map(enter, [access.name for access in self.plan.accounts])
        pool.shutdown(wait=False)
        return entered

    def judge(self, control: Control, account: str) -> Judged:
        """Judge one control in one account, in this process."""
        self.selected.add((control.id, account))
        judged = self.audit.judge(control, account)
        self.finish((control.id, account), len(judged.verdicts))
        return judged

    def finish(self, pair: Pair, rows: int) -> None:
        """Note that a control was judged to its end in an account, and how many rows of it were kept."""
        self.finished.add(pair)
        self._rows_kept += rows

    def conclude(self, exit_code: int, left_out_by: Sequence[str] = ()) -> int:
        """Fill in what was not judged, find the problems, and close `run.json`; gives the exit code of the run.

        That is `exit_code` (what the conductor would end with) unless it is 0 and the rows or the problems forbid 0.
        `left_out_by` says, in words, what took away the pairs that were asked and not selected.
        """
        redact = Redactor(bytes.fromhex(self.plan.redaction_key))
        part = part_of(self.asked, self.selected, redact.data(list(left_out_by)))
        self.folder.close_to_workers()
        self.fill_in(self.selected - self.finished)
        torn: list[int] = []
        losses = Losses(self.finished, self.folder.answers())
        rows = losses.watching(self.folder.rows(torn=lambda line: torn.append(len(line))))
        tally = Tally.of(rows, self.plan.waivers)
        tally.take_in(self.fill_in((pair for pair in self.finished if pair not in tally.seen), LOST), self.plan.waivers)
        found = [*self._problems(tally, part), *losses.problems(self._rows_kept)]
        if exit_code == 0 and exit_fails(tally.counts, found):
            exit_code = 1
        self._record |= accounts_record(self.plan, self.audit.doorkeeper.counts)
        self._record |= {
            "ended": utc_now(),
            "exit_code": exit_code,
            "counts": counts_of(tally),
            "problems": [problem.as_data() for problem in found],
            "out_of_scope": self._out_of_scope(tally),
            "part": part.as_data() if part is not None else None,
            "calls": self.audit.doorkeeper.counts.as_data(),
            "calls_incomplete": self.calls_incomplete,
            "torn_lines": len(torn),
            "resumed": self._resumed(),
        }
        self._write()
        self.folder.drop_shared()
        self.is_concluded = True
        return exit_code

    def _problems(self, tally: Tally, part: Part | None) -> list[Problem]:
        if self.plan.fleet is not None:
            # Whether a waiver meets nothing, and what is judged elsewhere, is told from all accounts of the fleet.
            return problems_of_share(self.selected, self.finished, part)
        return problems(
            tally,
            waivers=self.plan.waivers,
            selected=self.selected,
            part=part,
            organization=self._record["organization"],
            asked=self.asked,
            finished=self.finished,
            account_ids=self._record.get("account_ids", {}),
            facts=self.plan.facts,
            facts_read=self._facts_read,
            scoped=self.plan.scoped,
            today=self.plan.as_of.date(),
        )

    def _resumed(self) -> dict[str, Any] | None:
        """What was taken over of another run, with the number of its answers that verdicts of this one may rest on."""
        resumed = self.plan.resumed
        if resumed is None:
            return None
        return {**resumed.as_evidence(), "answers": resumed.taken_over(self.folder.path)}

    @property
    def _facts_read(self) -> set[str]:
        return facts_read(self._record["controls"], self.plan)

    def _out_of_scope(self, tally: Tally) -> dict[str, int]:
        """How many verdicts each rule of scope has spared, those that spared none among them."""
        rules = self.plan.facts.out_of_scope if self.plan.scoped else ()
        return {rule.name: tally.by_scope[rule.name] for rule in rules}

    def fill_in(self, missing: Iterable[Pair], reason: str = NOT_RUN) -> list[Verdict]:
        """A `not_run` row for each of these controls and accounts, which left no finished verdict; gives the rows."""
        rows = [
            Finding("global", self._arns.get(account, account), "not_run", reason, ()).as_verdict(
                control, account, self.plan.controls[control], run=self.plan.run
            )
            for control, account in sorted(missing)
        ]
        self.folder.append(rows)
        return rows

    def seal(self, signer: Signer | None, latest: Path | None) -> None:
        """Write the manifest over all files of the folder, sign it, and let the link `latest` lead to the run.

        A replay asked nobody, so that the newest run is still the one before it.

        Raises `UsageError` if the key does not sign, and where an answer is not what it was: no manifest covers it.
        """
        # Where a run was stopped, threads are still under way: what they are told now is no evidence of it.
        self.audit.doorkeeper.archive.close()
        manifest = write_manifest(self.folder)
        if changed := changed_answers(manifest):
            self.folder.manifest.unlink()
            raise UsageError(f"{self.folder.path}: {changed[0]} is not what was answered any more: {REMEDY}")
        if signer is not None:
            sign_manifest(self.folder, signer)
        if self.plan.replay_of is None and latest is not None:
            lead_to(latest, self.folder.path)

    def _write(self) -> None:
        self.folder.write_run(self._record)


def facts_read(controls: Mapping[str, Mapping[str, Any]], plan: Plan) -> set[str]:
    """The facts that the controls of a run read, as `run.json` tells of them, and its scope."""
    read = {fact for control in controls.values() for fact in control["facts"]}
    return read | {ScopeRule.fact} if plan.scoped else read


def lead_to(latest: Path, folder: Path) -> None:
    """Let the link `latest` lead to a folder, in one step.

    Whoever looks finds the one before or this one, also if this process is killed here.
    """
    link = folder.with_suffix(".latest")
    link.symlink_to(os.path.relpath(folder, latest.parent))
    link.replace(latest)
