"""A fleet, judged here: what its folder tells, what is red, how it goes on, what is said of all accounts together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from muster.errors import UsageError
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify import verify
from muster.fleet.fleet import Fleet
from muster.fleet.judging import judge_share
from tests.fleet.simulated import JUDGED_BY, fleet_of, judge_all, simulated, write_accounts


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Three accounts, of which account-7 has a root user without MFA."""
    return write_accounts(tmp_path / "estate", [5, 6, 7])


@pytest.fixture
def fleet(estate: Path, tmp_path: Path) -> Fleet:
    """A fleet over them that was begun."""
    begun = fleet_of(estate, tmp_path / "runs")
    begun.begin()
    return begun


def record_of(fleet: Fleet) -> FleetRecord:
    return FleetRecord.read(fleet.folder.path)


def problems_of(fleet: Fleet) -> list[str]:
    return [problem.kind for problem in record_of(fleet).problems or ()]


def test_a_fleet_tells_of_every_account(fleet: Fleet) -> None:
    judge_all(fleet)

    assert fleet.conclude(0) == 1  # account-7 fails
    record = record_of(fleet)
    assert list(record.controls) == list(JUDGED_BY)
    assert {name: each.cells for name, each in record.accounts.items()} == {
        "account-5": "pp",
        "account-6": "pp",
        "account-7": "fp",
    }
    assert record.counts == {"pass": 5, "fail": 1, "error": 0, "waived": 0, "not_applicable": 0, "not_run": 0}
    assert record.problems == ()


def test_each_account_is_a_run_of_its_own(fleet: Fleet) -> None:
    judge_all(fleet)

    for name, account in record_of_concluded(fleet).accounts.items():
        folder = fleet.folder.path / account.folder(name)
        assert verify(folder).defects == []
        assert RunFolder(folder).read_run()["fleet"] == fleet.folder.path.name
        assert {row.account for row in RunFolder(folder).rows()} == {name}


def record_of_concluded(fleet: Fleet) -> FleetRecord:
    fleet.conclude(0)
    return record_of(fleet)


def test_nothing_is_left_of_attempts(fleet: Fleet) -> None:
    judge_all(fleet)
    fleet.conclude(0)

    assert sorted(path.name for path in fleet.folder.path.iterdir()) == [
        "accounts",
        "fleet.json",
        "index.html",
        "manifest.json",
    ]


def test_an_account_that_is_judged_is_not_judged_again(fleet: Fleet) -> None:
    judge_all(fleet, ["account-5"])
    manifest = fleet.folder.sealed("account-5")
    (share,) = fleet.shares(["account-5"])

    judge_share(share.to_json(), simulated)

    assert fleet.folder.sealed("account-5") == manifest
    assert len(list((fleet.folder.accounts / "account-5").iterdir())) == 1


def test_an_account_that_cannot_be_entered_is_red_and_named(tmp_path: Path) -> None:
    fleet = fleet_of(write_accounts(tmp_path / "estate", [5, 666]), tmp_path / "runs")
    fleet.begin()
    judge_all(fleet)

    assert fleet.conclude(0) == 1
    shut = record_of(fleet).accounts["account-666"]
    assert (shut.ended, shut.cells) == ("not_entered", "ee")
    assert "AccessDenied" in (shut.reason or "")


def test_an_account_whose_worker_died_has_an_error_of_each_control(fleet: Fleet) -> None:
    judge_all(fleet, ["account-5", "account-6"])

    outcome = fleet.give_up("account-7", "the worker that judged it died")

    assert (outcome.ended, outcome.counts["error"]) == ("not_judged", 2)
    assert fleet.conclude(0) == 1
    folder = fleet.folder.sealed("account-7")
    assert folder is not None
    assert verify(folder).defects == []
    assert {row.reason for row in RunFolder(folder).rows()} == {"the worker that judged it died"}


def test_an_account_without_a_folder_is_a_problem_and_the_fleet_is_not_sealed(fleet: Fleet) -> None:
    judge_all(fleet, ["account-5", "account-6"])

    assert fleet.conclude(0) == 1
    assert problems_of(fleet) == ["account_missing"]
    assert record_of(fleet).accounts["account-7"].ended == "missing"
    assert not fleet.folder.is_sealed


def test_a_fleet_goes_on_with_what_is_missing(fleet: Fleet, estate: Path, tmp_path: Path) -> None:
    judge_all(fleet, ["account-5", "account-7"])
    fleet.conclude(2)

    again = fleet_of(estate, tmp_path / "runs", resume=fleet.folder.path)
    again.go_on()
    assert again.missing == ["account-6"]
    judge_all(again)

    assert again.conclude(0) == 1
    assert again.folder.is_sealed
    assert record_of(again).counts == {"pass": 5, "fail": 1, "error": 0, "waived": 0, "not_applicable": 0, "not_run": 0}
    assert len(json.loads((again.folder.path / "fleet.json").read_text())["resumed"]) == 1


def test_a_fleet_does_not_go_on_with_what_was_changed(fleet: Fleet, estate: Path, tmp_path: Path) -> None:
    judge_all(fleet, ["account-7"])
    folder = fleet.folder.sealed("account-7")
    assert folder is not None
    rows = folder / "verdicts.jsonl"
    rows.write_text(rows.read_text().replace('"fail"', '"pass"'))

    with pytest.raises(UsageError, match="is not what it was"):
        fleet_of(estate, tmp_path / "runs", resume=fleet.folder.path).go_on()


def test_a_fleet_that_is_whole_is_not_gone_on_with(fleet: Fleet, estate: Path, tmp_path: Path) -> None:
    judge_all(fleet)
    fleet.conclude(0)

    with pytest.raises(UsageError, match="has come to its end"):
        fleet_of(estate, tmp_path / "runs", resume=fleet.folder.path).go_on()


def test_another_fleet_is_not_gone_on_with(fleet: Fleet, estate: Path, tmp_path: Path) -> None:
    other = fleet_of(estate, tmp_path / "runs", resume=fleet.folder.path, controls=["iam-root-mfa"])

    with pytest.raises(UsageError, match="has other controls"):
        other.go_on()


def test_an_account_that_was_left_out_makes_the_fleet_a_part(fleet: Fleet) -> None:
    fleet.left_out = {"account-6", "account-7"}
    judge_all(fleet)

    assert fleet.conclude(0, ["-k account-5"]) == 1
    assert problems_of(fleet) == ["part"]
    assert fleet.folder.is_sealed


WAIVER = """waivers:
- {id: W1, control: iam-root-mfa, account: "*", resource: "*", reason: Being replaced this month, owner: ann,
   approver: bob, ticket: T-1, granted: DAY, expires: LATER}
"""


def test_a_waiver_for_all_accounts_is_met_by_any_of_them(estate: Path, tmp_path: Path) -> None:
    """In most accounts it meets nothing, which fails none of them: it is told from all together."""
    fleet = with_waiver(estate, tmp_path)

    assert fleet.conclude(0) == 0
    assert record_of(fleet).counts == {"pass": 5, "fail": 0, "error": 0, "waived": 1, "not_applicable": 0, "not_run": 0}


def test_a_waiver_that_no_account_needs_fails_the_fleet_once(tmp_path: Path) -> None:
    fleet = with_waiver(write_accounts(tmp_path / "estate", [5, 6]), tmp_path)

    assert fleet.conclude(0) == 1
    assert problems_of(fleet) == ["waiver_unneeded"]


def with_waiver(estate: Path, tmp_path: Path) -> Fleet:
    from datetime import UTC, datetime, timedelta

    today = datetime.now(UTC).date()
    text = WAIVER.replace("DAY", str(today)).replace("LATER", str(today + timedelta(days=30)))
    (estate / "waivers.yaml").write_text(text)
    (estate / "people.yaml").write_text("people:\n  ann: {name: Ann, team: a}\n  bob: {name: Bob, team: b}\n")
    fleet = fleet_of(estate, tmp_path / "runs")
    fleet.begin()
    judge_all(fleet)
    return fleet
