"""Muster's place in pytest; where Muster is installed, pytest finds it by itself."""

pytest_plugins = ["muster.plugin.hooks"]
