"""Where in an answer a field stands: `key("A.b")`, and what it means if it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field
from typing import Any

from muster.errors import Malformed

_METADATA = "key"
_REQUIRED = object()
_LONGEST_VALUE = 80


class Mismatch(Malformed):
    """A value of another type than its annotation, or a key that is not there."""


class Absent(Mismatch):
    """A key that the answer does not have."""


@dataclass(frozen=True)
class Key:
    """The place of a field in an entry of an answer, and its value where the API leaves the key out."""

    path: str
    absent: Any = _REQUIRED

    def value_in(self, entry: Any) -> Any:
        """The value at the place. Raises `Mismatch` where there is none."""
        try:
            return at(entry, self.path)
        except Absent:
            if self.absent is _REQUIRED:
                raise
            return self.absent


def key(path: str, *, absent: Any = _REQUIRED) -> Any:
    """A field of a noun, or of a dataclass within one, that an answer gives.

    `path` leads to it: `Encrypted`, `State.Name`, and with `[]` through a list, `Filters[].Name`. `absent` is the
    field's value where the API documents what it means that the key is left out; without it, that is an error.
    """
    return field(metadata={_METADATA: Key(path, absent)})


def key_of(of: Field[Any]) -> Key | None:
    """The key that a dataclass's field was declared with."""
    return of.metadata.get(_METADATA)


def at(entry: Any, path: str) -> Any:
    """What stands at the path. Raises `Absent` for a key that is missing, `Mismatch` for an entry of another shape.

    A key that is missing inside a list is a `Mismatch`: no field's absence speaks of it.
    """
    step, _, rest = path.partition(".")
    name = step.removesuffix("[]")
    if not isinstance(entry, Mapping):
        raise mismatch(f"an object with {name}", entry)
    if name not in entry:
        raise Absent(f"{name} is missing")
    value = entry[name]
    if not step.endswith("[]"):
        return at(value, rest) if rest else value
    if not isinstance(value, list):
        raise mismatch(f"{name} to be a list", value)
    return [found for item in value for found in _each(item, rest)] if rest else value


def _each(item: Any, rest: str) -> list[Any]:
    try:
        found = at(item, rest)
    except Absent as absent:
        raise Mismatch(str(absent)) from None
    return found if "[]" in rest else [found]


def mismatch(expected: str, value: Any) -> Mismatch:
    """What was expected, and what is there."""
    return Mismatch(f"expected {expected}, found {shown(value)}")


def shown(value: Any) -> str:
    """A value as a reason shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
