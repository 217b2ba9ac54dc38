"""A fleet whose workers and scheduler are killed is complete, or red and gone on with; never quietly less."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.evidence.fleet_record import FleetRecord
from muster.evidence.verify_fleet import verify_fleet
from muster.fleet.cluster import RETRIES, ClusterLost, Workers, cluster_of
from tests.fleet.simulated import DEADLY, JUDGED_BY, fleet_of, judge_all, write_accounts
from tests.fleet.workers import KillsWorkers, free_port, judge_by, started_scheduler

pytest.importorskip("distributed", reason="no Dask: pip install -e '.[fleet]'")

EVERY = 4
ACCOUNTS = 12


def test_a_fleet_is_complete_though_workers_are_killed(tmp_path: Path) -> None:
    fleet = fleet_of(write_accounts(tmp_path / "estate", range(1, ACCOUNTS + 1), seconds=0.05), tmp_path / "runs")
    fleet.begin()
    kills = KillsWorkers(EVERY)
    with cluster_of(Workers(number=2), JUDGED_BY) as cluster:
        problems = judge_by(cluster, fleet, "killed", kills)
    fleet.conclude(0)

    assert kills.killed == ACCOUNTS // EVERY
    assert problems == []
    record = FleetRecord.read(fleet.folder.path)
    assert {account.ended for account in record.accounts.values()} == {"judged"}
    assert record.counts is not None
    assert sum(record.counts.values()) == 2 * ACCOUNTS
    assert verify_fleet(fleet.folder.path).defects == []


def test_an_account_at_which_workers_die_is_red_and_no_other(tmp_path: Path) -> None:
    """Two that no worker survives: they take all the memory, say. Those that only waited lose nothing by it."""
    fleet = fleet_of(write_accounts(tmp_path / "estate", [1, *DEADLY, 4, 5, 6, 7, 8]), tmp_path / "runs")
    fleet.begin()
    with cluster_of(Workers(number=2), JUDGED_BY) as cluster:
        problems = judge_by(cluster, fleet, "deadly")

    assert problems == [f"the worker that judged it died {RETRIES + 1} times: it ran out of memory, or was killed"] * 2
    assert fleet.conclude(0) == 1
    ends = {name: account.ended for name, account in FleetRecord.read(fleet.folder.path).accounts.items()}
    assert {name for name, ended in ends.items() if ended == "not_judged"} == {f"account-{each}" for each in DEADLY}
    assert list(ends.values()).count("judged") == 6


def test_a_fleet_goes_on_after_its_scheduler_was_killed(tmp_path: Path) -> None:
    estate, port = write_accounts(tmp_path / "estate", range(1, 6), seconds=0.2), free_port()
    fleet = fleet_of(estate, tmp_path / "runs")
    fleet.begin()
    with (
        started_scheduler(port, workers=1) as scheduler,
        cluster_of(Workers(f"tcp://127.0.0.1:{port}")) as cluster,
        pytest.raises(ClusterLost),
    ):
        judge_by(cluster, fleet, "first", lambda: scheduler.kill() if len(fleet.outcomes) == 2 else None)
    assert fleet.conclude(1) == 1
    assert not fleet.folder.is_sealed

    again = fleet_of(estate, tmp_path / "runs", resume=fleet.folder.path)
    again.go_on()
    assert 0 < len(again.missing) <= 3
    judge_all(again)
    again.conclude(0)

    assert {account.ended for account in FleetRecord.read(again.folder.path).accounts.values()} == {"judged"}
    assert verify_fleet(again.folder.path).defects == []
