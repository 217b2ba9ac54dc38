"""The check that a parameter's override is of the kind of its default, and a number within its bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

from muster.errors import UsageError
from muster.files.problems import did_you_mean, shown
from muster.selection.bounds import Bounds, bounds_of


class ControlLike(Protocol):
    """What a profile has to know of a control: its id, and its parameters with their defaults."""

    @property
    def id(self) -> str:
        """The control's id."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """The default of each parameter by name."""


class ParameterError(UsageError):
    """A parameter that a control does not take as given; `path` leads from the override to the value."""

    def __init__(self, path: tuple[str | int, ...], problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(problem)


def checked_parameters(control: ControlLike, overrides: Mapping[str, object]) -> dict[str, object]:
    """The overrides in the types of the defaults: a list becomes a tuple, 1 becomes 1.0, where that is one.

    Raises:
        ParameterError: the control has no such parameter, its default is of another type, a number is out of bounds,
            or a list is empty whose default is not: the control would ask nothing.
    """
    for name in overrides:
        if name not in control.parameters:
            problem = f"{control.id} has no such parameter; {did_you_mean(name, list(control.parameters))}"
            raise ParameterError((name,), problem)
    checked = {name: _like(control.parameters[name], value, (name,)) for name, value in overrides.items()}
    for name, value in checked.items():
        default = control.parameters[name]
        if default and value in ((), [], frozenset(), set(), {}):
            raise ParameterError((name,), f"empty, so that nothing is asked; expected such as {_example(default)}")
        _refuse_out_of_bounds(value, bounds_of(name, default), (name,))
    return checked


def _refuse_out_of_bounds(value: object, bounds: Bounds, path: tuple[str | int, ...]) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_out_of_bounds(item, bounds, (*path, key))
    elif isinstance(value, list | tuple | frozenset | set):
        for position, item in enumerate(value):
            _refuse_out_of_bounds(item, bounds, (*path, position))
    elif type(value) in (int, float) and value not in bounds:
        raise ParameterError(path, f"{shown(value)} is out of bounds; expected {bounds}")


def _like(default: object, value: object, path: tuple[str | int, ...]) -> object:
    if default is None:
        return value
    if isinstance(default, list | tuple | frozenset | set):
        return _collection_like(default, value, path)
    if isinstance(default, dict):
        return _mapping_like(default, value, path)
    return _scalar_like([default], value, path)


def _collection_like(
    default: list[object] | tuple[object, ...] | frozenset[object] | set[object],
    value: object,
    path: tuple[str | int, ...],
) -> object:
    if not isinstance(value, list | tuple):
        raise ParameterError(path, f"{shown(value)} is not a list; expected one, such as {_example(default)}")
    samples = list(default)
    items = [_any_like(samples, item, (*path, position)) for position, item in enumerate(value)]
    return type(default)(items)


def _mapping_like(default: dict[str, object], value: object, path: tuple[str | int, ...]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ParameterError(path, f"{shown(value)} is not a mapping; expected one, such as {_example(default)}")
    samples = list(default.values())
    return {key: _any_like(samples, item, (*path, key)) for key, item in value.items()}


def _any_like(samples: list[object], value: object, path: tuple[str | int, ...]) -> object:
    """The value like one of the samples; of nested samples, all of one shape, the first speaks for all."""
    if not samples or None in samples:
        return value
    if isinstance(samples[0], list | tuple | frozenset | set | dict):
        return _like(samples[0], value, path)
    return _scalar_like(samples, value, path)


def _scalar_like(samples: list[object], value: object, path: tuple[str | int, ...]) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        raise ParameterError(path, f"{value} is a number that nothing can be compared with; expected a finite one")
    if any(type(value) is type(sample) for sample in samples):
        return value
    if type(value) is int and any(type(sample) is float for sample in samples):
        return float(value)
    hint = "; quote it" if isinstance(samples[0], str) and not isinstance(value, list | dict) else ""
    problem = f"{shown(value)} is not {_KINDS.get(type(samples[0]), type(samples[0]).__name__)}"
    raise ParameterError(path, f"{problem}; expected one, such as {_example(samples[0])}{hint}")


def _example(default: object) -> str:
    if isinstance(default, Mapping):
        return "{" + ", ".join(f"{key}: {_example(item)}" for key, item in list(default.items())[:2]) + "}"
    if isinstance(default, list | tuple | frozenset | set):
        return "[" + ", ".join(_example(item) for item in list(default)[:3]) + "]"
    return shown(default)


_KINDS: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


def is_looser(parameters: Mapping[str, object], than: Mapping[str, object]) -> bool:
    """Whether a limit, which its name calls the most (`max_…`) or the least (`min_…`) of something, lets more pass."""
    numbers = [
        (name, parameters[name], limit)
        for name, limit in than.items()
        if isinstance(limit, int | float) and not isinstance(limit, bool)
    ]
    return any(
        (name.startswith("max_") and value > limit) or (name.startswith("min_") and value < limit)
        for name, value, limit in numbers
        if isinstance(value, int | float)
    )
