"""What an AWS account answers, by one question of each kind."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from muster.judging.closure import closure_of, operations_of
from muster.judging.control import Control
from muster.permissions.actions import action_of, asked_of_aws
from muster.permissions.entry_check import EntryCheck, RefusedKind
from muster.permissions.facts import PermissionFacts
from muster.permissions.first_answers import FirstAnswers
from muster.reading.denials import is_denial, named_action
from muster.reading.reads import ApiError
from muster.reading.sessions.own_questions import OF_WHOEVER_ENTERS
from muster.run.run import Run


def check_aws(
    run: Run, name: str, controls: Sequence[Control], answers: FirstAnswers, facts: PermissionFacts
) -> EntryCheck:
    """What of the controls' questions the account answers. What the controls say of that is worth nothing."""
    unread = [control for control in controls if _is_unread(run, control, name)]
    refused = tuple(_refused(operation, error, unread, facts) for operation, error in answers.refused())
    asked = answers.asked()
    return EntryCheck(
        name=name,
        caller=run.audit.account(name).caller,
        unreachable=None,
        tried=len(asked),
        not_tried=tuple(sorted({*asked_of_aws(operations_of(controls))} - asked - OF_WHOEVER_ENTERS)),
        refused=tuple(each for each in refused if each.controls),
    )


def _is_unread(run: Run, control: Control, account: str) -> bool:
    return any(finding.status == "error" for finding in run.judge(control, account).findings)


def _refused(operation: str, error: ApiError, unread: Collection[Control], facts: PermissionFacts) -> RefusedKind:
    action = (named_action(error) or action_of(operation, facts)) if is_denial(error) else None
    controls = tuple(sorted(control.id for control in unread if operation in closure_of(control).operations))
    return RefusedKind((operation,), action, f"{error.code}: {error.message}", controls)
