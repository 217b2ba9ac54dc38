"""Values against annotations: what an answer gives is of the type that a noun says, or the answer is malformed.

Answers are plain JSON, so a time is made from its ISO 8601 text and a tuple from a list; nothing else is converted.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import Field, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from inspect import get_annotations
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from muster.errors import ControlError
from muster.judging.keys import Key, Mismatch, key_of, mismatch

Check = Callable[[Any], Any]
"""Gives a value back as its annotation has it; raises `Mismatch` for what is of another type."""

LISTS: dict[Any, Callable[[Iterable[Any]], Any]] = {
    list: list,
    Sequence: tuple,
    Collection: tuple,
    Iterable: tuple,
    set: set,
    frozenset: frozenset,
}


@cache
def check_of(annotation: Any) -> Check:
    """The check that an annotation stands for. Raises `ControlError` for an annotation that cannot be checked."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is None and not isinstance(annotation, TypeVar):
        return _plain(annotation)
    if origin is Literal:
        return _one_of(arguments)
    if origin is Annotated:
        return _converted(arguments[1], check_of(arguments[0]))
    checks = [check_of(each) for each in arguments if each is not ...]
    if origin in (Union, types.UnionType):
        return _any_of(checks)
    if origin is tuple:
        return _all(tuple, *checks) if ... in arguments else _row(checks)
    if origin in LISTS:
        return _all(LISTS[origin], *checks)
    if origin in (dict, Mapping):
        return _mapping(*checks)
    raise ControlError(f"the annotation {annotation} is none that a value can be checked against")


def _plain(annotation: Any) -> Check:
    kind = type(None) if annotation is None else annotation
    if kind in PLAIN:
        return PLAIN[kind]
    if not isinstance(kind, type) or getattr(kind, "_is_protocol", False):
        raise ControlError(f"the annotation {annotation} is none that a value can be checked against")
    return _instance(kind)


def _as_it_is(value: Any) -> Any:
    return value


def _exactly(kind: type, name: str) -> Check:
    def check(value: Any) -> Any:
        # True is an int to Python, and to nobody else.
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        raise mismatch(name, value)

    return check


def _instance(kind: type) -> Check:
    def check(value: Any) -> Any:
        if isinstance(value, kind):
            return value
        if isinstance(value, Mapping) and (build := _builder_of(kind)) is not None:
            return build(value)
        raise mismatch(kind.__name__, value)

    return check


@cache
def _builder_of(kind: type) -> Check | None:
    """What makes a dataclass out of an object, if each of its fields says by its key where it stands."""
    if not is_dataclass(kind) or any(key_of(each) is None for each in fields(kind)):
        return None
    members = field_checks(kind)
    return lambda entry: kind(**{each.name: each.checked(each.value_in(entry)) for each in members})


@dataclass(frozen=True)
class FieldCheck:
    """A field of a noun, or of a dataclass within one: where it stands in an answer, and its check."""

    label: str
    name: str
    key: Key | None
    check: Check

    def value_in(self, entry: Any) -> Any:
        """What an answer gives for it. Raises `Mismatch`."""
        assert self.key is not None
        return self._labelled(self.key.value_in, entry)

    def checked(self, value: Any) -> Any:
        """The value as the field's annotation has it. Raises `Mismatch`."""
        return self._labelled(self.check, value)

    def _labelled(self, check: Check, value: Any) -> Any:
        try:
            return check(value)
        except Mismatch as wrong:
            raise Mismatch(f"{self.label}: {wrong}") from None


def field_checks(kind: type) -> tuple[FieldCheck, ...]:
    """The fields that a dataclass is made with. Raises `ControlError` for one that cannot be checked."""
    hints = {name: hint for base in reversed(kind.__mro__) for name, hint in _annotations_of(base).items()}
    return tuple(_field_check(kind, each, hints[each.name]) for each in fields(kind) if each.init)


@cache
def _annotations_of(kind: type) -> dict[str, Any]:
    """The annotations of a class itself, worked out: those of a base are worked out once for all that stand on it."""
    if not is_dataclass(kind):
        return {}
    with _naming(kind):
        return get_annotations(kind, locals={kind.__name__: kind}, eval_str=True)


def hints_of(function: Callable[..., Any], owner: type) -> dict[str, Any]:
    """The annotations of a method, worked out. Raises `ControlError` where one names nothing."""
    with _naming(owner):
        return get_type_hints(function, localns={owner.__name__: owner}, include_extras=True)


@contextmanager
def _naming(kind: type) -> Iterator[None]:
    try:
        yield
    except NameError as error:
        raise ControlError(f"{kind.__module__}.{kind.__qualname__}: an annotation names nothing: {error}") from error


def _field_check(kind: type, member: Field[Any], annotation: Any) -> FieldCheck:
    label, key = f"{kind.__name__}.{member.name}", key_of(member)
    try:
        check = check_of(annotation)
    except ControlError as error:
        raise ControlError(f"{kind.__module__}.{label}: {error}") from None
    return FieldCheck(f"{label} ({key.path})" if key else label, member.name, key, check)


def _number(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise mismatch("a number", value)


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else _parsed(datetime.fromisoformat, value, "a time")
    if moment.tzinfo is None:
        raise mismatch("a time with its offset from UTC", value)
    return moment


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    return _parsed(date.fromisoformat, value, "a day")


T = TypeVar("T")


def _parsed(parse: Callable[[str], T], value: Any, name: str) -> T:
    if not isinstance(value, str):
        raise mismatch(name, value)
    try:
        return parse(value)
    except ValueError:
        raise mismatch(name, value) from None


def _one_of(values: Sequence[Any]) -> Check:
    known = {(type(value), value) for value in values}

    def check(value: Any) -> Any:
        if isinstance(value, str | int | bool | None) and (type(value), value) in known:
            return value
        raise mismatch(f"one of {', '.join(map(repr, values))}", value)

    return check


def _any_of(checks: Sequence[Check]) -> Check:
    def check(value: Any) -> Any:
        expected = []
        for each in checks:
            try:
                return each(value)
            except Mismatch as wrong:
                expected.append(str(wrong))
        raise mismatch(" or ".join(_wishes(expected)), value)

    return check


def _wishes(mismatches: Iterable[str]) -> Iterable[str]:
    """What was expected, without what was found, said once."""
    return dict.fromkeys(each.partition(", found ")[0].removeprefix("expected ") for each in mismatches)


def _all(make: Callable[[Iterable[Any]], Any], item: Check) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, list | tuple | set | frozenset):
            raise mismatch("a list", value)
        return make(value if item is _as_it_is else [item(each) for each in value])

    return check


def _row(items: Sequence[Check]) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(items):
            raise mismatch(f"a list of {len(items)}", value)
        return tuple(item(each) for item, each in zip(items, value, strict=True))

    return check


def _mapping(name: Check, item: Check) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise mismatch("an object", value)
        if item is _as_it_is:
            return value
        return {name(key): item(each) for key, each in value.items()}

    return check


def _converted(convert: Callable[[Any], Any], check: Check) -> Check:
    def converted(value: Any) -> Any:
        try:
            return check(convert(value))
        except (LookupError, TypeError, AttributeError) as error:
            raise Mismatch(f"malformed: {error!r}") from error

    return converted


PLAIN: dict[Any, Check] = {
    Any: _as_it_is,
    object: _as_it_is,
    str: _exactly(str, "text"),
    int: _exactly(int, "a whole number"),
    float: _number,
    bool: _exactly(bool, "true or false"),
    type(None): _exactly(type(None), "nothing"),
    datetime: _moment,
    date: _day,
}
