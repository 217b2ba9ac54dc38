"""What a run says of a framework: a requirement is as good as the worst of its controls, in an account and in all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from muster.files.values import STATED
from muster.verdict import Status
from reports.run import ReportedRun

RequirementState = Literal[
    "not satisfied", "unreadable", "not covered", "waived", "holds in part", "satisfied", "nothing to judge"
]
StatusesOfPairs = Mapping[tuple[str, str], Collection[Status]]
"""The statuses of the rows of each control and account."""


@dataclass(frozen=True)
class Crossing:
    """A requirement in an account: its state there, and its controls of the account's kind; `asked` gave verdicts."""

    account: str
    state: RequirementState
    controls: tuple[str, ...]
    asked: tuple[str, ...]


def requirement_state(
    controls: Collection[str], found: Mapping[str, Collection[Status]], not_judged: str | None = None
) -> RequirementState:
    """What the verdicts of a requirement's controls make of it; `found` holds the statuses of each control that ran.

    A failure outweighs all; then what could not be read, then a control that this run did not ask. Where no control
    judges a part of the requirement (`not_judged`), it holds in part at best, and is never satisfied; by people's word
    alone it does not even do that.
    """
    statuses = {status for control in controls for status in found.get(control, ())}
    if "fail" in statuses:
        return "not satisfied"
    if statuses & {"error", "not_run"}:
        return "unreadable"
    if not controls or any(control not in found for control in controls):
        return "not covered"
    if "waived" in statuses:
        return "waived"
    if not_judged:
        by_machine = (status for control in controls if not control.startswith(STATED) for status in found[control])
        return "holds in part" if "pass" in by_machine else "not covered"
    return "satisfied" if "pass" in statuses else "nothing to judge"


def crossings(run: ReportedRun, requirement: Mapping[str, Any], statuses: StatusesOfPairs) -> Iterator[Crossing]:
    """What a requirement comes to in each account that one of its controls can judge, in the order of the accounts.

    A control of another kind of account is not missing here: it has its own line in an account of its kind.
    """
    for account in run.record["accounts"]:
        name = account["name"]
        controls = tuple(
            each for each in requirement["controls"] if _judges(run, each, name, account["kind"], statuses)
        )
        if controls:
            found = {each: statuses[each, name] for each in controls if (each, name) in statuses}
            state = requirement_state(controls, found, _left_to_people(requirement))
            yield Crossing(name, state, controls, tuple(found))


def _judges(run: ReportedRun, control: str, account: str, kind: str, statuses: StatusesOfPairs) -> bool:
    """Whether a control is asked in an account; one that the run did not select is of a kind that nobody knows here."""
    known = run.record["controls"].get(control)
    if known is None:
        return kind == ("estate" if control.startswith(STATED) else "aws")
    return known["kind"] == kind or (control, account) in statuses


def framework_states(run: ReportedRun, statuses: StatusesOfPairs) -> list[dict[str, Any]]:
    """Each framework of `run.json` with the state of each requirement, in the order in which they are written."""
    found: dict[str, set[Status]] = {}
    for (control, _), known in statuses.items():
        found.setdefault(control, set()).update(known)
    return [
        {
            "name": name,
            "title": framework["title"],
            "requirements": [
                _requirement(id_, data, found, list(crossings(run, data, statuses)))
                for id_, data in framework["requirements"].items()
            ],
        }
        for name, framework in run.record.get("frameworks", {}).items()
    ]


def _requirement(
    id_: str, data: Mapping[str, Any], found: Mapping[str, Collection[Status]], crossed: Collection[Crossing]
) -> dict[str, Any]:
    controls = list(data["controls"])
    state = requirement_state(controls, found, _left_to_people(data))
    if state not in ("not satisfied", "unreadable") and any(each.controls != each.asked for each in crossed):
        # What passes in one account says nothing of another, which a part or a run that was cut short did not ask.
        state = "not covered"
    return {
        "id": id_,
        "title": data["title"],
        "level": data.get("level"),
        "controls": controls,
        "notAsked": [control for control in controls if control not in found],
        "judged": data.get("judged"),
        "confidence": data.get("confidence"),
        "notJudged": data.get("not_judged"),
        "state": state,
        "accounts": {each.account: each.state for each in crossed},
    }


def _left_to_people(data: Mapping[str, Any]) -> str | None:
    """What of a requirement no control judges; None where they judge the whole, or an early run did not say."""
    left: str | None = data.get("not_judged")
    return left or ("what people state" if data.get("judged", "whole") != "whole" else None)
