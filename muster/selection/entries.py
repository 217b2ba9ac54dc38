"""The entries of profile and framework files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, PlainValidator, model_validator

from muster.files.problems import problem_at, shown
from muster.files.values import EstateModel, Expected, Items, Text


def _listed_controls(value: object) -> Mapping[str, Mapping[str, object]]:
    if not isinstance(value, list):
        raise ValueError(f"{shown(value)} stands where a list is expected; write a line with a dash for each control")
    listed: dict[str, Mapping[str, object]] = {}
    for position, item in enumerate(value):
        control, parameters = _listed_control(item, position)
        if control in listed:
            raise problem_at((position,), f"{shown(control)} is in the list already; keep one")
        listed[control] = parameters
    return listed


def _listed_control(item: object, position: int) -> tuple[str, Mapping[str, object]]:
    if isinstance(item, str) and item.strip():
        return item, {}
    if not isinstance(item, dict) or len(item) != 1:
        problem = f"{shown(item)} is no control; expected an id, alone or with parameters (id: {{name: value}})"
        raise problem_at((position,), problem)
    ((control, parameters),) = item.items()
    if not isinstance(parameters, dict) or not parameters:
        problem = f"{shown(parameters)}: expected {{parameter: value}}, or else the id alone"
        raise problem_at((position, control), problem)
    return control, parameters


ListedControls = Annotated[
    Mapping[str, Mapping[str, object]],
    Expected("a list of ids of controls, each alone or as `ID: {THRESHOLD: VALUE}`"),
    PlainValidator(_listed_controls),
]
"""The parameter overrides of each listed control by id, in the order of the list."""


class Profile(EstateModel):
    """A choice of controls: its own, and those of the profiles that it extends."""

    model_config = ConfigDict(title="a profile")

    name: Text = Field(description="By what --profile asks for it: the file's name without .yaml.")
    title: Text = Field(description="What it is, in a few words.")
    extends: Items[Text] = Field(
        default=(),
        description="Profiles whose controls and thresholds it takes; its own win, and then those of a later one.",
    )
    scoped: Annotated[bool, Expected("true or false")] = Field(
        default=False,
        description="Whether the controls that it alone brings spare what out_of_scope in facts.yaml names.",
    )
    controls: ListedControls = Field(
        description="Its own controls, and thresholds other than the default or that of a profile it extends."
    )


DecidedShare = Literal["whole", "part", "not"]
"""What of a requirement its controls decide, without anybody's word."""
Confidence = Literal["joined", "reviewed", "unreviewed"]
"""How it is known that they do: from a mapping that the vendor published, from a person who held them against the
requirement's text, or from our own reading alone."""


class Requirement(EstateModel):
    """One requirement of a framework under a title of our own; `level` where the framework has levels.

    `not_judged` says what of it none of its controls judges yet: such a requirement is never satisfied, only failed.
    `through` names requirements of other frameworks, by whose controls this one is judged as well. `judged` and
    `confidence` may be left out: see `muster.selection.frameworks`.
    """

    model_config = ConfigDict(title="a requirement")

    title: Text = Field(description="What it asks, in words of our own.")
    level: Annotated[int, Expected("a whole number from 1"), Field(ge=1)] | None = Field(
        default=None,
        description="Its level, where the framework has levels: --profile=FRAMEWORK-level-N asks for those up to N.",
    )
    judged: DecidedShare | None = Field(
        default=None,
        description="What of it the controls decide, without anybody's word; worked out where it is left out.",
    )
    not_judged: Text | None = Field(
        default=None, description="What of it no control judges; such a requirement is never satisfied, only failed."
    )
    confidence: Confidence | None = Field(
        default=None,
        description="How it is known that the controls stand for it; the framework's where it is left out.",
    )
    through: dict[str, Annotated[Items[Text], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Requirements of other frameworks, by the frameworks' names: their controls judge this one too.",
    )
    controls: ListedControls = Field(
        default_factory=dict,
        description="The controls that stand for it, [] where none does yet; it may be left out beside through alone.",
    )

    @model_validator(mode="after")
    def _names_controls_or_a_way(self) -> Self:
        if "controls" not in self.model_fields_set and not self.through:
            raise problem_at(("controls",), "missing; add it, [] where no control stands for the requirement yet")
        return self


class Framework(EstateModel):
    """A published set of requirements, and the controls that stand for each by its id.

    `confidence` is that of each requirement that does not state its own.
    """

    model_config = ConfigDict(title="a framework")

    name: Text = Field(description="By what --profile asks for it: the file's name without .yaml.")
    title: Text = Field(description="What it is called.")
    version: Text | None = Field(default=None, description="Its version, as its publisher gives it.")
    confidence: Confidence | None = Field(
        default=None, description="That of each requirement which does not state its own."
    )
    requirements: dict[str, Requirement] = Field(
        min_length=1, description="The requirements, by the ids that the publisher gives them."
    )
