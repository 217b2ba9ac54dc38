"""What a worker of this machine needs before it judges, read once for all of them: they are forks of who read it.

Imported by name, by Python's fork server, before there is a worker. Nothing here asks anybody anything, and nothing
starts a thread: a fork has none but its own.
https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
"""

from __future__ import annotations

import gc
import os

import distributed  # noqa: F401  # what every worker imports before it is one

from muster.errors import MusterError
from muster.fleet.forks import CONTROLS, TOLD_BY
from muster.fleet.judging import controls_of, told_by
from muster.judging.closure import operations_of
from muster.reading.sessions.aws_login import load_for
from muster.reading.sessions.models import LOADER


def preload() -> None:
    """Read what judging needs: controls, the code that they rest on, pages, service models.

    Raises `ImportError`, by which the fork server is told to do without, and each worker reads it for itself.
    """
    told = {name: os.environ.pop(name, "") for name in TOLD_BY}
    try:
        controls = controls_of(None)
    except MusterError as error:
        raise ImportError(str(error)) from error
    told_by()
    asked = [controls[name] for name in told[CONTROLS].split(",") if name in controls] or controls.values()
    load_for(operations_of(controls.values()))
    LOADER.load_ahead({name.partition(":")[0] for name in operations_of(asked)})
    gc.collect()
    gc.freeze()  # what stays is not looked at again, and so not copied


preload()
