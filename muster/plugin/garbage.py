"""Memory in an audit: garbage is not looked for in what lives as long as the process."""

from __future__ import annotations

import gc

import pytest

from muster.run.memory import settle_memory


class Garbage:
    """Looks seldom, and sets aside what is there when all is collected, and all there is when pytest ends.

    Pytest collects to the bottom at its end, which takes a second over botocore's service models.
    """

    def __init__(self) -> None:
        self._before = gc.get_threshold()
        settle_memory()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Look at what is young, in some milliseconds: a session of botocore's for the way into each account goes."""
        gc.collect(0)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Modules, items and the plan stay until the end; accounts, which are entered next, do not."""
        gc.freeze()

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self) -> None:
        """The process ends: nothing needs to be given back any more."""
        gc.freeze()
        gc.set_threshold(*self._before)
