"""A fleet of two hundred accounts in one region of a simulated AWS, of whose workers one is killed every 5 seconds.

Once with workers of this machine; once over a cluster whose scheduler is killed, too, when half of them are judged, and
then gone on with. Three of them nobody may enter. What a worker's death takes from an account is given back once:
whoever meets two is given up, and red. So that few do, they are judged by the controls of one domain.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.figures import BenchmarkFailed, Figure, timed
from benchmarks.fleets import FIRST, fleet_over
from benchmarks.population import ROOT
from benchmarks.processes import standing_cluster, workers_of
from benchmarks.simulated_aws import Simulated, record
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.verify_fleet import verify_fleet
from muster.fleet.cluster import Cluster, ClusterLost, Workers, cluster_of
from muster.fleet.fleet import Fleet
from muster.judging.catalogue import import_controls
from muster.suites import Suites

ACCOUNTS = 200
EVERY = 5.0
SECONDS = 0.02
"""What an answer takes."""
REGION = ("eu-west-1",)
DOMAIN = "storage"
SHUT = 3
GIVEN_UP = 4
"""Each of two workers is killed every ten seconds: of two hundred accounts some meet two deaths by chance."""


def measure(accounts: int = ACCOUNTS, every: float = EVERY) -> list[Figure]:
    """Judge them by two workers, twice. Raises `BenchmarkFailed` where a fleet is not complete, or does not verify."""
    with TemporaryDirectory() as place:
        recording = Path(place) / "recorded"
        record(recording, REGION, asked())
        simulated = Simulated(recording, SECONDS, shut=frozenset(str(FIRST + number) for number in range(SHUT)))
        killed = killed_workers(Path(place) / "workers", accounts, every, simulated)
        lost = killed_scheduler(Path(place) / "scheduler", accounts, every, simulated)
    return [*figures("workers killed", killed), *figures("and the scheduler, half way", lost)]


def asked() -> tuple[str, ...]:
    """The controls by which the accounts are judged."""
    return tuple(name for name, each in import_controls(Suites.at(ROOT)).items() if each.domain == DOMAIN)


@dataclass
class Ended:
    """How a fleet ended: seconds, those in which workers were killed and how many, and how accounts ended."""

    wall: float
    killing: float
    kills: int
    judged: int
    not_entered: int
    given_up: int
    before: int


def figures(what: str, ended: Ended) -> list[Figure]:
    """How a fleet ended, as figures."""
    return [
        Figure(f"{what}: accounts judged", ended.judged, ""),
        Figure(f"{what}: not entered, red and named", ended.not_entered, ""),
        Figure(f"{what}: given up, red and named", ended.given_up, "", at_most=GIVEN_UP),
        Figure(f"{what}: known before it was gone on with", ended.before, ""),
        Figure(f"{what}: kills", ended.kills, ""),
        Figure(f"{what}: a kill every", ended.killing / max(1, ended.kills), "s"),
        Figure(f"{what}: wall", ended.wall, "s"),
    ]


def killed_workers(place: Path, accounts: int, every: float, simulated: Simulated) -> Ended:
    """A fleet by two workers of this machine."""
    fleet = fleet_over(place, accounts, REGION, asked())
    fleet.begin()
    with (
        timed() as clock,
        cluster_of(Workers(number=2)) as cluster,
        _killing(psutil.Process(), every) as killer,
    ):
        _judge(fleet, cluster, simulated, "workers")
    fleet.conclude(0)
    return _ended(fleet, clock.seconds, [killer])


def killed_scheduler(place: Path, accounts: int, every: float, simulated: Simulated) -> Ended:
    """A fleet by two workers of a cluster whose scheduler is killed, too; then the same fleet by another cluster."""
    fleet, killers, before = fleet_over(place, accounts, REGION, asked()), [], 0
    with timed() as clock:
        fleet.begin()
        for half in ("first", "second"):
            with (
                standing_cluster(_free_port(), 2) as standing,
                cluster_of(Workers(standing.address)) as cluster,
                _killing(standing.nanny, every) as killer,
            ):
                ends_at = accounts // 2 if half == "first" else accounts + 1
                with suppress(ClusterLost):
                    for number in _judged(fleet, cluster, simulated, half):
                        if number == ends_at:
                            standing.scheduler.kill()
            killers.append(killer)
            if half == "first":
                fleet.conclude(1)
                if fleet.folder.is_sealed:
                    raise BenchmarkFailed("the fleet was sealed though its scheduler was lost half way")
                fleet = fleet_over(place, accounts, REGION, asked(), resume=fleet.folder.path)
                fleet.go_on()
                before = len(fleet.outcomes)
        fleet.conclude(0)
    return _ended(fleet, clock.seconds, killers, before)


def _judge(fleet: Fleet, cluster: Cluster, simulated: Simulated, key: str) -> None:
    for _ in _judged(fleet, cluster, simulated, key):
        pass


def _judged(fleet: Fleet, cluster: Cluster, simulated: Simulated, key: str) -> Iterator[int]:
    """Have what is missing judged, as whoever conducts a fleet does; gives how many accounts are known by now."""
    for done in cluster.judge(fleet.shares(fleet.missing), key, simulated):
        if done.problem is not None and fleet.folder.sealed(done.account) is None:
            fleet.give_up(done.account, done.problem)
        else:
            fleet.note(done.account)
        yield len(fleet.outcomes)


def _ended(fleet: Fleet, wall: float, killers: Sequence[_Killer], before: int = 0) -> Ended:
    defects = verify_fleet(fleet.folder.path).defects
    accounts = FleetRecord.read(fleet.folder.path).accounts
    count = Counter(account.ended for account in accounts.values())
    killing, kills = sum(each.seconds for each in killers), sum(each.killed for each in killers)
    ended = Ended(wall, killing, kills, count["judged"], count["not_entered"], count["not_judged"], before)
    if defects or ended.judged + ended.not_entered + ended.given_up != len(fleet.accounts):
        raise BenchmarkFailed(f"the fleet is not complete: {[*map(str, defects[:3])]}, {dict(count)}")
    page = (fleet.folder.path / "index.html").read_text(encoding="utf-8")
    red = [name for name, account in accounts.items() if account.ended != "judged"]
    if unnamed := [name for name in red if f'"{name}"' not in page or not accounts[name].reason]:
        raise BenchmarkFailed(f"red, and not named: {', '.join(unnamed)}")
    return ended


class _Killer(threading.Thread):
    """Kills the oldest and the youngest worker in turn, as a kernel without memory would."""

    def __init__(self, process: psutil.Process, every: float) -> None:
        super().__init__(daemon=True)
        self._process, self._every = process, every
        self._over = threading.Event()
        self.killed = 0
        self.seconds = 0.0

    def run(self) -> None:
        turns, began = cycle((0, -1)), time.monotonic()
        while not self._over.wait(self._every):
            with suppress(psutil.NoSuchProcess):
                if workers := workers_of(self._process):
                    workers[next(turns)].kill()
                    self.killed += 1
            self.seconds = time.monotonic() - began

    def stop(self) -> None:
        self._over.set()
        self.join()


@contextmanager
def _killing(process: psutil.Process, every: float) -> Iterator[_Killer]:
    killer = _Killer(process, every)
    killer.start()
    try:
        yield killer
    finally:
        killer.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
