"""Where in an answer a field stands: `key("A.b")`, and what it means if it is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field
from functools import cached_property
from typing import Any

from muster.errors import ControlError, Malformed

_METADATA = "key"
_REQUIRED = object()
_STEP = re.compile(r"(?P<name>[\w-]+)(?P<list>\[\])?(?P<optional>\?)?")
_LONGEST_VALUE = 80


class Mismatch(Malformed):
    """A value of another type than its annotation, or a key that is not there."""


class Absent(Mismatch):
    """A key that the answer does not have, and that it may leave out."""


@dataclass(frozen=True)
class Step:
    """A step of a path: a key, whether a list stands there that is gone through, and whether it may be left out."""

    name: str
    is_list: bool
    is_optional: bool


@dataclass(frozen=True)
class Key:
    """The place of a field in an entry of an answer, and its value where the API leaves the key out."""

    path: str
    absent: Any = _REQUIRED

    @cached_property
    def steps(self) -> Sequence[Step]:
        """The steps of the path; with `absent`, the last key may be left out if none is marked."""
        steps = steps_of(self.path)
        if self.absent is _REQUIRED or any(step.is_optional for step in steps):
            return steps
        last = max(number for number in range(len(steps)) if not any(step.is_list for step in steps[:number]))
        return [Step(step.name, step.is_list, number == last) for number, step in enumerate(steps)]

    def value_in(self, entry: Any) -> Any:
        """The value at the place. Raises `Mismatch` where there is none."""
        try:
            return at(entry, self.steps)
        except Absent:
            return self.absent


def key(path: str, *, absent: Any = _REQUIRED) -> Any:
    """A field of a noun, or of a dataclass within one, that an answer gives.

    `path` leads to it: `Encrypted`, `State.Name`, and with `[]` through a list, `Filters[].Name`. `absent` is the
    field's value where the API documents what it means that the last key of the path is left out; without it, that is
    an error. Where another key may be left out, or several, they are marked: `LoggingEnabled?.TargetBucket`.
    """
    declared = Key(path, absent)
    if absent is _REQUIRED and any(step.is_optional for step in declared.steps):
        raise ControlError(f"key({path!r}): what does it mean if it is left out? absent=…")
    return field(metadata={_METADATA: declared})


def key_of(of: Field[Any]) -> Key | None:
    """The key that a dataclass's field was declared with."""
    return of.metadata.get(_METADATA)


def steps_of(path: str) -> Sequence[Step]:
    """A path as steps. Raises `ControlError` for what is none."""
    found = [_STEP.fullmatch(step) for step in path.split(".")]
    if None in found:
        raise ControlError(f"{path!r} is no path of keys; expected A.b, A[].b or A?.b")
    return [Step(step["name"], step["list"] is not None, step["optional"] is not None) for step in found if step]


def at(entry: Any, steps: Sequence[Step]) -> Any:
    """What stands at the end of the steps, through lists a list of all.

    Raises `Absent` where a key is left out that may be, `Mismatch` for an entry of another shape.
    """
    found = entry
    for number, step in enumerate(steps, start=1):
        if not isinstance(found, Mapping):
            raise mismatch(f"an object with {step.name}", found)
        if step.name not in found:
            raise (Absent if step.is_optional else Mismatch)(f"{step.name} is missing")
        found = found[step.name]
        if step.is_list:
            return _of_each(found, step, steps[number:])
    return found


def _of_each(items: Any, of: Step, steps: Sequence[Step]) -> list[Any]:
    if not isinstance(items, list):
        raise mismatch(f"{of.name} to be a list", items)
    found = [at(item, steps) for item in items] if steps else items
    return [each for part in found for each in part] if any(step.is_list for step in steps) else found


def mismatch(expected: str, value: Any) -> Mismatch:
    """What was expected, and what is there."""
    return Mismatch(f"expected {expected}, found {shown_value(value)}")


def shown_value(value: Any) -> str:
    """A value as a reason shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
