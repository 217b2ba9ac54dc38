"""Muster's place in pytest; where Muster is installed, pytest finds it by itself."""

from __future__ import annotations

import pytest


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Load Muster's plugin, whose options are then known; nothing is done where it is loaded already."""
    pluginmanager.import_plugin("muster.plugin.hooks")
