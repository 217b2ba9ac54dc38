"""Workers and schedulers of tests: found among the processes that a test started, and killed."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from benchmarks.processes import dask, scheduler_of, workers_of
from muster.fleet.cluster import Cluster
from muster.fleet.fleet import Fleet
from tests.fleet.simulated import simulated


def judge_by(cluster: Cluster, fleet: Fleet, key: str, then: Callable[[], object] = lambda: None) -> list[str]:
    """Have the missing accounts of a fleet judged by a cluster; gives why some could not be.

    `then` is done after each.
    """
    problems = []
    for done in cluster.judge(fleet.shares(fleet.missing), key, simulated):
        then()
        if done.problem is not None and fleet.folder.sealed(done.account) is None:
            problems.append(done.problem)
            fleet.give_up(done.account, done.problem)
        else:
            fleet.note(done.account)
    return problems


@dataclass
class KillsWorkers:
    """Kills a worker of this process after every few accounts, as a kernel without memory would."""

    every: int
    done: int = 0
    killed: int = 0

    def __call__(self) -> None:
        """One more account is done."""
        self.done += 1
        if self.done % self.every == 0:
            workers_of(psutil.Process())[0].kill()
            self.killed += 1


@contextmanager
def started_scheduler(port: int, workers: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler with workers, as somebody else has them; all are gone with the block."""
    worker = ("worker", f"tcp://127.0.0.1:{port}", "--nthreads=1", "--no-nanny", "--no-dashboard", "--death-timeout=30")
    processes = [
        scheduler_of(port),
        *(dask(*worker, DASK_DISTRIBUTED__WORKER__DAEMON="False") for _ in range(workers)),
    ]
    try:
        yield processes[0]
    finally:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
