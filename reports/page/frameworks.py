"""What a run says of a framework: each requirement is as good as the worst of its controls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from muster.verdict import Status

RequirementState = Literal["not satisfied", "unreadable", "not covered", "waived", "satisfied", "nothing to judge"]


def requirement_state(
    controls: Collection[str], found: Mapping[str, Collection[Status]], not_judged: str | None = None
) -> RequirementState:
    """What the verdicts of a requirement's controls make of it; `found` holds the statuses of each control that ran.

    A failure outweighs all; then what could not be read, then a control that this run did not ask, or a part of the
    requirement that no control judges (`not_judged`): what was judged in part only is never satisfied.
    """
    statuses = {status for control in controls for status in found.get(control, ())}
    if "fail" in statuses:
        return "not satisfied"
    if statuses & {"error", "not_run"}:
        return "unreadable"
    if not_judged or not controls or any(control not in found for control in controls):
        return "not covered"
    if "waived" in statuses:
        return "waived"
    return "satisfied" if "pass" in statuses else "nothing to judge"


def framework_states(frameworks: Mapping[str, Any], found: Mapping[str, Collection[Status]]) -> list[dict[str, Any]]:
    """Each framework of `run.json` with the state of each requirement, in the order in which they are written."""
    return [
        {
            "name": name,
            "title": framework["title"],
            "requirements": [_requirement(id_, data, found) for id_, data in framework["requirements"].items()],
        }
        for name, framework in frameworks.items()
    ]


def _requirement(id_: str, data: Mapping[str, Any], found: Mapping[str, Collection[Status]]) -> dict[str, Any]:
    controls = list(data["controls"])
    return {
        "id": id_,
        "title": data["title"],
        "level": data.get("level"),
        "controls": controls,
        "notAsked": [control for control in controls if control not in found],
        "notJudged": data.get("not_judged"),
        "state": requirement_state(controls, found, data.get("not_judged")),
    }
