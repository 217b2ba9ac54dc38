"""Requirements as they stand: their controls, those of other frameworks that they go through, and what is judged.

A requirement is judged `whole`, in `part` or `not` by what a machine decides: a statement of people decides nothing by
machine, and what goes through another framework is part of it only, unless the file says that it is the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from muster.files.problems import did_you_mean
from muster.files.strict_yaml import YamlFile
from muster.files.values import STATED
from muster.selection.entries import Confidence, DecidedShare, Framework, Requirement

RequirementKey = tuple[str, str]
"""A framework's name and the id of one of its requirements."""


@dataclass(frozen=True)
class ResolvedRequirement:
    """A requirement with the ids of all its controls; `not_judged` says what of it none of them judges."""

    requirement: Requirement
    controls: tuple[str, ...]
    judged: DecidedShare
    confidence: Confidence
    not_judged: str | None

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for `run.json`."""
        return {
            "title": self.requirement.title,
            "level": self.requirement.level,
            "judged": self.judged,
            "confidence": self.confidence,
            "not_judged": self.not_judged,
            "through": {name: list(ids) for name, ids in self.requirement.through.items()},
            "controls": list(self.controls),
        }


def resolved_requirements(framework: Framework, frameworks: Mapping[str, Framework]) -> dict[str, ResolvedRequirement]:
    """The requirements of a framework by id, in the order of its file."""
    return {id_: _standing((framework.name, id_), frameworks) for id_ in framework.requirements}


def levels_of(framework: Framework) -> list[Framework]:
    """The framework up to each of its levels: what is asked of a level is asked of those above it as well."""
    numbers = sorted({each.level for each in framework.requirements.values() if each.level is not None})
    return [
        framework.model_copy(
            update={
                "name": f"{framework.name}-level-{number}",
                "title": f"{framework.title}, level {number}",
                "requirements": {
                    id_: each
                    for id_, each in framework.requirements.items()
                    if each.level is not None and each.level <= number
                },
            }
        )
        for number in numbers
    ]


def framework_data(framework: Framework, frameworks: Mapping[str, Framework]) -> dict[str, Any]:
    """A framework as `run.json` keeps it, with how many of its requirements are judged whole, in part or not."""
    standing = resolved_requirements(framework, frameworks)
    numbers = Counter(each.judged for each in standing.values())
    return {
        "title": framework.title,
        "judged": {judged: numbers[judged] for judged in get_args(DecidedShare)},
        "requirements": {id_: each.as_data() for id_, each in standing.items()},
    }


def sources(place: RequirementKey, frameworks: Mapping[str, Framework]) -> list[RequirementKey]:
    """The requirement itself and all that it goes through, each once."""
    found: dict[RequirementKey, None] = {}
    waiting = [place]
    while waiting:
        next_ = waiting.pop(0)
        if next_ not in found:
            found[next_] = None
            waiting += _ways(_at(next_, frameworks))
    return list(found)


def check_ways(framework: Framework, frameworks: Mapping[str, Framework], document: YamlFile) -> None:
    """Refuse a way through a framework or requirement that is not there, with a `FileError` at its line."""
    for id_, requirement in framework.requirements.items():
        for other, ids in requirement.through.items():
            where = ("requirements", id_, "through", other)
            if other not in frameworks:
                raise document.error(where, f'there is no framework "{other}"; {did_you_mean(other, frameworks)}')
            known = frameworks[other].requirements
            for position, wanted in enumerate(ids):
                if wanted not in known:
                    problem = f'{other} has no requirement "{wanted}"; {did_you_mean(wanted, known)}'
                    raise document.error((*where, position), problem)


def check_claims(framework: Framework, frameworks: Mapping[str, Framework], document: YamlFile) -> None:
    """Refuse a way that leads back, and a claim to judge more or less than the controls do; all ways must be there.

    Raises:
        FileError: at the line of the way or the claim.
    """
    for id_, requirement in framework.requirements.items():
        place, where = (framework.name, id_), ("requirements", id_)
        if requirement.through and any(place in _ways(_at(each, frameworks)) for each in sources(place, frameworks)):
            raise document.error((*where, "through"), "leads back to this requirement; take one of the ways out")
        if requirement.judged is None:
            continue
        problem = _false_claim(requirement, _standing(place, frameworks), frameworks)
        if problem is not None:
            raise document.error((*where, "judged"), problem)


def _standing(place: RequirementKey, frameworks: Mapping[str, Framework]) -> ResolvedRequirement:
    requirement = _at(place, frameworks)
    listed = [control for source in sources(place, frameworks) for control in _at(source, frameworks).controls]
    controls = tuple(dict.fromkeys(listed))
    through = ", ".join(f"{name} {id_}" for name, id_ in _ways(requirement))
    stated = [control for control in controls if control.startswith(STATED)]
    judged: DecidedShare = "whole"
    if len(stated) == len(controls):
        judged = "not"
    elif requirement.not_judged or through or stated:
        judged = "part"
    judged = requirement.judged or judged
    not_judged = requirement.not_judged
    if judged == "part" and through and not_judged is None:
        not_judged = f"what {through} leaves out"
    if stated and not_judged is None:
        not_judged = f"what {', '.join(stated)} says, which is people's word"
    confidence = requirement.confidence or frameworks[place[0]].confidence
    if confidence is None:
        confidence = "joined" if through and not requirement.controls else "unreviewed"
    return ResolvedRequirement(requirement, controls, judged, confidence, not_judged)


def _false_claim(
    requirement: Requirement, standing: ResolvedRequirement, frameworks: Mapping[str, Framework]
) -> str | None:
    stated = [control for control in standing.controls if control.startswith(STATED)]
    decided = len(stated) < len(standing.controls)
    if requirement.judged == "not":
        return "its controls judge some of it; write part, and in not_judged what they leave out" if decided else None
    if not decided:
        return f"no control of it decides anything by machine; expected not, in the place of {requirement.judged}"
    if requirement.judged == "part":
        has_reason = requirement.not_judged or requirement.through or stated
        return None if has_reason else "say in not_judged what its controls leave out"
    if requirement.not_judged or stated:
        left = "not_judged says that a part is left out" if requirement.not_judged else f"{stated[0]} is people's word"
        return f"{left}; expected part, in the place of whole"
    partial = [
        f"{name} {id_}" for name, id_ in _ways(requirement) if _standing((name, id_), frameworks).judged != "whole"
    ]
    return f"{', '.join(partial)} is not judged whole; expected part, in the place of whole" if partial else None


def _at(place: RequirementKey, frameworks: Mapping[str, Framework]) -> Requirement:
    name, id_ = place
    return frameworks[name].requirements[id_]


def _ways(requirement: Requirement) -> list[RequirementKey]:
    return [(name, id_) for name, ids in requirement.through.items() for id_ in ids]
