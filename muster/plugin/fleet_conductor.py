"""Conducting a fleet with pytest: one item an account, judged by workers, and a folder that tells of all of them."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from muster.errors import BadEvidence, FleetError, UsageError
from muster.fleet.cluster import Cluster, ClusterLost, Workers, cluster_of, refuse_without_dask
from muster.fleet.fleet import Fleet
from muster.fleet.outcome import AccountOutcome
from muster.fleet.share import accounts_with_controls
from muster.fleet.since import Since
from muster.judging.control import Control
from muster.plugin.fleet_items import FLEET_PROPERTY, AccountItem, FleetCollector
from muster.plugin.narrowing import hidden_options, narrowing
from muster.plugin.options import read_options
from muster.plugin.places import keep
from muster.printable import counted, one_line
from muster.run.planning import Planner
from muster.run.record import command_line
from muster.run.signers import signer_from

MOST_NAMED = 20
# What makes of one run, or asks it in another way.
NOT_OF_FLEETS = {
    "--replay": "replay",
    "--unchanged-since": "unchanged_since",
    "--report": "report",
    "--pdb": "usepdb",
    "-n": "numprocesses",
}
CONDUCTOR: pytest.StashKey[FleetConductor] = pytest.StashKey()
"""Who conducts the fleet of the session, for reports that take part in it."""


class FleetConductor:
    """Conducts one fleet: begins it when pytest has collected, has its accounts judged, concludes it at the end.

    `since` is what it is compared with, which reports find out before it begins; `kept_at` is where it is kept, packed,
    beside its folder on this machine, once it is sealed.
    """

    def __init__(self, config: pytest.Config, controls: Mapping[str, Control]) -> None:
        """Raises `UsageError` for whatever in the options or files cannot be carried out."""
        refuse_without_dask()
        _refuse_options_of_runs(config)
        self._config = config
        config.stash[CONDUCTOR] = self
        self._controls = controls
        self.since: Since | None = None
        self._something_else_failed = False
        options = read_options(config)
        self._resume = options.resume
        self._options = replace(options, resume=None)
        self._workers = Workers.parse(config.getoption("fleet"))
        self.planner = Planner(self._options, controls)
        self._signer = None
        self._fleet: Fleet | None = None
        self._known = threading.Condition()
        self._problems: dict[str, str] = {}
        self._lost: str | None = None
        self._is_concluded = False
        self.kept_at: str | None = None
        self._stack = ExitStack()
        if not config.getoption("collectonly"):
            self._signer = signer_from(config.getoption("sign_key"), config.getoption("sign_kms"), os.environ)
            self.planner.start_sandbox()
            if self._resume is None:
                self.planner.claim()
            else:
                self.planner.resume_in(self._resume)

    @property
    def accounts(self) -> list[str]:
        """The accounts that some control is for."""
        return accounts_with_controls(self.planner, self._controls)

    @property
    def concluded(self) -> Path | None:
        """The folder of the fleet, once all is said; None where it was never begun, or the end was not reached."""
        return self._fleet.folder.path if self._fleet is not None and self._is_concluded else None

    def pytest_report_header(self) -> str:
        """One line on what is asked of whom."""
        planner = self.planner
        where = f", fleet {planner.folder.path.name}" if planner.folder is not None else ""
        mocked = " (sandbox)" if planner.is_mocked else ""
        number = len(planner.selection.controls)
        return (
            f"muster: {counted(number, 'control')}{planner.of_profiles},"
            f" {counted(len(planner.accounts_asked), 'account')}{mocked}{where}"
            + "".join(f"\nmuster: {one_line(each)}" for each in hidden_options())
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """An item an account, whatever files there are; -k and --deselect choose among them."""
        node: FleetCollector = FleetCollector.from_parent(session, name="fleet", nodeid="fleet")
        node.accounts = self.accounts
        node.outcome_of = self._outcome_of
        node.severities = {name: self._controls[name].severity for name in self.planner.selection.controls}
        node.place = self.planner.folder.path if self.planner.folder is not None else Path()
        report = node.ihook.pytest_make_collect_report(collector=node)
        node.ihook.pytest_collectreport(report=report)
        session.items = list(report.result)
        self._config.hook.pytest_collection_modifyitems(session=session, config=self._config, items=session.items)
        self._config.hook.pytest_collection_finish(session=session)
        session.testscollected = len(session.items)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Begin, and let workers judge while the items wait for their accounts."""
        if self._config.getoption("collectonly") or not session.items:
            return
        try:
            fleet = self._begun({item.name for item in session.items if isinstance(item, AccountItem)})
            cluster = self._started(fleet) if fleet.missing else None
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        self._fleet = fleet
        if self._resume is None:
            fleet.begin()
        if cluster is not None:
            threading.Thread(target=self._judge, args=(fleet, cluster), name="muster-fleet", daemon=True).start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Conclude: what the fleet says of itself may turn pytest's 0 into a 1."""
        self._end("the fleet was stopped before it was judged")
        self._stack.close()
        if self._fleet is None:
            return
        try:
            session.exitstatus = self._fleet.conclude(
                int(session.exitstatus), narrowing(self._config), is_of_accounts=not self._something_else_failed
            )
            self._is_concluded = True
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what failed without an account's verdicts to show for it: that is no old failure."""
        is_judged = report.when == "call" and any(name == FLEET_PROPERTY for name, _ in report.user_properties)
        self._something_else_failed |= report.failed and not is_judged

    def pytest_unconfigure(self) -> None:
        """Keep a sealed fleet where it is to be kept; let the sandbox go, and the folder of a fleet never begun."""
        if self.planner.sandbox is not None:
            self.planner.sandbox.stop()
        if self._fleet is None and self._resume is None and self.planner.folder is not None:
            shutil.rmtree(self.planner.folder.path, ignore_errors=True)
        if self._fleet is not None and self._is_concluded and self._fleet.folder.is_sealed:
            try:
                self.kept_at = keep(self._config, self._fleet.folder.path)
            except UsageError as error:
                raise pytest.UsageError(str(error)) from error

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print what a reader must know before opening the page."""
        if self._fleet is not None:
            for line in summary_of(self._fleet):
                terminalreporter.write_line(one_line(line))

    def _started(self, fleet: Fleet) -> Cluster:
        return self._stack.enter_context(cluster_of(self._workers, fleet.raw.controls))

    def _begun(self, selected: set[str]) -> Fleet:
        fleet = Fleet(
            self.planner.plan(),
            self._controls,
            self._options,
            command_line(),
            self.planner.frameworks,
            self._signer,
            since=self.since,
        )
        fleet.left_out = fleet.accounts.keys() - selected
        if self._resume is not None:
            fleet.go_on()
        return fleet

    def _judge(self, fleet: Fleet, cluster: Cluster) -> None:
        """Take in what workers judged, in a thread of its own, until all is there or the cluster is gone."""
        key = f"{fleet.plan.run}-{time.time_ns()}"
        try:
            for done in cluster.judge(fleet.shares(fleet.missing), key):
                with self._known:
                    if self._lost is not None:
                        return
                    self._take_in(fleet, done.account, done.problem)
                    self._known.notify_all()
        except ClusterLost as error:
            self._end(str(error))
        finally:
            # Whatever this thread ends by: nobody waits for an account that will not come.
            self._end("taking the evidence in broke down")

    def _end(self, why: str) -> None:
        """Let no item wait any more; those whose accounts are known do not ask why."""
        with self._known:
            self._lost = self._lost or why
            self._known.notify_all()

    def _take_in(self, fleet: Fleet, account: str, problem: str | None) -> None:
        try:
            if problem is not None and fleet.folder.sealed(account) is None:
                fleet.give_up(account, problem)
            else:
                fleet.note(account)
        except (BadEvidence, UsageError, FleetError) as error:
            self._problems[account] = str(error)
        except OSError as error:
            self._problems[account] = f"{fleet.folder.path}: {error.strerror}"

    def _outcome_of(self, account: str) -> AccountOutcome:
        """How an account ended; waits for it. Raises `FleetError` where nobody will ever know."""
        assert self._fleet is not None
        with self._known:
            while account not in self._fleet.outcomes:
                if account in self._problems:
                    raise FleetError(self._problems[account])
                if self._lost is not None:
                    raise FleetError(f"it was not judged: {self._lost}; go on with --resume={self._fleet.folder.path}")
                self._known.wait(timeout=1)
            return self._fleet.outcomes[account]


def _refuse_options_of_runs(config: pytest.Config) -> None:
    for option, name in NOT_OF_FLEETS.items():
        if config.getoption(name, None):
            raise UsageError(f"{option} goes with a run, and not with --fleet: leave it out, or judge without --fleet")


def summary_of(fleet: Fleet) -> list[str]:
    """How all ended: figures, the controls that most accounts fail, who is red and why, problems, and the page."""
    record = fleet.folder.read()
    by_end = Counter(account["ended"] for account in record["accounts"].values())
    figures = ", ".join(
        f"{number:,} {status.replace('_', ' ')}" for status, number in record["counts"].items() if number
    )
    lines = [
        "",
        ", ".join(f"{counted(number, 'account')} {ended.replace('_', ' ')}" for ended, number in by_end.items()),
    ]
    lines += [figures or "no verdicts", *_worst_controls(fleet), *_not_judged(record["accounts"])]
    lines += [f"! {problem['text']}" for problem in record["problems"]]
    if record["mocked"]:
        lines.append("SANDBOX: this fleet judged mocked accounts. It is no evidence of real ones.")
    return [*lines, "", f"Page:   {os.path.relpath(fleet.folder.path / 'index.html')}"]


def _worst_controls(fleet: Fleet) -> list[str]:
    failing = Counter(
        control for outcome in fleet.outcomes.values() for control, found in outcome.by_control.items() if found["fail"]
    )
    return [f"fail  {control}: {counted(number, 'account')}" for control, number in failing.most_common(MOST_NAMED)]


def _not_judged(accounts: Mapping[str, Any]) -> list[str]:
    red = [(name, each) for name, each in accounts.items() if each["ended"] != "judged"]
    lines = [
        f"! {name} ({each['id']}): {each['ended'].replace('_', ' ')}{': ' + each['reason'] if each['reason'] else ''}"
        for name, each in red[:MOST_NAMED]
    ]
    return [*lines, *([f"… and {len(red) - MOST_NAMED:,} more" for _ in range(1) if len(red) > MOST_NAMED])]
