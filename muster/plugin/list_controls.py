"""What the catalogue says of itself on a terminal: --list-controls and --explain."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from muster.judging.control import Control
from muster.selection.bounds import bounds_of


def print_controls(controls: Iterable[Control], form: str) -> None:
    """Print the controls as a table, or as JSON for other programs."""
    if form == "json":
        print(json.dumps([_data(control) for control in controls], indent=2, ensure_ascii=False))  # noqa: T201
        return
    table = Table("control", "severity", "domain", "title", box=None, pad_edge=False)
    number = 0
    for control in controls:
        table.add_row(control.id, control.severity, control.domain, control.title)
        number += 1
    # A table that is piped into another program must not be folded to the width of a terminal.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 240)
    console.print(table)
    console.print(f"{number} controls")


def print_explanation(control: Control, chosen: Mapping[str, object]) -> None:
    """Print one control in full: what it asks, why, how to fix it, its thresholds and its file.

    `chosen` are the thresholds that a profile sets otherwise.
    """
    console = Console(highlight=False, soft_wrap=False)
    console.print(f"{control.id} ({control.severity}, {control.domain})", style="bold")
    console.print(f"{control.title}.\n", markup=False)
    console.print(f"Why: {control.why}", markup=False)
    console.print(f"Fix: {control.fix}", markup=False)
    for link in control.see:
        console.print(f"See: {link}", markup=False, soft_wrap=True)
    for name, value in control.parameters.items():
        console.print(f"Parameter: {_threshold(name, value, chosen)}", markup=False)
    judged = "every " + control.subject.replace("_", " ") if control.subject else "the account as a whole"
    console.print(f"Judges: {judged}")
    console.print(f"File: {control.path}:{control.line}", markup=False, soft_wrap=True)


def _threshold(name: str, default: object, chosen: Mapping[str, object]) -> str:
    notes = [f"the default is {default!r}"] if chosen.get(name, default) != default else []
    if isinstance(default, int | float) and not isinstance(default, bool):
        notes.append(str(bounds_of(name, default)))
    return f"{name} = {chosen.get(name, default)!r}" + (f" ({'; '.join(notes)})" if notes else "")


def _data(control: Control) -> dict[str, object]:
    return {
        "id": control.id,
        "severity": control.severity,
        "domain": control.domain,
        "title": control.title,
        "why": control.why,
        "fix": control.fix,
        "see": list(control.see),
        "kind": control.kind,
        "subject": control.subject,
        "parameters": dict(control.parameters),
    }
