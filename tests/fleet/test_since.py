"""A fleet compared with an earlier one: what is new, what may pass, and with which fleet it is compared at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from muster.errors import UsageError
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify_fleet import verify_fleet
from muster.fleet.fleet import Fleet
from muster.fleet.since import FailOn, Since
from reports.drift.baseline import Asked
from reports.drift.stored import read_drift
from reports.fleet.baseline import fleet_since, newest_first
from reports.fleet.whole import ReportedFleet
from reports.session.fleet_plugin import fleet_message
from tests.fleet.simulated import JUDGED_BY, SHUT, fleet_of, judge_all, write_accounts

FIRST_NIGHT = (6, 7, SHUT)
"""Root of account-7 has no MFA, and nobody gets into account-666."""


ASKED = Asked(
    (),
    frozenset(f"account-{number}" for number in FIRST_NIGHT),
    tuple(f"--control={control}" for control in JUDGED_BY),
)


def night(
    place: Path, ids: Sequence[int] = FIRST_NIGHT, *, since: Since | None = None, lost: Sequence[int] = ()
) -> Fleet:
    """A fleet that was judged, and is to be concluded."""
    fleet = fleet_of(write_accounts(place / "estate", ids, lost=lost), place / "runs", since=since)
    fleet.begin()
    judge_all(fleet)
    return fleet


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the fleet of a first night stands."""
    folder = tmp_path_factory.mktemp("nights")
    assert night(folder).conclude(1) == 1
    return folder


def since(place: Path, fail_on: FailOn = "new", named: str = "latest") -> Since:
    """What a later fleet is compared with."""
    return fleet_since(named, newest_first(place / "runs"), ASKED, fail_on)


@pytest.fixture
def earlier(place: Path, tmp_path: Path) -> Path:
    """A copy of the place, in which a later fleet may stand."""
    return shutil.copytree(place, tmp_path / "place", symlinks=True)


def changes(fleet: Fleet) -> list[tuple[str, str, str]]:
    """What `drift.json` of a fleet tells."""
    drift = read_drift(ReportedFleet.load(fleet.folder.path))
    assert drift is not None
    return [(each.change, each.control, each.account) for each in drift.changes]


def test_what_was_there_already_fails_nothing(earlier: Path) -> None:
    fleet = night(earlier, since=since(earlier))

    assert fleet.conclude(1) == 0
    data = fleet.folder.read()
    (before,) = {path.name for path in (earlier / "runs").glob("2*")} - {fleet.folder.path.name}
    assert (data["since"], data["fail_on"], data["exit_code"]) == (before, "new", 0)
    assert changes(fleet) == []
    assert verify_fleet(fleet.folder.path).defects == []


def test_each_account_tells_what_changed_in_it(earlier: Path) -> None:
    fleet = night(earlier, since=since(earlier))
    fleet.conclude(1)

    folder = fleet.folder.sealed("account-7")
    assert folder is not None
    drift = json.loads((folder / "drift.json").read_text())
    assert drift["counts"]["still failing"] == 1
    run = RunFolder(folder).read_run()
    assert (run["exit_code"], run["since"]) == (0, drift["since"])


def test_without_fail_on_what_was_there_already_fails_it(earlier: Path) -> None:
    assert night(earlier, since=since(earlier, "any")).conclude(1) == 1


def test_what_is_new_fails_it_and_is_told(earlier: Path) -> None:
    fleet = night(earlier, since=since(earlier), lost=[6])

    assert fleet.conclude(1) == 1
    assert changes(fleet) == [("new failure", "iam-root-mfa", "account-6")]
    page = (fleet.folder.path / "index.html").read_text()
    assert '"iam-root-mfa":[["account-6"],[],[]]' in page


def test_what_fails_in_an_account_that_was_not_there_before_is_new(earlier: Path) -> None:
    fleet = night(earlier, [*FIRST_NIGHT, 14], since=since(earlier))

    assert fleet.conclude(1) == 1
    assert changes(fleet) == [("new failure", "iam-root-mfa", "account-14")]


def test_an_account_that_was_given_up_fails_it(earlier: Path) -> None:
    fleet = fleet_of(earlier / "estate", earlier / "runs", since=since(earlier))
    fleet.begin()
    judge_all(fleet, [f"account-{number}" for number in FIRST_NIGHT[1:]])
    fleet.give_up("account-6", "its worker died twice")

    assert fleet.conclude(1) == 1


def test_what_fails_beside_the_accounts_fails_it(earlier: Path) -> None:
    assert night(earlier, since=since(earlier)).conclude(1, is_of_accounts=False) == 1


def test_on_a_first_night_everything_is_new(tmp_path: Path) -> None:
    fleet = night(tmp_path, since=since(tmp_path))

    assert fleet.conclude(1) == 1
    assert fleet.folder.read()["since"] is None
    assert read_drift(ReportedFleet.load(fleet.folder.path)) is None


def test_somebody_is_told_what_changed_and_who_is_red(earlier: Path) -> None:
    fleet = night(earlier, since=since(earlier), lost=[6])
    fleet.conclude(1)

    message = fleet_message(ReportedFleet.load(fleet.folder.path), None)

    assert message["changes"]["new failure"] == 1
    assert list(message["red"]) == [f"account-{SHUT}"]
    assert "new failure: iam-root-mfa" in message["text"]
    assert f"! account-{SHUT}: " in message["text"]


def test_the_latest_is_the_last_whole_one_that_asked_the_same(earlier: Path) -> None:
    (first,) = (earlier / "runs").glob("2*")
    night(earlier, [6]).conclude(1)
    unfinished = fleet_of(write_accounts(earlier / "estate", FIRST_NIGHT), earlier / "runs")
    unfinished.begin()
    unfinished.conclude(1)

    assert since(earlier).name == first.name


def change_fleet(fleet: Path) -> None:
    text = (fleet / "fleet.json").read_text()
    (fleet / "fleet.json").write_text(text.replace('"cells": "pp"', '"cells": "fp"'))


def drop_manifest(fleet: Path) -> None:
    (fleet / "manifest.json").unlink()


def drop_record(fleet: Path) -> None:
    (fleet / "fleet.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(change_fleet, "is not what it should have been", id="changed"),
        pytest.param(drop_manifest, "is not what it should have been", id="not sealed"),
        pytest.param(drop_record, "no folder of a fleet", id="no fleet"),
    ],
)
def test_what_does_not_verify_is_compared_with_nothing(spoil: Callable[[Path], None], said: str, earlier: Path) -> None:
    (first,) = (earlier / "runs").glob("2*")
    spoil(first)

    with pytest.raises(UsageError, match=said):
        since(earlier, named=str(first))


def test_an_account_whose_earlier_evidence_was_changed_is_red(earlier: Path) -> None:
    """Whoever makes old failures up hides new ones."""
    (first,) = (earlier / "runs").glob("2*")
    compared = since(earlier)
    (rows,) = (first / "accounts" / "account-6").glob("*/verdicts.jsonl")
    rows.write_text(rows.read_text().replace('"pass"', '"fail"'))

    fleet = night(earlier, since=compared)

    assert fleet.conclude(1) == 1
    account = FleetRecord.read(fleet.folder.path).accounts["account-6"]
    assert account.ended == "not_judged"
    assert "is not what it should have been" in (account.reason or "")
