"""`muster preflight`: can each account be entered, and may each kind of question be asked in it? Nothing is kept.

Every control is judged by few answers of each kind, one in AWS, which stands for all others. That they got to their end
shows that what they ask is answered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from muster.judging.catalogue import import_controls
from muster.judging.control import Control
from muster.permissions.aws_check import check_aws
from muster.permissions.entry_check import EntryCheck
from muster.permissions.facts import PermissionFacts, permission_facts
from muster.permissions.first_answers import FirstAnswers
from muster.permissions.github_check import FewRepositories, check_github
from muster.reading.access import AbsentAccount, Access
from muster.reading.reads import Transport
from muster.reading.sessions.counts import Counts
from muster.run.kinds import AWS, GITHUB, KINDS
from muster.run.options import Options
from muster.run.plan import Plan
from muster.run.planning import Planner
from muster.run.run import Run


def preflight(options: Options) -> Iterator[EntryCheck]:
    """Check the accounts that these options ask for, one after the other.

    Raises `UsageError` as an audit with these options does.
    """
    known = import_controls(options.suites)
    with tempfile.TemporaryDirectory(prefix="muster-preflight-") as folder:
        planner = Planner(replace(options, reports=Path(folder)), known)
        planner.start_sandbox()
        try:
            plan = replace(planner.plan(), folder=None, discovered=None)
            yield from _checked(plan, known, permission_facts(options.suites))
        finally:
            if planner.sandbox is not None:
                planner.sandbox.stop()


def _checked(plan: Plan, known: Mapping[str, Control], facts: PermissionFacts) -> Iterator[EntryCheck]:
    accounts = tuple(
        access for access in plan.accounts if access.kind in (AWS.name, GITHUB.name) and not _is_spared(access)
    )
    controls = {kind: [known[name] for name in plan.controls if known[name].kind == kind] for kind in KINDS}
    transports: dict[str, Transport] = {}

    def lend(access: Access, counts: Counts) -> Transport:
        # An hour is not waited for: that a limit is spent is an answer, too.
        transport = KINDS[access.kind].transport(access, counts, {}, waits=False)
        transports[access.name] = FirstAnswers(transport) if access.kind == AWS.name else FewRepositories(transport)
        return transports[access.name]

    run = Run(replace(plan, accounts=accounts), lent={access.name: lend for access in accounts})
    run.enter()
    run.audit.judge_ahead((control, access.name) for access in accounts for control in controls[access.kind])
    try:
        for access in accounts:
            yield _check(run, access.name, controls[access.kind], transports.get(access.name), facts)
            run.audit.let_go(access.name)
    finally:
        run.audit.stop()


def _is_spared(access: Access) -> bool:
    """Whether it stands for an account that nobody has, so that an audit asks nothing of it either."""
    return isinstance(access, AbsentAccount) and access.missing_status == "not_applicable"


def _check(
    run: Run, name: str, controls: Sequence[Control], transport: Transport | None, facts: PermissionFacts
) -> EntryCheck:
    account = run.audit.account(name)
    if account.unreachable is None and isinstance(transport, FirstAnswers):
        return check_aws(run, name, controls, transport, facts)
    if account.unreachable is None and isinstance(transport, FewRepositories):
        return check_github(run, name, controls, transport)
    for control in controls:
        run.judge(control, name)
    return EntryCheck(name, account.caller, account.unreachable or "", 0, (), ())
