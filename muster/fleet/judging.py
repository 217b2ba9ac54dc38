"""Judging one account of a fleet, in whatever process: a worker, a container, a machine of somebody's own.

It needs nothing but its share, and may be repeated: who finds the account judged leaves it at that.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from muster.errors import FleetError, UsageError
from muster.evidence.fleet_folder import FleetFolder
from muster.evidence.plain_files import is_plain
from muster.fleet.share import Share, pairs_of
from muster.judging.catalogue import import_controls
from muster.judging.control import Control
from muster.reading.access import AbsentAccount, Access
from muster.reading.sessions.counts import Counts
from muster.run.entering import Lent
from muster.run.memory import give_back, settle_memory
from muster.run.options import Options
from muster.run.run import Run
from muster.suites import Suites, shipped_suite

PAGES = "reports.fleet.pages"
"""The module of the shipped suite that tells people of an account and of a fleet."""


class _Process:
    """Stands for this process: all that it judges is asked through the same clients."""


_PROCESS = _Process()


def judge_share(text: str, lent: Lent | None = None) -> str:
    """Judge the account of a share and give the name of its run, whose folder then stands in the fleet's, sealed.

    `lent` makes the transport, where the account is not entered as its plan says. Raises `FleetError` for whatever
    stops it: what it says may go to other machines, and quotes nothing.
    """
    share = Share.from_json(text)
    try:
        return _judged(share, lent)
    except UsageError as error:
        raise FleetError(str(error)) from None
    except OSError as error:
        raise FleetError(f"{share.fleet}: {error.strerror}") from None


def leave_errors(share: Share, reason: str) -> None:
    """Let each control of an account that nobody judged to its end be an error, for this reason."""
    plan = share.plan
    # Compared with nothing: it is red, whatever it was, and what it is compared with may be the reason.
    absent = tuple(_absent(access, reason) for access in plan.accounts)
    _judged(replace(share, plan=replace(plan, accounts=absent), since=None), None)


def _judged(share: Share, lent: Lent | None) -> str:
    place = share.plan.folder
    assert place is not None
    if is_plain(place, "manifest.json"):
        return share.plan.run
    settle_process()
    controls = controls_of(share.own)
    fleet = FleetFolder(share.fleet)
    folder = fleet.claim(share.plan.run)
    plan = replace(share.plan, folder=folder.path)
    pairs = list(pairs_of(plan, {name: control.kind for name, control in controls.items()}))
    run = Run(plan, lent={share.account: lent} if lent else None, asked=pairs, counts=Counts(process=_PROCESS))
    run.begin(controls, _options(share), share.arguments, share.frameworks)
    _carry_out(run, [(controls[name], account) for name, account in pairs])
    run.conclude(0)
    if share.since is not None:
        told_by().compare_account(folder.path, share.since)
    told_by().tell_of_account(folder.path)
    run.seal(None, None)
    fleet.take_in(folder, share.account)
    gc.collect()
    give_back()
    _set_aside()
    return share.plan.run


@cache
def _set_aside() -> None:
    """Look no more, once an account is judged, at what stays: controls, clients, service models.

    All else is then looked at after each account in 10 ms. Without that, what goes in circles stayed, half a megabyte
    an account.
    """
    gc.freeze()


def _carry_out(run: Run, pairs: list[tuple[Control, str]]) -> None:
    try:
        run.enter()
        run.audit.judge_ahead(pairs)
        for control, account in sorted(pairs, key=lambda pair: (pair[1], pair[0].service)):
            run.judge(control, account)
    finally:
        run.audit.stop()
        for access in run.plan.accounts:
            run.audit.let_go(access.name)


@cache
def settle_process() -> None:
    """Let a process judge many accounts, one after the other, in the same memory."""
    settle_memory()


@cache
def controls_of(own: Path | None) -> Mapping[str, Control]:
    """All controls, those of an own suite among them; imported once a process."""
    return import_controls(Suites(shipped_suite(), own))


def told_by() -> Any:
    """The module that tells people of an account and of a fleet, in their folders."""
    return import_module(PAGES)


def _absent(access: Access, reason: str) -> AbsentAccount:
    if isinstance(access, AbsentAccount):
        return access
    return AbsentAccount(
        **{**access.as_data(), "regions": access.regions, "missing": reason, "missing_status": "error"}
    )


def _options(share: Share) -> Options:
    """What the record of a run looks up in options."""
    return Options(
        profiles=(),
        accounts=(),
        controls=(),
        severity=None,
        estate=share.estate,
        reports=share.fleet,
        replay=None,
        root=share.fleet,
        suites=Suites(shipped_suite(), share.own),
    )
