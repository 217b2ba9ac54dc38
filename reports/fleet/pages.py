"""The pages that a fleet leaves, one an account and one of all; the engine finds them by the name of this module."""

from __future__ import annotations

from pathlib import Path

from reports.fleet.page import write_fleet_page
from reports.page.page import write_page
from reports.run import ReportedRun

__all__ = ["write_account_page", "write_fleet_page"]


def write_account_page(folder: Path) -> Path:
    """Write the page of an account into its run folder, before that is sealed."""
    return write_page(ReportedRun.load(folder), None)
