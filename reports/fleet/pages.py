"""What a fleet leaves for people: a page an account and one of all, and what changed; the engine finds it by name."""

from __future__ import annotations

from pathlib import Path

from muster.fleet.since import Since
from reports.drift.stored import read_drift
from reports.fleet.compared import compare_account, write_fleet_drift
from reports.fleet.page import write_fleet_page
from reports.page.page import write_page
from reports.run import ReportedRun

__all__ = ["compare_account", "tell_of_account", "tell_of_fleet"]


def tell_of_account(folder: Path) -> Path:
    """Write the page of an account into its run folder, before that is sealed."""
    run = ReportedRun.load(folder)
    return write_page(run, read_drift(run))


def tell_of_fleet(folder: Path, since: Since | None) -> Path:
    """Write the page of a fleet, and what changed in it, before it is sealed."""
    if since is not None:
        write_fleet_drift(folder, since)
    return write_fleet_page(folder, since.record if since is not None else None)
