"""A fleet of two hundred accounts in one region of a simulated AWS, of whose workers one is killed every 5 seconds."""

from __future__ import annotations

import os
import signal
import threading
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import BenchmarkFailed, Figure, timed
from benchmarks.fleets import children, fleet_over
from benchmarks.simulated_aws import Simulated, record
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.verify_fleet import verify_fleet
from muster.fleet.cluster import Workers, cluster_of

ACCOUNTS = 200
EVERY = 5.0
REGION = ("eu-west-1",)
GIVEN_UP = 0


def measure(accounts: int = ACCOUNTS, every: float = EVERY) -> list[Figure]:
    """Judge them by two workers. Raises `BenchmarkFailed` where the fleet is not complete, or does not verify."""
    with TemporaryDirectory() as place:
        recording = Path(place) / "recorded"
        record(recording, REGION)
        fleet = fleet_over(Path(place) / "fleet", accounts, REGION)
        fleet.begin()
        given_up = 0
        with cluster_of(Workers(number=2)) as cluster, timed() as clock:
            killer = _Killer(every)
            killer.start()
            for done in cluster.judge(fleet.shares(fleet.missing), fleet.plan.run, Simulated(recording, 0.05)):
                if done.problem is not None and fleet.folder.sealed(done.account) is None:
                    given_up += 1
                    fleet.give_up(done.account, done.problem)
                else:
                    fleet.note(done.account)
            killer.stop()
        fleet.conclude(0)
        record_of = FleetRecord.read(fleet.folder.path)
        defects = verify_fleet(fleet.folder.path).defects
        if defects or any(account.run is None for account in record_of.accounts.values()):
            raise BenchmarkFailed(f"the fleet is not complete: {[*map(str, defects[:3])]}")
    return [
        Figure("accounts", accounts, ""),
        Figure("accounts that have a verified run folder", len(record_of.accounts), ""),
        Figure("workers killed", killer.killed, ""),
        Figure("accounts given up, and red", given_up, "", at_most=GIVEN_UP),
        Figure("wall", clock.seconds, "s"),
    ]


class _Killer(threading.Thread):
    """Kills the oldest and the youngest worker in turn, as a kernel without memory would."""

    def __init__(self, every: float) -> None:
        super().__init__(daemon=True)
        self._every = every
        self._over = threading.Event()
        self.killed = 0

    def run(self) -> None:
        turns = cycle((0, -1))
        while not self._over.wait(self._every):
            if workers := children("spawn_main"):
                os.kill(workers[next(turns)], signal.SIGKILL)
                self.killed += 1

    def stop(self) -> None:
        self._over.set()
        self.join()
