"""Words and texts of the formats: how a verdict is said, and how text from an account stays text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from muster.printable import spelled
from muster.verdict import Verdict
from reports.run import ReportedRun


def outcome(row: Verdict) -> str:
    """What became of a resource, as a sentence finishing "This resource …"."""
    said = {
        "pass": f"passes: {row.reason}" if row.reason.strip() else "passes",
        "fail": row.reason if row.reason.strip() else "fails",
        "error": f"could not be judged: {row.reason}",
        "waived": f"fails, which waiver {row.waiver} excuses: {row.reason}",
        "not_applicable": f"is not what the control speaks of: {row.reason}",
        "not_run": f"was not judged: {row.reason}",
    }
    return said[row.status]


def parameters_text(control: Mapping[str, Any]) -> list[str]:
    """The thresholds of a control, with the default of what a profile set otherwise: `days = 999 (default 90)`."""
    defaults = control.get("defaults", {})
    return [
        f"{name} = {_spelled(value)}" + (f" (default {_spelled(defaults[name])})" if _is_other(name, control) else "")
        for name, value in control["parameters"].items()
    ]


def defaults_set_otherwise(control: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of those thresholds of a control that a profile set otherwise."""
    return {name: value for name, value in control.get("defaults", {}).items() if _is_other(name, control)}


def waivers_of(run: ReportedRun) -> Mapping[str, Mapping[str, Any]]:
    """The waivers of a run by id."""
    return {waiver["id"]: waiver for waiver in run.record["waivers"]}


def waiver_text(waiver_id: str, waivers: Mapping[str, Mapping[str, Any]]) -> str:
    """A waiver in a line: why, who owns it, who approved it, until when."""
    waiver = waivers.get(waiver_id)
    if waiver is None:
        return f"{waiver_id}: not described in run.json"
    return (
        f"{waiver_id}: {waiver['reason']} (owner {waiver['owner']}, approved by {waiver['approver']},"
        f" ticket {waiver['ticket']}, expires {waiver['expires']})"
    )


def version_of(run: ReportedRun) -> str:
    """The version of Muster that made the run, as `run.json` has it."""
    return str(run.record["versions"]["muster"])


def whole_line(text: str) -> str:
    r"""The text on one line with nothing unseen in it: line breaks, controls and direction marks as `\n`, `\u202e`."""
    return spelled(text).replace("\n", r"\n").replace("\t", r"\t")


def cut(text: str, most: int) -> str:
    """At most so many characters of the text; an ellipsis where it goes on."""
    return text if len(text) <= most else text[: most - 1] + "…"


def cut_name(text: str, most: int) -> str:
    """At most so many characters of a name; one that is cut ends in a part of its hash, so that two stay two."""
    if len(text) <= most:
        return text
    mark = "…" + sha256(text.encode()).hexdigest()[:16]
    return text[: most - len(mark)] + mark


def _is_other(name: str, control: Mapping[str, Any]) -> bool:
    defaults = control.get("defaults", {})
    return name in defaults and defaults[name] != control["parameters"].get(name, defaults[name])


def _spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
