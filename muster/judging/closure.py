"""What a verdict rests on: the control's function, the nouns it is given, and what they use of the code beside them.

Found in the source, by names: of a class its fields and those methods that the rest of what was found names after a
dot; of a module what is looked up in it. A name too many does no harm, it only says that a little more is rested on;
what is reached by a text (`getattr(noun, name)`) is not seen. The engine itself is left out: it is the same for all.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
        return hashlib.sha256(json.dumps(self.sources, sort_keys=True).encode()).hexdigest()


def closure_of(control: Control) -> Closure:
    """What a control's verdicts rest on. Raises `ControlError` where a source cannot be read."""
    function = control.function
    nouns = ((noun.__module__, noun.__qualname__) for noun in control.arguments.values())
    return _closure_of(((function.__module__, function.__name__), *nouns))


@cache
def _closure_of(roots: tuple[tuple[str, str], ...]) -> Closure:
    search = _Search(frozenset(module.partition(".")[0] for module, _ in roots))
    for module, name in roots:
        search.define(module, name)
        if (module, name) not in search.found:
            raise ControlError(f"{module}.{name} has no source: what rests on it cannot be told")
    pieces = search.found.values()
    return Closure(
        {f"{piece.module}.{piece.name}": piece.text for piece in pieces},
        frozenset(operation for piece in pieces for operation in piece.operations),
    )


def operations_of(controls: Iterable[Control]) -> frozenset[str]:
    """Every question that these controls may ask."""
    return frozenset(operation for control in controls for operation in closure_of(control).operations)


@dataclass
class _Search:
    """What was found so far. `packages` are the houses that are looked into, those of the control and its nouns."""

    packages: frozenset[str]
    found: dict[tuple[str, str], Definition] = field(default_factory=dict)
    attributes: set[str] = field(default_factory=set)
    modules: dict[str, Module] = field(default_factory=dict)

    def define(self, module: str, name: str | None) -> None:
        """Take in what a name stands for in a module, and all that it uses in turn."""
        if module.partition(".")[0] not in self.packages:
            return
        known = module_of(module)
        if name is None:
            self._open(known)
        elif name in known.pieces:
            self._take(known.pieces[name])
        elif name in known.imports:
            self.define(*known.imports[name])
        elif f"{module}.{name}" in sys.modules:
            self._open(module_of(f"{module}.{name}"))

    def _take(self, piece: Definition) -> None:
        if (piece.module, piece.name) in self.found:
            return
        self.found[piece.module, piece.name] = piece
        for name in sorted(piece.names):
            self.define(piece.module, name)
        for attribute in sorted(piece.attributes - self.attributes):
            self._see(attribute)
        for name, member in piece.members.items():
            if name in self.attributes or name in _BY_THE_ENGINE or name.startswith("__"):
                self._take(member)

    def _see(self, attribute: str) -> None:
        """Take in what goes by this name in the classes and modules that were found before it."""
        self.attributes.add(attribute)
        for piece in list(self.found.values()):
            if attribute in piece.members:
                self._take(piece.members[attribute])
        for module in list(self.modules.values()):
            if attribute in module.pieces:
                self._take(module.pieces[attribute])

    def _open(self, module: Module) -> None:
        """Take in what is looked up in a module that is known by its own name."""
        if module.name not in self.modules:
            self.modules[module.name] = module
            for name in sorted(module.pieces.keys() & self.attributes):
                self._take(module.pieces[name])
