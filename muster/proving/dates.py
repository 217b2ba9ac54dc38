"""The estates of the sandbox's companies as if they had been written lately: waivers and attestations run out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

# The day that the dates of the shipped estates are meant from.
WRITTEN = date(2026, 11, 23)


def copy_estate(like: Path, folder: Path, names: str = "*.yaml") -> None:
    """Copy the files of an estate, with their dates moved by the time since they were written."""
    since = datetime.now(UTC).date() - WRITTEN

    def moved(found: re.Match[str]) -> str:
        return (date.fromisoformat(found.group()) + since).isoformat()

    for path in like.glob(names):
        (folder / path.name).write_text(re.sub(r"\b20\d\d-\d\d-\d\d\b", moved, path.read_text()))
