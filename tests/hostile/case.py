"""The hostile cases as they are written down: `cases/CONTROL.yaml` holds those of one control, one account a case.

What a case does not answer, the sound account of `baseline/` answers (a file a service). A case may be two lines:

    - entry: {TransitEncryptionMode: preferred}
      fail: Clients may connect in clear as well. https://docs.aws.amazon.com/…

That is the sound account with another value in each thing that the control speaks of, as its noun lists them; the
verdict that it deserves, and why. It is called by what is changed. `- sound: {Encrypted: true}` says what the sound
account's things have besides, so that this control passes there; `facts` and `answers` beside it are what
this control alone is told. What all cases of a file have stands once, in `- each: {answers: …, changed: …, facts: …}`:
a case says what is other in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field

from tests.conftest import CONTROLS
from tests.hostile.told_aws import contents

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, tzinfo=UTC)
GONE = "$gone"
SOUND_FACTS = "facts.yaml"
"""What the sound account's organization declares; a case declares some of it otherwise."""
# Nouns whose list says no more than names: the question that describes them, and where in its answer they are.
DESCRIBED_BY = {
    "cache": ("elasticache:describe_replication_groups", "ReplicationGroups"),
    "build_project": ("codebuild:batch_get_projects", "projects"),
    "codecommit_repository": ("codecommit:batch_get_repositories", "repositories"),
}
Deserved = Literal["pass", "fail", "error", "not_applicable"]


class Case(BaseModel):
    """One account, what a control must say of it, and the sentence of AWS's documentation that says so.

    `answers` maps `service:operation` to what boto3 would return (see `told_aws.Told` for the forms). `changed` takes
    the sound account's answer with other values at some paths, `Keys[].KeyState`, `[].archived` of a list of GitHub's,
    or without what is `$gone`.
    `another_type` marks a case in which a value has a type that AWS's model does not give it. `of_each` are the
    questions that the case answers as all cases of its file do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: str
    answers: dict[str, Any] = Field(default_factory=dict)
    changed: dict[str, dict[str, Any]] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    regions: tuple[str, ...] = ("eu-west-1",)
    now: datetime = NOW
    another_type: bool = False
    of_each: frozenset[str] = frozenset()
    verdict: Deserved
    reason: str = ""
    why: str

    def told(self, sound: Mapping[str, Any]) -> dict[str, Any]:
        """What the account answers that the sound one does not."""
        return {
            **self.answers,
            **{name: with_changes(self.answers.get(name, sound.get(name)), to) for name, to in self.changed.items()},
        }


def judged_controls() -> list[str]:
    """The ids of the controls that have cases."""
    return sorted(path.stem for path in (HERE / "cases").glob("*.yaml"))


def cases_of(control: str) -> list[Case]:
    """The cases of a control; read when they are asked for, since collecting needs none of them."""
    entries = _content(HERE / "cases" / f"{control}.yaml")
    each: dict[str, Any] = next((entry["each"] for entry in entries if "each" in entry), {})
    return [
        Case.model_validate(with_each(written_out(entry, control), each))
        for entry in entries
        if not entry.keys() & {"sound", "each"}
    ]


def baseline() -> dict[str, Any]:
    """What the sound account answers, by `service:operation`."""
    told = {name: told for path in sorted((HERE / "baseline").glob("*.yaml")) for name, told in _content(path).items()}
    for path in sorted((HERE / "cases").glob("*.yaml")):
        for entry in _content(path):
            for operation, changes in changes_of(entry.get("sound", {}), path.stem).items():
                told[operation] = with_changes(told[operation], changes)
    return told


def sound_facts() -> dict[str, Any]:
    """The facts of the sound account, by name."""
    facts: dict[str, Any] = _content(HERE / SOUND_FACTS)
    return facts


def sound_for(control: str) -> dict[str, dict[str, Any]]:
    """What is otherwise in the sound account for one control: `facts` and `answers` that stand beside `- sound: {}`."""
    entries = [entry for entry in _content(HERE / "cases" / f"{control}.yaml") if "sound" in entry]
    return {
        part: {name: value for entry in entries for name, value in entry.get(part, {}).items()}
        for part in ("facts", "answers")
    }


def written_out(case: Mapping[str, Any], of_control: str) -> dict[str, Any]:
    """A case in all its words: what `entry` changes and where, and a verdict that stands before its reason."""
    words = dict(case)
    if "entry" in words:
        changed = words.pop("entry")
        words.setdefault("case", ", ".join(f"{path} {value}" for path, value in changed.items()))
        words["changed"] = changes_of(changed, of_control)
    for verdict in get_args(Deserved):
        if verdict in words:
            words |= {"verdict": verdict, "why": words.pop(verdict)}
    return words


def with_each(case: Mapping[str, Any], each: Mapping[str, Any]) -> dict[str, Any]:
    """A case with what all cases of its file have; a question that the case answers itself is answered so alone."""
    answers, changed = case.get("answers", {}), case.get("changed", {})
    changed_in_each = {name: to for name, to in each.get("changed", {}).items() if name not in answers}
    answered_in_each = {name: to for name, to in each.get("answers", {}).items() if name not in answers}
    return {
        **case,
        "answers": answered_in_each | answers,
        "changed": changed_in_each | {name: {**changed_in_each.get(name, {}), **to} for name, to in changed.items()},
        "facts": {**each.get("facts", {}), **case.get("facts", {})},
        "of_each": frozenset(answered_in_each.keys() | changed_in_each.keys()) - answers.keys() - changed.keys(),
    }


def changes_of(entry: Mapping[str, Any], of_control: str) -> dict[str, dict[str, Any]]:
    """What is other in each thing that a control speaks of, by the question that lists them and the path to there."""
    if not entry:
        return {}
    noun = CONTROLS[of_control].first_noun
    lists = DESCRIBED_BY.get(noun.noun) or noun.lists
    assert lists, f"{of_control}: its noun is listed by hand: say in DESCRIBED_BY what describes it, or use `changed`"
    operation, path = lists
    things = path if path.endswith("[]") else f"{path}[]"
    return {operation: {f"{things}.{inner}": value for inner, value in entry.items()}}


@cache
def _content(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def with_changes(told: Any, changes: Mapping[str, Any]) -> Any:
    """An answer, all its pages and forms, with other values at these paths."""
    told = deepcopy(told)
    for content in contents(told):
        for path, value in changes.items():
            _change(content, path.split("."), value)
    return told


def _change(entry: Any, steps: Sequence[str], value: Any) -> None:
    step, *rest = steps
    name = step.removesuffix("[]")
    if rest:
        inner = entry[name] if name else entry
        for each in inner if step.endswith("[]") else [inner]:
            _change(each, rest, value)
    elif value == GONE:
        del entry[name]
    else:
        entry[name] = value
