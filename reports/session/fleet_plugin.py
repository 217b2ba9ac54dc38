"""`--since`, `--fail-on` and `--notify` of a fleet: what changed since an earlier one, and one message about it."""

from __future__ import annotations

import os
from typing import Any

import pytest
from rich.text import Text

from muster.errors import BadEvidence, UsageError
from muster.evidence.fleet_record import FleetRecord
from muster.fleet.since import Since
from muster.plugin.fleet_conductor import CONDUCTOR, FleetConductor
from muster.plugin.options import read_options
from muster.plugin.places import STORE, runs_kept
from muster.printable import one_line
from muster.run.notices import Notifier, notifier
from reports.console import console_of
from reports.drift.baseline import Asked, accounts_selected
from reports.drift.stored import read_drift
from reports.fleet.baseline import fleet_since, newest_first
from reports.fleet.whole import ReportedFleet
from reports.formats.wording import cut
from reports.session.drift_plugin import NEW_SINCE_WHEN, UNSIGNED, print_drift
from reports.session.notify_plugin import LONGEST_REASON, MOST_PROBLEMS, message_of

FIRST_NIGHT = "no whole fleet of the same profiles and accounts stands here yet, so there is nothing to compare with"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take part where a fleet is conducted that is to be compared, or told of."""
    conductor = config.stash.get(CONDUCTOR, None)
    if conductor is None or config.getoption("collectonly"):
        return
    kind = config.getoption("notify")
    try:
        conductor.since = _since(config, conductor)
        told = notifier(kind, os.environ) if kind is not None else None
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(FleetReporter(conductor, told), "muster-fleet-reports")


def _since(config: pytest.Config, conductor: FleetConductor) -> Since | None:
    """What the fleet is to be compared with. Raises `UsageError`."""
    since, fail_on = config.getoption("since"), config.getoption("fail_on")
    if since is None:
        if fail_on == "new":
            raise UsageError(NEW_SINCE_WHEN)
        return None
    planner = conductor.planner
    organization = planner.discovered.record if planner.discovered is not None else None
    asked = Asked(
        planner.profiles,
        accounts_selected(organization, conductor.accounts),
        planner.not_asked.by if planner.not_asked is not None else (),
    )
    runs = runs_kept(config) if STORE in config.stash else newest_first(read_options(config).reports)
    return fleet_since(since, runs, asked, fail_on)


def fleet_message(fleet: ReportedFleet, kept_at: str | None) -> dict[str, Any]:
    """What is sent of a fleet: as of a run, and who could not be judged, and why (`red`, by the account's name)."""
    message = message_of(fleet, read_drift(fleet), kept_at)
    accounts = FleetRecord.read(fleet.folder.path).accounts
    red = {
        name: cut(each.reason or each.ended, LONGEST_REASON)
        for name, each in accounts.items()
        if each.ended != "judged"
    }
    named = [one_line(f"! {name}: {reason}") for name, reason in list(red.items())[:MOST_PROBLEMS]]
    return {**message, "text": "\n".join([message["text"], *named]), "red": red}


class FleetReporter:
    """Tells of the fleet of one session: on the terminal what changed, and to whoever is to be told how it ended."""

    def __init__(self, conductor: FleetConductor, told: Notifier | None) -> None:
        self._conductor = conductor
        self._told = told

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print what changed."""
        since, fleet = self._conductor.since, self._fleet
        if since is None or fleet is None:
            return
        console = console_of(terminalreporter)
        console.print()
        drift = read_drift(fleet)
        if drift is None:
            console.print(Text(f"Since {since.name or 'latest'}: {FIRST_NIGHT}"), soft_wrap=True)
            return
        print_drift(drift, console)
        if since.signed_by is None:
            console.print(Text(f"\n{UNSIGNED}", "yellow"), soft_wrap=True)
        if since.fail_on == "new":
            told = "fails" if fleet.record["exit_code"] else "does not fail for what was there before"
            console.print(Text(f"\n--fail-on=new: the fleet {told}"), soft_wrap=True)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Tell, once the fleet is sealed."""
        fleet = self._fleet
        if self._told is None or fleet is None:
            return
        message = fleet_message(fleet, self._conductor.kept_at)
        try:
            self._told.send(message["text"].partition("\n")[0], message)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error

    @property
    def _fleet(self) -> ReportedFleet | None:
        """The fleet as it ended; None where it did not, or nobody has evidence of anything."""
        folder = self._conductor.concluded
        try:
            return ReportedFleet.load(folder) if folder is not None else None
        except BadEvidence:
            return None
