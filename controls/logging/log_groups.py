"""Log groups: logs are there when they are asked for."""

from __future__ import annotations

from fixtures.logs import LogGroup
from muster import control, not_applicable


@control(severity="medium")
def test_log_group_retention(log_group: LogGroup, retention_days: int = 365) -> None:
    """Log groups keep logs long enough.

    Why: Intrusions are often found months later; what was deleted by then cannot be looked into.
    Fix: Raise the retention of the log group, or let its events never expire.
    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
    """
    if log_group.only_passes_on:
        not_applicable("the log group passes events on and keeps none itself")
    assert log_group.keeps_events(retention_days), f"keeps events for {log_group.retention_days} days only"
