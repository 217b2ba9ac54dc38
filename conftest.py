"""Muster's place in pytest; where Muster is installed, pytest finds it by itself."""

from __future__ import annotations

import pytest


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Load Muster's plugins, whose options are then known; nothing is done where they are loaded already."""
    for name in ("muster.plugin.hooks", "muster.mocked"):
        pluginmanager.import_plugin(name)
