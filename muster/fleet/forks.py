"""Workers as forks of one process that has read what judging needs: a new one is there in a tenth of a second.

A worker that starts from nothing takes two seconds of a core, and as much again in its first account. `--fleet` starts
its own workers so; `dask worker ADDRESS --preload-nanny=muster.fleet.forks` does so for a cluster's.
https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
https://docs.dask.org/en/stable/customize-initialization.html
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

PRELOADED = "muster.fleet.preloaded"
METHOD = "distributed.worker.multiprocessing-method"
IS_POSSIBLE = sys.platform == "linux"
"""Elsewhere each worker starts from nothing: libraries of macOS do not survive a fork, and Windows has none."""
IMPORTED_FROM = ("PYTHONPATH", "PYTHONSAFEPATH")
"""The variables by which the fork server finds the modules that this process has; its forks do not keep them."""


@contextmanager
def forked_workers() -> Iterator[ExitStack]:
    """Let workers that this process starts be forks, as long as the context lasts.

    Gives what is to be closed once the first of them is there: the fork server then has been told what to read.
    """
    import dask
    from distributed.utils import get_mp_context

    with dask.config.set({METHOD: "forkserver"} if IS_POSSIBLE else {}), ExitStack() as until_started:
        if IS_POSSIBLE:
            # Asked for first: with it come modules that Dask would have read ahead, in place of any others.
            get_mp_context().set_forkserver_preload([PRELOADED])
            until_started.enter_context(_modules_as_here())
        yield until_started


def dask_setup(_: Any) -> None:
    """What Dask calls in the process of a nanny, before it starts its worker; for as long as that process lives."""
    _FOR_GOOD.enter_context(forked_workers())


_FOR_GOOD = ExitStack()


@contextmanager
def _modules_as_here() -> Iterator[None]:
    """Let processes that are started meanwhile find the modules that this one finds, and no others."""
    before = {name: os.environ.get(name) for name in IMPORTED_FROM}
    os.environ.update(zip(IMPORTED_FROM, (os.pathsep.join(filter(None, sys.path)), "1"), strict=True))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({name: value} if value is not None else {})
