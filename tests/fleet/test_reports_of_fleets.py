"""What is made of run folders takes fleets as it takes runs: samples, plans of action, histories over nights."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from muster.verdict import Status
from reports.commands import sheet
from reports.fleet.whole import ReportedFleet
from reports.history.period import Window, open_history, period
from reports.poam.plan import DUE_DAYS, make_plan
from reports.sample import draw
from tests.fleet.simulated import fleet_of, judge_all, write_accounts


@pytest.fixture(scope="module")
def fleets(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two fleets of three accounts, the second of which lacks account-7's folder; the first is a day older."""
    folder = tmp_path_factory.mktemp("nights")
    estate = write_accounts(folder / "estate", [5, 6, 7])
    paths = []
    for judged in (None, ["account-5", "account-6"]):
        fleet = fleet_of(estate, folder / "runs")
        fleet.begin()
        judge_all(fleet, judged)
        fleet.conclude(0)
        paths.append(fleet.folder.path)
    return [_a_day_older(paths[0]), paths[1]]


def _a_day_older(fleet: Path) -> Path:
    """The same fleet as of the night before: its name and its times, where reports look for them."""
    from datetime import UTC, datetime, timedelta

    began = datetime.strptime(fleet.name[:8], "%Y%m%d").replace(tzinfo=UTC) - timedelta(days=1)
    older, now = f"{began:%Y%m%d}", fleet.name[:8]
    for run in (fleet / "accounts").glob("*/*"):
        renamed = run.rename(run.with_name(run.name.replace(now, older, 1)))
        for name in ("run.json", "verdicts.jsonl"):
            text = (renamed / name).read_text().replace(run.name, renamed.name)
            dash = f"{now[:4]}-{now[4:6]}-{now[6:]}T"
            (renamed / name).write_text(text.replace(f'"started": "{dash}', f'"started": "{began:%Y-%m-%d}T'))
        write_manifest(RunFolder(renamed))
    data = (fleet / "fleet.json").read_text().replace(f'"run": "{now}', f'"run": "{older}')
    (fleet / "fleet.json").write_text(data.replace(fleet.name, fleet.name.replace(now, older, 1)))
    return fleet.rename(fleet.with_name(fleet.name.replace(now, older, 1)))


def test_a_fleet_is_read_as_one_run(fleets: list[Path]) -> None:
    run = ReportedFleet.load(fleets[0])

    assert run.accounts == ["account-5", "account-6", "account-7"]
    assert len(list(run.rows())) == 6
    assert {row.account for row in run.rows() if row.status == "fail"} == {"account-7"}


def test_a_sample_is_drawn_from_all_accounts(fleets: list[Path]) -> None:
    sample = draw(sheet.load_run(fleets[0]), "s3-bucket-versioned", 2, "7")

    assert (sample.population, len(sample.items)) == (3, 2)
    assert all(answer.problem is None for answer in sample.answers.values())


def test_a_plan_has_the_open_items_of_all_accounts_and_their_age(fleets: list[Path]) -> None:
    plan = make_plan(sheet.load_run(fleets[0]), DUE_DAYS)

    assert [(item.row.control, item.row.account) for item in plan.items] == [("iam-root-mfa", "account-7")]
    assert plan.earlier == 0


def test_a_plan_knows_the_fleets_before(fleets: list[Path]) -> None:
    assert make_plan(sheet.load_run(fleets[1]), DUE_DAYS).earlier == 1


def test_a_history_goes_over_fleets(fleets: list[Path]) -> None:
    store, database = open_history(str(fleets[0].parent), Window())
    found = period(store, database, controls="iam-root-mfa")

    states = {standing.account: standing.states for standing in found.standings}
    assert states == {
        "account-5": ("compliant", "compliant"),
        "account-6": ("compliant", "compliant"),
        "account-7": ("failed", "not asked"),
    }


def test_a_history_tells_of_an_account_without_a_folder(fleets: list[Path]) -> None:
    store, database = open_history(str(fleets[0].parent), Window())

    assert f"{fleets[1].name}: account-7 was not judged" in period(store, database).problems


def test_machine_formats_are_made_of_a_fleet(fleets: list[Path], tmp_path: Path) -> None:
    from reports.formats import write_documents

    (written,) = write_documents(ReportedFleet.load(fleets[0]), ["csv"], tmp_path)

    statuses: list[Status] = [row["status"] for row in csv.DictReader(io.StringIO(written.path.read_text()))]  # type: ignore[misc]
    assert sorted(statuses) == ["fail", *["pass"] * 5]


def test_a_fleet_of_which_nothing_was_judged_is_refused(tmp_path: Path) -> None:
    fleet = fleet_of(write_accounts(tmp_path / "estate", [5]), tmp_path / "runs")
    fleet.begin()

    assert json.loads((fleet.folder.path / "fleet.json").read_text())["ended"] is None
    with pytest.raises(Exception, match="no account of this fleet has a run folder"):
        sheet.load_run(fleet.folder.path)
    assert os.listdir(fleet.folder.accounts) == []
