"""`muster preflight`: can each account be entered, and may each kind of question be asked in it? Nothing is kept.

Every control is judged by one answer of each kind, which stands for all others. What the controls say of that is worth
nothing; that they got to their end shows that what they ask is answered.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from muster.judging.catalogue import import_controls
from muster.judging.closure import closure_of
from muster.judging.control import Control
from muster.permissions.actions import action_of, asked_of_aws
from muster.permissions.facts import PermissionFacts, permission_facts
from muster.permissions.first_answers import FirstAnswers
from muster.printable import counted
from muster.reading.access import AbsentAccount, Access
from muster.reading.denials import is_denial, named_action
from muster.reading.reads import ApiError
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.own_questions import OF_WHOEVER_ENTERS
from muster.run.kinds import AWS, KINDS
from muster.run.options import Options
from muster.run.plan import Plan
from muster.run.planning import Planner
from muster.run.run import Run


@dataclass(frozen=True)
class RefusedKind:
    """A kind of question that gave no answer: the action that is missing, or why else; which controls it takes along.

    `controls` could not be judged for want of it, or of another such question that they ask as well.
    """

    operation: str
    action: str | None
    why: str
    controls: tuple[str, ...]


@dataclass(frozen=True)
class EntryCheck:
    """What an account answered. `unreachable` says why nobody got in; `not_tried` are questions without an occasion.

    `not_asked` says why nobody asked the account anything, which tells nothing of it.
    """

    name: str
    caller: str
    unreachable: str | None
    tried: int
    not_tried: tuple[str, ...]
    refused: tuple[RefusedKind, ...]
    not_asked: str | None = None

    @property
    def is_clear(self) -> bool:
        """Whether nothing stands in the way of an audit."""
        return self.unreachable is None and self.not_asked is None and not self.refused


def preflight(options: Options) -> Iterator[EntryCheck]:
    """Check the AWS accounts that these options ask for, one after the other; of others it is said that nobody asked.

    Raises `UsageError` as an audit with these options does.
    """
    known = import_controls(options.suites)
    with tempfile.TemporaryDirectory(prefix="muster-preflight-") as folder:
        planner = Planner(replace(options, reports=Path(folder)), known)
        planner.start_sandbox()
        try:
            plan = replace(planner.plan(), folder=None, discovered=None)
            yield from _checked(plan, known, permission_facts(options.suites))
            yield from _not_asked(plan, known)
        finally:
            if planner.sandbox is not None:
                planner.sandbox.stop()


def _checked(plan: Plan, known: Mapping[str, Control], facts: PermissionFacts) -> Iterator[EntryCheck]:
    accounts = tuple(access for access in plan.accounts if access.kind == AWS.name)
    controls = [known[name] for name in plan.controls if known[name].kind == AWS.name]
    transports: dict[str, FirstAnswers] = {}

    def first_answers(access: Access, counts: Counts) -> FirstAnswers:
        transports[access.name] = FirstAnswers(KINDS[access.kind].transport(access, counts, {}))
        return transports[access.name]

    lent = {access.name: first_answers for access in accounts if not hasattr(access, "missing")}
    run = Run(replace(plan, accounts=accounts), lent=lent)
    run.enter()
    run.audit.judge_ahead((control, access.name) for access in accounts for control in controls)
    try:
        for access in accounts:
            yield _check(run, access.name, controls, transports.get(access.name), facts)
            run.audit.let_go(access.name)
    finally:
        run.audit.stop()


def _not_asked(plan: Plan, known: Mapping[str, Control]) -> Iterator[EntryCheck]:
    """The accounts of other kinds that are to be judged: their permissions are no IAM actions."""
    controls = Counter(known[name].kind for name in plan.controls)
    for access in plan.accounts:
        if access.kind != AWS.name and KINDS[access.kind].answers_come_from_outside and controls[access.kind]:
            number = counted(controls[access.kind], "control")
            if isinstance(access, AbsentAccount):
                yield EntryCheck(access.name, "", access.missing, 0, (), ())
                continue
            why = f"preflight asks AWS accounts alone, and {number} of the kind {access.kind} are to be judged there"
            yield EntryCheck(access.name, "", None, 0, (), (), not_asked=f"{why}: only an audit tells what can be read")


def _check(
    run: Run, name: str, controls: Sequence[Control], answers: FirstAnswers | None, facts: PermissionFacts
) -> EntryCheck:
    account = run.audit.account(name)
    unread = [control for control in controls if _is_unread(run, control, name)]
    if account.unreachable is not None or answers is None:
        return EntryCheck(name, account.caller, account.unreachable or "", 0, (), ())
    refused = tuple(_refused(operation, error, unread, facts) for operation, error in answers.refused())
    asked = answers.asked()
    of_controls = set(asked_of_aws(operation for each in controls for operation in closure_of(each).operations))
    return EntryCheck(
        name=name,
        caller=account.caller,
        unreachable=None,
        tried=len(asked),
        not_tried=tuple(sorted(of_controls - asked - OF_WHOEVER_ENTERS)),
        refused=tuple(each for each in refused if each.controls),
    )


def _is_unread(run: Run, control: Control, account: str) -> bool:
    return any(finding.status == "error" for finding in run.judge(control, account).findings)


def _refused(operation: str, error: ApiError, unread: Collection[Control], facts: PermissionFacts) -> RefusedKind:
    action = (named_action(error) or action_of(operation, facts)) if is_denial(error) else None
    controls = tuple(sorted(control.id for control in unread if operation in closure_of(control).operations))
    return RefusedKind(operation, action, f"{error.code}: {error.message}", controls)
