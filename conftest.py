"""Muster's place in pytest: the engine, and the reports that take part in a session."""

pytest_plugins = [
    "muster.plugin.hooks",
    "reports.session.plugin",
    "reports.session.drift_plugin",
    "reports.session.terminal",
    "reports.session.pytest_html",
]
