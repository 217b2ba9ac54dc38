"""The parts of an audit, which pytest would leave out like any plugin: without its conductor no run is concluded."""

from __future__ import annotations

import pytest

from muster.errors import UsageError

PREFIX = "muster-"
"""How the names of the parts begin, by which they are registered."""


def refuse_missing_parts(config: pytest.Config) -> None:
    """Raise `UsageError` where `-p no:NAME` leaves out a part of the audit itself, whoever says so.

    https://docs.pytest.org/en/stable/how-to/plugins.html#deactivating-unregistering-a-plugin-by-name
    """
    for plugin in config.getoption("plugins"):
        if plugin.strip().startswith(f"no:{PREFIX}"):
            raise UsageError(f"-p {plugin} leaves out a part of the audit itself: take it out, or see $PYTEST_ADDOPTS")
