"""Choosing among controls: by patterns of ids, and by severity."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from muster.errors import UsageError
from muster.files.problems import did_you_mean
from muster.judging.control import RETIRED, Control
from muster.verdict import SEVERITIES


def matching_controls(patterns: Sequence[str], controls: Collection[str]) -> list[str]:
    """The control ids that the patterns name; raises `UsageError` for one that names none."""
    found: dict[str, None] = {}
    for pattern in patterns:
        matches = named_by(pattern, controls)
        if not matches:
            raise no_such_control(f"--control={pattern}", pattern, controls)
        found |= dict.fromkeys(matches)
    return list(found)


def named_by(pattern: str, controls: Collection[str]) -> list[str]:
    """The control ids that a pattern names; an id names itself alone."""
    return [pattern] if pattern in controls else [each for each in controls if fnmatchcase(each, pattern)]


def no_such_control(place: str, name: str, controls: Collection[str]) -> UsageError:
    """The error of somebody who asked for a control by a name that none has, to be raised."""
    if name in RETIRED:
        return UsageError(f"{place}: this control is retired: {RETIRED[name]}")
    return UsageError(f"{place}: no such control; {did_you_mean(name, controls)} (--list-controls shows all)")


def at_least(severity: str | None, control: Control) -> bool:
    """Whether a control is of this severity or above."""
    return severity is None or SEVERITIES.index(control.severity) <= SEVERITIES.index(severity)
