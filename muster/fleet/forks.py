"""Workers as forks of one process that has read what judging needs: a new one is there in a tenth of a second.

A worker that starts from nothing takes two seconds of a core, and as much again in its first account. `--fleet` starts
its own workers so; `dask worker ADDRESS --preload-nanny=muster.fleet.forks` does so for a cluster's.
https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
https://docs.dask.org/en/stable/customize-initialization.html
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

PRELOADED = "muster.fleet.preloaded"
METHOD = "distributed.worker.multiprocessing-method"
IS_POSSIBLE = sys.platform == "linux"
"""Elsewhere each worker starts from nothing: libraries of macOS do not survive a fork, and Windows has none."""
IMPORTED_FROM = ("PYTHONPATH", "PYTHONSAFEPATH")
"""The variables by which the fork server finds the modules that this process has."""
CONTROLS = "MUSTER_FLEET_CONTROLS"
"""The variable by which it knows which controls will be asked, separated by commas: without it, all."""
TOLD_BY = (*IMPORTED_FROM, CONTROLS)
"""These variables are for the fork server alone: its forks do not keep them."""


@contextmanager
def forked_workers(controls: Iterable[str] = ()) -> Iterator[ExitStack]:
    """Let workers that this process starts be forks, as long as the context lasts.

    They will ask these controls, or all. Gives what is to be closed once the first of them is there: the fork server
    then has been told what to read.
    """
    import dask
    from distributed.utils import get_mp_context

    with dask.config.set({METHOD: "forkserver"} if IS_POSSIBLE else {}), ExitStack() as until_started:
        if IS_POSSIBLE:
            # Asked for first: with it come modules that Dask would have read ahead, in place of any others.
            get_mp_context().set_forkserver_preload([PRELOADED])
            until_started.enter_context(_told(controls))
        yield until_started


def dask_setup(_: Any) -> None:
    """What Dask calls in the process of a nanny, before it starts its worker; for as long as that process lives."""
    _FOR_GOOD.enter_context(forked_workers())


_FOR_GOOD = ExitStack()


@contextmanager
def _told(controls: Iterable[str]) -> Iterator[None]:
    """Let a process that is started meanwhile find the modules that this one finds, and know what is to be asked."""
    before = {name: os.environ.get(name) for name in TOLD_BY}
    told = (os.pathsep.join(filter(None, sys.path)), "1", ",".join(controls))
    os.environ.update(zip(TOLD_BY, told, strict=True))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({name: value} if value is not None else {})
