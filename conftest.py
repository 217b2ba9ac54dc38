"""Muster's place in pytest: the engine, and the reports that take part in a session."""

pytest_plugins = ["muster.plugin", "reports.plugin", "reports.drift_plugin", "reports.terminal", "reports.pytest_html"]
