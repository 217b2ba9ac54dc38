"""What the catalogue says of itself on a terminal: --list-controls and --explain."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

import pytest
from _pytest.mark.expression import Expression
from rich.console import Console
from rich.table import Table

from muster.judging.control import Control
from muster.plugin.where import suites_of
from muster.printable import counted
from muster.run.options import split
from muster.selection.bounds import bounds_of
from muster.selection.chosen import at_least, matching_controls, no_such_control
from muster.selection.profiles import Profiles, load_profiles

Members = Mapping[str, Sequence[str]]
"""The profiles of each control, by its id."""


def tell_of_controls(config: pytest.Config, controls: Mapping[str, Control]) -> None:
    """Print what --explain or --list-controls asks for. Raises `UsageError` for what is not there."""
    profiles = load_profiles(*suites_of(config).folders("profiles"))
    explained = config.getoption("explain")
    if explained is None:
        listed = _listed(config, controls, profiles)
        print_controls(listed, profiles.members(controls), config.getoption("format"))
    elif explained in controls:
        chosen = _chosen(config, controls, profiles)
        print_explanation(controls[explained], chosen.get(explained, {}), profiles.members(controls)[explained])
    else:
        raise no_such_control(f"--explain={explained}", explained, controls)


def _chosen(
    config: pytest.Config, controls: Mapping[str, Control], profiles: Profiles
) -> Mapping[str, Mapping[str, object]]:
    """The controls of the profiles on the command line, with the thresholds that these set otherwise; else all."""
    named = split("--profile", config.getoption("profile"))
    return profiles.resolve(named, controls).controls if named else {name: {} for name in controls}


def _listed(config: pytest.Config, controls: Mapping[str, Control], profiles: Profiles) -> list[Control]:
    """The controls that --profile, --control, --severity and -k leave."""
    chosen = _chosen(config, controls, profiles)
    patterns, severity = split("--control", config.getoption("control")), config.getoption("severity")
    wanted = matching_controls(patterns, chosen) if patterns else sorted(chosen)
    found = [controls[name] for name in wanted if at_least(severity, controls[name])]
    keyword = config.getoption("keyword")
    return [control for control in found if not keyword or _matches(keyword, control)]


def _matches(keyword: str, control: Control) -> bool:
    """Whether pytest's -k would take it: by parts of names, upper and lower case alike."""
    names = [control.id, control.function.__name__, control.severity, control.domain, control.path.name]

    def is_in_a_name(part: str, /, **_: object) -> bool:
        return any(part.lower() in name.lower() for name in names)

    return Expression.compile(keyword).evaluate(is_in_a_name)


def print_controls(controls: Sequence[Control], members: Members, form: str) -> None:
    """Print the controls as a table, or as JSON for other programs."""
    if form == "json":
        data = [_data(control, members[control.id]) for control in controls]
        print(json.dumps(data, indent=2, ensure_ascii=False))  # noqa: T201
        return
    table = Table("control", "severity", "domain", "profiles", "title", box=None, pad_edge=False)
    for control in controls:
        of = ", ".join(members[control.id])
        table.add_row(control.id, control.severity, control.domain, of, control.title)
    # A table that is piped into another program must not be folded to the width of a terminal.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 240)
    console.print(table)
    console.print(counted(len(controls), "control"))


def print_explanation(control: Control, chosen: Mapping[str, object], profiles: Sequence[str]) -> None:
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
    console.print(f"Profiles: {', '.join(profiles) or 'none'}")
    console.print(f"File: {control.path}:{control.line}", markup=False, soft_wrap=True)


def _threshold(name: str, default: object, chosen: Mapping[str, object]) -> str:
    notes = [f"the default is {default!r}"] if chosen.get(name, default) != default else []
    if isinstance(default, int | float) and not isinstance(default, bool):
        notes.append(str(bounds_of(name, default)))
    return f"{name} = {chosen.get(name, default)!r}" + (f" ({'; '.join(notes)})" if notes else "")


def _data(control: Control, profiles: Sequence[str]) -> dict[str, object]:
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
        "profiles": list(profiles),
        "parameters": dict(control.parameters),
    }
