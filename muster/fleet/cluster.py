"""A fleet's workers: a cluster of Dask's, of this machine or one that is there already.

An account is a task with a key of its own, which needs nothing but its share. Work is not stolen, a worker judges one
account at a time, and an account whose worker dies is judged once more and then given up.
https://distributed.dask.org/en/stable/resilience.html
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from queue import Empty, Queue
from traceback import extract_tb
from typing import Any

from muster.errors import FleetError, MusterError, UsageError
from muster.fleet.forks import forked_workers
from muster.fleet.judging import judge_share
from muster.fleet.share import Share
from muster.printable import counted
from muster.run.entering import Lent

AHEAD = 4
"""So many accounts a worker are handed out before the first of them is judged: all shares at once would be a GB."""
RETRIES = 1
WORKER_MEMORY = "2 GiB"
"""What a local worker may take before it is ended: several times what an account of 17 regions takes."""
PATIENCE = 15
"""Seconds in which a scheduler has to answer, and again to have a worker."""
WITHOUT_WORKERS = 300
"""Seconds for which a scheduler may be without a worker, while others are started."""
GONE = "the scheduler is gone, and with it all that it had handed out"
MISSING = "--fleet needs Dask's distributed, which is not installed: pip install 'muster[fleet]'"

SETTINGS = {
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.allowed-failures": RETRIES,
    "distributed.scheduler.worker-saturation": 1.0,
    # Nothing is spilled and nothing is paused: what takes too much is ended, and its account given up.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    # Nobody looks at a local cluster with a browser: its servers of HTTP serve nothing.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # Logs that nobody reads keep what was sent: of a thousand accounts half a GB of shares.
    "distributed.admin.low-level-log-length": 10,
    "distributed.admin.log-length": 10,
    "distributed.admin.system-monitor.log-length": 10,
    "distributed.worker.profile.enabled": False,
    "distributed.comm.timeouts.connect": f"{PATIENCE}s",
    "distributed.admin.log-format": "%(message)s",
}


def refuse_without_dask() -> None:
    """Raise `UsageError` where Dask is not installed."""
    if find_spec("distributed") is None:
        raise UsageError(MISSING)


class ClusterLost(MusterError):
    """The scheduler went: what was handed out is nowhere any more."""


@dataclass(frozen=True)
class Done:
    """An account that a worker is done with: `problem` says why it could not be judged, None where it was."""

    account: str
    problem: str | None


@dataclass(frozen=True)
class Workers:
    """Where a fleet is judged: the `scheduler`'s address, or so many workers on this machine."""

    scheduler: str | None = None
    number: int = 0
    memory: str = WORKER_MEMORY

    @classmethod
    def parse(cls, text: str) -> Workers:
        """What `--fleet=` names: nothing, a number of workers, or the address of a scheduler. Raises `UsageError`."""
        if not text:
            return cls(number=os.cpu_count() or 1)
        if text.isdigit() and int(text) > 0:
            return cls(number=int(text))
        if "://" in text:
            return cls(scheduler=text)
        raise UsageError(f"--fleet={text}: expected an address (tcp://scheduler:8786) or a number of workers")


class Cluster:
    """The workers of a fleet, as long as it goes on."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def judge(self, shares: Iterable[Share], key: str, lent: Lent | None = None) -> Iterator[Done]:
        """Have accounts judged, and give each when it is done; a few are handed out ahead.

        `key` is this attempt's own among all that the scheduler knows. Raises `ClusterLost`.
        """
        from distributed.client import ClosedClientError

        left = iter(shares)
        going: dict[str, tuple[str, Any]] = {}
        done: Queue[Any] = Queue()
        try:
            while True:
                for share in self._next(left, len(going)):
                    future = self._submit(f"muster-{key}-{share.account}", share, lent)
                    going[future.key] = share.account, future
                    future.add_done_callback(done.put)
                if not going:
                    return
                future = self._wait(done)
                account, _ = going.pop(future.key)
                yield Done(account, _problem(future))
        except (OSError, ClosedClientError) as error:
            raise ClusterLost(GONE) from error
        finally:
            with suppress(OSError, ClosedClientError):
                self._client.cancel([future for _, future in going.values()])

    def _submit(self, key: str, share: Share, lent: Lent | None) -> Any:
        """Hand an account out as what Dask calls a producer of data: one that waits does so with the scheduler.

        It would else wait with a worker, and that one's death would count against it. An account is judged again once.
        https://distributed.dask.org/en/stable/scheduling-policies.html#queuing
        """
        from dask._task_spec import Task

        task = Task(key, judge_share, share.to_json(), lent, _data_producer=True)
        return self._client.get({key: task}, key, sync=False, retries=0)

    def _next(self, left: Iterator[Share], going: int) -> Iterator[Share]:
        for _ in range(AHEAD * max(1, self._number_of_workers()) - going):
            share = next(left, None)
            if share is None:
                return
            yield share

    def _number_of_workers(self) -> int:
        return len(self._client.scheduler_info()["workers"])

    def _wait(self, done: Queue[Any]) -> Any:
        alone_since: float | None = None
        while True:
            try:
                return done.get(timeout=PATIENCE / 10)
            except Empty:
                if self._number_of_workers():
                    alone_since = None
                    continue
                alone_since = alone_since or time.monotonic()
                if time.monotonic() - alone_since > WITHOUT_WORKERS:
                    raise ClusterLost("the scheduler has had no worker for a long time") from None


@contextmanager
def cluster_of(workers: Workers, controls: Iterable[str] = ()) -> Iterator[Cluster]:
    """A cluster, for as long as the context lasts; it is to ask these controls, or all.

    Raises `UsageError` where there is none, or no Dask.
    """
    try:
        import dask
        from distributed import Client
    except ModuleNotFoundError as error:
        raise UsageError(MISSING) from error
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(SETTINGS))
        for name in logging.root.manager.loggerDict:
            if name.startswith(("distributed", "tornado")):
                logging.getLogger(name).setLevel(logging.CRITICAL)
        where = workers.scheduler or stack.enter_context(_local(workers, controls))
        try:
            client = stack.enter_context(Client(where, timeout=PATIENCE, set_as_default=False))
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError) as error:
            raise UsageError(
                f"--fleet={workers.scheduler}: no scheduler with workers answers there: {error}"
            ) from error
        client.run_on_scheduler(_settle)
        yield Cluster(client)


@contextmanager
def _local(workers: Workers, controls: Iterable[str]) -> Iterator[Any]:
    """Workers of this machine, which hear nobody but their scheduler, and end with this process."""
    from distributed import LocalCluster

    environment = dict(os.environ)
    with (
        forked_workers(controls) as until_started,
        LocalCluster(
            n_workers=workers.number,
            threads_per_worker=1,
            processes=True,
            memory_limit=workers.memory,
            dashboard_address="127.0.0.1:0",
            security=True,
            silence_logs=logging.CRITICAL,
            env=environment,
        ) as cluster,
    ):
        until_started.close()
        yield cluster


async def _settle(dask_scheduler: Any) -> None:
    """Hold a scheduler that was there already to what a fleet relies on."""
    dask_scheduler.allowed_failures = RETRIES
    stealing = dask_scheduler.extensions.get("stealing")
    if stealing is not None:
        await stealing.stop()


def _problem(future: Any) -> str | None:
    """Why an account could not be judged. Raises `ClusterLost` where the scheduler forgot it.

    One whose worker died once it was done has lost no more than its result, which is the name of a folder that stands.
    """
    from distributed.scheduler import KilledWorker

    if future.status == "cancelled":
        raise ClusterLost(GONE)
    error: BaseException | None = future.exception() if future.status == "error" else None
    if error is None:
        return None
    if isinstance(error, KilledWorker):
        return f"the worker that judged it died {counted(RETRIES + 1, 'time')}: it ran out of memory, or was killed"
    # Of what nobody foresaw the kind alone is told: its text may quote an answer, and nothing has redacted that.
    if isinstance(error, FleetError):
        return str(error)
    last = extract_tb(future.traceback())[-1]
    return f"judging it broke: {type(error).__name__} at {last.filename}:{last.lineno}"
