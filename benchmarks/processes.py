"""The processes in which a fleet is judged, found among those that a process started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from benchmarks.population import ROOT


def workers_of(process: psutil.Process) -> list[psutil.Process]:
    """The workers whose nannies live in this process, the oldest first: forks of its fork server."""
    found: list[psutil.Process] = []
    for child in process.children():
        with suppress(psutil.NoSuchProcess):  # one that was killed just now
            command = " ".join(child.cmdline())
            found += child.children() if "forkserver" in command else [child] * ("spawn_main" in command)
    return sorted(found, key=lambda each: each.create_time())


@dataclass(frozen=True)
class StandingCluster:
    """A cluster that is there already: the address of its scheduler, and its processes."""

    address: str
    scheduler: subprocess.Popen[bytes]
    nanny: psutil.Process


def dask(*command: str, **variables: str) -> subprocess.Popen[bytes]:
    """A process of Dask's own commands, which finds the modules of this project."""
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def scheduler_of(port: int) -> subprocess.Popen[bytes]:
    """A scheduler that listens there on this machine."""
    return dask("scheduler", "--host=127.0.0.1", f"--port={port}", "--no-dashboard", "--no-show")


@contextmanager
def standing_cluster(port: int, workers: int) -> Iterator[StandingCluster]:
    """A scheduler with so many workers, as somebody else has them; all are gone with the block."""
    address = f"tcp://127.0.0.1:{port}"
    every = ("--nthreads=1", "--no-dashboard", f"--nworkers={workers}", "--preload-nanny=muster.fleet.forks")
    scheduler, nanny = scheduler_of(port), dask("worker", address, *every)
    try:
        yield StandingCluster(address, scheduler, psutil.Process(nanny.pid))
    finally:
        left = [nanny, *_descendants(nanny.pid), scheduler]
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        nanny.wait()
        scheduler.wait()


def _descendants(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return list(psutil.Process(pid).children(recursive=True))
    return []
