"""Fleets of accounts that answer at once and without a network, each as its number says."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from muster.errors import FleetError
from muster.fleet.fleet import Fleet
from muster.fleet.judging import judge_share
from muster.fleet.since import Since
from muster.judging.control import CONTROLS
from muster.reading.access import Access
from muster.reading.reads import Answer, ApiError, Call, Transport
from muster.reading.sessions.counts import Counts
from muster.run.options import Options
from muster.run.planning import Planner
from muster.suites import Suites
from tests.conftest import ROOT

JUDGED_BY = ("iam-root-mfa", "s3-bucket-versioned")
FRAMEWORK = "openssf-scorecard"
SHUT = 666
"""Whoever asks the account of this number is refused."""
DEADLY = (998, 999)
"""Whoever asks an account of these numbers is killed."""


class SimulatedAccount:
    """Root has MFA but in every seventh account and those that lost it, and each has one bucket that keeps versions."""

    def __init__(self, access: Access) -> None:
        self._id = access.id
        self._has_mfa = int(access.id) % 7 != 0 and access.tags.get("lost") != "mfa"
        self._seconds = float(access.tags.get("seconds", "0"))

    def send(self, call: Call) -> Answer:
        time.sleep(self._seconds)
        if int(self._id) in DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        if int(self._id) == SHUT:
            return Answer(error=ApiError("AccessDenied", "nobody may assume that role", 403))
        told = {
            "sts:get_caller_identity": {
                "Account": self._id,
                "Arn": f"arn:aws:iam::{self._id}:role/Audit",
                "UserId": "A",
            },
            "iam:get_account_summary": {"SummaryMap": {"AccountMFAEnabled": int(self._has_mfa)}},
            "s3:list_buckets": {"Buckets": [{"Name": f"logs-{self._id}", "BucketRegion": "eu-west-1"}]},
            "s3:get_bucket_versioning": {"Status": "Enabled"},
        }
        return Answer(told[call.name])


def simulated(access: Access, counts: Counts) -> Transport:
    """The transport into a simulated account."""
    counts.note_host(access.name, "https://sts.amazonaws.com")
    return SimulatedAccount(access)


def write_accounts(folder: Path, ids: Sequence[int], *, seconds: float = 0, lost: Sequence[int] = ()) -> Path:
    """An estate of accounts of these numbers, called `account-NUMBER`, whose answers take so many seconds each.

    Root of those that are `lost` has no MFA any more.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = (
        f'  account-{number}: {{id: "{number:012}", credentials: default, regions: [eu-west-1],'
        f' tags: {{team: t{number % 3}, seconds: "{seconds}",'
        f' lost: "{"mfa" if number in lost else "no"}"}}}}'
        for number in ids
    )
    (folder / "accounts.yaml").write_text("\n".join(["accounts:", *entries]) + "\n")
    return folder


def fleet_of(
    estate: Path,
    reports: Path,
    *,
    resume: Path | None = None,
    controls: Sequence[str] = JUDGED_BY,
    since: Since | None = None,
) -> Fleet:
    """A fleet over all accounts of an estate, as the options of a command line make it; it is not begun yet."""
    options = Options((), ("all",), tuple(controls), None, estate, reports, None, reports.parent, Suites.at(ROOT))
    planner = Planner(options, CONTROLS)
    if resume is not None:
        planner.resume_in(resume)
    # One framework of all: each account's page tells of each of them, which takes longer than all else here.
    frameworks = {FRAMEWORK: planner.frameworks[FRAMEWORK]}
    return Fleet(planner.plan(), CONTROLS, options, ["pytest", "--fleet"], frameworks, since=since)


def judge_all(fleet: Fleet, names: Sequence[str] | None = None) -> None:
    """Judge these accounts of a fleet, or all that are missing, here and one after the other."""
    for share in fleet.shares(fleet.missing if names is None else names):
        try:
            judge_share(share.to_json(), simulated)
        except FleetError as error:
            fleet.give_up(share.account, str(error))
        else:
            fleet.note(share.account)
