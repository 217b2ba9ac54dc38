"""What a verdict rests on: the control's function, the nouns it is given, and what they use of the code beside them.

Found in the source, by names: of a class its fields and those methods that the rest of what was found names after a
dot; of a module what is looked up in it. A name too many does no harm, it only says that a little more is rested on;
what is reached by a text (`getattr(noun, name)`) is not seen. The engine itself is left out: it is the same for all.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from muster.errors import ControlError
from muster.judging.control import Control
from muster.judging.source import Definition, Module, module_of

# What of a class is used without its name after a dot.
_BY_THE_ENGINE = ("list_in", "asked_by")


@dataclass(frozen=True)
class Closure:
    """All source that a verdict rests on, by its full name, and every question (`service:operation`) it may ask."""

    sources: Mapping[str, str]
    operations: frozenset[str]

    @cached_property
    def sha256(self) -> str:
        """A hash of all of it: that of the JSON object of the sources, keys sorted."""
        told = (f"{_as_json(name)}: {_as_json(text)}" for name, text in sorted(self.sources.items()))
        return hashlib.sha256(f"{{{', '.join(told)}}}".encode()).hexdigest()


# Most of what one control rests on others rest on, too.
_as_json = cache(json.dumps)


def closure_of(control: Control) -> Closure:
    """What a control's verdicts rest on. Raises `ControlError` where a source cannot be read."""
    function = control.function
    nouns = ((noun.__module__, noun.__qualname__) for noun in control.arguments.values())
    return _closure_of(((function.__module__, function.__name__), *nouns))


@cache
def _closure_of(roots: tuple[tuple[str, str], ...]) -> Closure:
    packages = frozenset(module.partition(".")[0] for module, _ in roots)
    pieces = _Search(packages).of([_root(module, name, packages) for module, name in roots])
    return Closure(
        {f"{piece.module}.{piece.name}": piece.text for piece in pieces},
        frozenset(operation for piece in pieces for operation in piece.operations),
    )


def _root(module: str, name: str, packages: frozenset[str]) -> Definition:
    meant = _meant(module, name, packages)
    if not isinstance(meant, Definition) or (meant.module, meant.name) != (module, name):
        raise ControlError(f"{module}.{name} has no source: what rests on it cannot be told")
    return meant


def operations_of(controls: Iterable[Control]) -> frozenset[str]:
    """Every question that these controls may ask."""
    return frozenset(operation for control in controls for operation in closure_of(control).operations)


class _Search:
    """Finds what is used, in the houses `packages`; what nothing named yet is kept by its name until something does."""

    def __init__(self, packages: frozenset[str]) -> None:
        self._packages = packages
        self._found: dict[tuple[str, str], Definition] = {}
        self._attributes: set[str] = set()
        self._modules: set[str] = set()
        self._unnamed: dict[str, list[Definition]] = {}

    def of(self, pieces: Iterable[Definition]) -> Collection[Definition]:
        """These and all that they use, directly or not."""
        waiting = list(pieces)
        while waiting:
            piece = waiting.pop()
            if (piece.module, piece.name) in self._found:
                continue
            self._found[piece.module, piece.name] = piece
            for meant in _uses(piece.module, piece.names, self._packages):
                waiting += [meant] if isinstance(meant, Definition) else self._opened(meant)
            waiting += self._named(piece.attributes)
            waiting += [each for name, each in piece.members.items() if self._is_used(name, each)]
        return self._found.values()

    def _opened(self, module: Module) -> list[Definition]:
        """What is looked up in a module that is known by its own name."""
        if module.name in self._modules:
            return []
        self._modules.add(module.name)
        return [each for name, each in module.pieces.items() if self._is_named(name, each)]

    def _named(self, attributes: frozenset[str]) -> Iterator[Definition]:
        """What goes by these names in the classes and modules that were found before."""
        for name in attributes - self._attributes:
            self._attributes.add(name)
            yield from self._unnamed.pop(name, ())

    def _is_used(self, name: str, member: Definition) -> bool:
        return name in _BY_THE_ENGINE or name.startswith("__") or self._is_named(name, member)

    def _is_named(self, name: str, piece: Definition) -> bool:
        if name not in self._attributes:
            self._unnamed.setdefault(name, []).append(piece)
        return name in self._attributes


@cache
def _uses(module: str, names: frozenset[str], packages: frozenset[str]) -> tuple[Definition | Module, ...]:
    """What these names stand for in a module, where that is in one of the houses."""
    every = (_meant(module, name, packages) for name in names)
    return tuple(meant for meant in every if meant is not None)


def _meant(module: str, name: str | None, packages: frozenset[str]) -> Definition | Module | None:
    """What a name stands for in a module: a piece, or a module where it is one or there is no name."""
    if module.partition(".")[0] not in packages:
        return None
    known = module_of(module)
    if name is None:
        return known
    if name in known.pieces:
        return known.pieces[name]
    if name in known.imports:
        return _meant(*known.imports[name], packages)
    return module_of(f"{module}.{name}") if f"{module}.{name}" in sys.modules else None
