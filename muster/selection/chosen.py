"""Choosing among controls: by patterns of ids, and by severity."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from muster.errors import UsageError
from muster.judging.control import Control
from muster.verdict import SEVERITIES


def matching_controls(patterns: Sequence[str], controls: Collection[str]) -> list[str]:
    """The control ids that the patterns name; raises `UsageError` for one that names none."""
    found: dict[str, None] = {}
    for pattern in patterns:
        matches = [control for control in controls if fnmatchcase(control, pattern)]
        if not matches:
            raise UsageError(
                f"--control={pattern}: no such control{nearest(pattern, controls)}; --list-controls shows all"
            )
        found |= dict.fromkeys(matches)
    return list(found)


def nearest(name: str, known: Collection[str]) -> str:
    """`; did you mean …?` if something known is near, else nothing."""
    matches = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {matches[0]}?" if matches else ""


def at_least(severity: str | None, control: Control) -> bool:
    """Whether a control is of this severity or above."""
    return severity is None or SEVERITIES.index(control.severity) <= SEVERITIES.index(severity)
