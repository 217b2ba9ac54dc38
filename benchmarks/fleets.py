"""A fleet of empty accounts of seventeen regions, judged by workers of this machine over a simulated AWS."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.figures import BenchmarkFailed, Figure, megabytes
from benchmarks.population import ROOT
from benchmarks.processes import workers_of
from benchmarks.regions import REGIONS
from benchmarks.simulated_aws import Simulated, record
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.plain_files import listed_entries
from muster.fleet.cluster import Workers, cluster_of
from muster.fleet.fleet import Fleet
from muster.judging.catalogue import import_controls
from muster.reading.reads import THREADS
from muster.run.options import Options
from muster.run.planning import Planner
from muster.suites import Suites

SECONDS = 0.1
THROTTLED = 100
"""Of 10,000 questions."""
FIRST = 111_100_000_000
SLOW, SLOW_ACCOUNTS = 1.0, 6
"""Answers that take a second each, in one region: then workers wait, and have next to nothing to do."""


@dataclass(frozen=True)
class FleetTook:
    """What a fleet took: seconds, megabytes of disk, calls, and of each worker CPU seconds and its peak in megabytes.

    `peak_early` is the peak of the worker that had the highest after a tenth of all accounts.
    """

    accounts: int
    wall: float
    judged: float
    conductor_cpu: float
    worker_cpu: float
    peak: float
    peak_early: float
    disk: float
    calls: int
    files: int

    @property
    def cpu_an_account(self) -> float:
        """CPU seconds of workers and conductor for an account."""
        return (self.worker_cpu + self.conductor_cpu) / self.accounts


def measure(accounts: int = 40, regions: Sequence[str] = REGIONS) -> list[Figure]:
    """One account alone, many by one worker, many by two; and what ten thousand would take fifty workers."""
    with TemporaryDirectory() as place:
        recording = Path(place) / "recorded"
        record(recording, regions)
        simulated = Simulated(recording, SECONDS, THROTTLED)
        alone = judge_fleet(Path(place) / "alone", 1, 1, simulated, regions)
        by_two = judge_fleet(Path(place) / "two", accounts, 2, simulated, regions)
        one, two = (
            judge_fleet(Path(place) / f"slow-{number}", SLOW_ACCOUNTS, number, Simulated(recording, SLOW), regions[:1])
            for number in (1, 2)
        )
    return [
        *figures("1 account", alone),
        *figures(f"{accounts} accounts, 2 workers", by_two),
        Figure(
            "time of two workers by that of one, where latency limits", two.judged / one.judged, "", at_most=1 / 1.8
        ),
        *reckoned(by_two),
    ]


def figures(what: str, took: FleetTook) -> list[Figure]:
    """What a fleet took, as figures."""
    return [
        Figure(f"{what}: wall", took.wall, "s"),
        Figure(f"{what}: calls an account", took.calls / took.accounts, ""),
        Figure(f"{what}: CPU an account", took.cpu_an_account, "s"),
        Figure(f"{what}: peak memory a worker", took.peak, "MB"),
        Figure(f"{what}: the same after a tenth", took.peak_early, "MB"),
        Figure(f"{what}: disk an account", took.disk / took.accounts, "MB"),
    ]


def reckoned(took: FleetTook, accounts: int = 10_000, workers: int = 50) -> list[Figure]:
    """What a larger fleet takes by the figures of a smaller one: the largest of the three, with a core a worker."""
    by_workers = accounts * took.worker_cpu / took.accounts / workers
    by_waits = accounts * took.calls / took.accounts * SECONDS / THREADS / workers
    by_conductor = accounts * took.conductor_cpu / took.accounts
    what = f"{accounts:,} accounts, {workers} workers, reckoned"
    return [
        Figure(f"{what}: CPU of workers", by_workers / 60, "min"),
        Figure(f"{what}: waits for answers", by_waits / 60, "min"),
        Figure(f"{what}: CPU of the conductor", by_conductor / 60, "min"),
        Figure(f"{what}: disk", accounts * took.disk / took.accounts / 1000, "GB"),
    ]


def judge_fleet(
    folder: Path, accounts: int, workers: int, simulated: Simulated, regions: Sequence[str] = REGIONS
) -> FleetTook:
    """Judge so many accounts by every AWS control. Raises `BenchmarkFailed` where one was not judged."""
    fleet = fleet_over(folder, accounts, regions)
    watch = _Watch(accounts)
    began, before = time.monotonic(), _own_cpu()
    fleet.begin()
    with cluster_of(Workers(number=workers)) as cluster:
        watch.start()
        first = time.monotonic()
        for done in cluster.judge(fleet.shares(fleet.missing), fleet.plan.run, simulated):
            if done.problem is not None:
                raise BenchmarkFailed(f"{done.account}: {done.problem}")
            fleet.note(done.account)
            watch.done += 1
        judged = time.monotonic() - first
        watch.stop()
    fleet.conclude(0)
    wall, cpu = time.monotonic() - began, _own_cpu() - before
    ended = {each.ended for each in FleetRecord.read(fleet.folder.path).accounts.values()}
    if ended != {"judged"} or any(outcome.counts["error"] for outcome in fleet.outcomes.values()):
        raise BenchmarkFailed(f"accounts ended as {ended}, or could not be read")
    entries = listed_entries(fleet.folder.path)
    disk = sum((fleet.folder.path / name).stat().st_blocks * 512 for name in entries) / 1e6
    return FleetTook(
        accounts, wall, judged, cpu, watch.cpu, watch.peak, watch.peak_early, disk, _calls(fleet), len(entries)
    )


def fleet_over(
    folder: Path, accounts: int, regions: Sequence[str], asked: Sequence[str] = (), resume: Path | None = None
) -> Fleet:
    """A fleet of so many accounts by every AWS control, or those `asked`, not begun yet, or to go on with."""
    estate = folder / "estate"
    estate.mkdir(parents=True, exist_ok=True)
    where = f"[{', '.join(regions)}]"
    entries = (
        f'  account-{number:05}: {{id: "{FIRST + number}", credentials: default, regions: {where}}}'
        for number in range(accounts)
    )
    (estate / "accounts.yaml").write_text("\n".join(["accounts:", *entries]) + "\n")
    controls = import_controls(Suites.at(ROOT))
    every = tuple(name for name, control in controls.items() if control.kind == "aws")
    options = Options((), ("all",), tuple(asked) or every, None, estate, folder / "runs", None, folder, Suites.at(ROOT))
    planner = Planner(options, controls)
    if resume is not None:
        planner.resume_in(resume)
    return Fleet(planner.plan(), controls, options, ["benchmark"], planner.frameworks)


def _calls(fleet: Fleet) -> int:
    from muster.evidence.run_folder import RunFolder

    name = next(iter(fleet.accounts))
    folder = fleet.folder.sealed(name)
    assert folder is not None
    of_one = RunFolder(folder).read_run()["calls"]
    return int(sum(each["calls"] for each in of_one.values())) * len(fleet.accounts)


class _Watch(threading.Thread):
    """Looks at the workers twice a second; Linux tells. What all of them are forks of was there before them."""

    def __init__(self, accounts: int) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()
        self._cpu: dict[int, float] = {}
        self._accounts = accounts
        self.done = 0
        self.peak = self.peak_early = 0.0

    @property
    def cpu(self) -> float:
        """CPU seconds of all of them."""
        return sum(self._cpu.values())

    def run(self) -> None:
        while not self._over.wait(0.5):
            self._look()

    def stop(self) -> None:
        self._over.set()
        self.join()
        self._look()

    def _look(self) -> None:
        for worker in workers_of(psutil.Process()):
            try:
                status = Path(f"/proc/{worker.pid}/status").read_text()
                used = worker.cpu_times()
            except (OSError, psutil.NoSuchProcess):
                continue
            self._cpu[worker.pid] = used.user + used.system
            told = dict(line.split(":", 1) for line in status.splitlines())
            peak = megabytes(int(told.get("VmHWM", "0 kB").split()[0]))
            self.peak = max(self.peak, peak)
            if self.done <= max(2, self._accounts // 10):
                self.peak_early = self.peak


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
