"""One word for one thing: what is public has a name that nothing else has."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.sources import ROOT, python_files, tree_of

# What each of its kind has, so that it can be found: the doors of a program, a command's parts, the hooks of pytest.
EVERY_ONE_HAS = {"main", "add_parser", "run"}


def public_names(path: Path) -> Iterator[tuple[str, str]]:
    """The classes, names of types and functions that a file defines for others: which of these it is, and its name."""
    for node in tree_of(path).body:
        match node:
            case ast.ClassDef(name=name):
                yield "type", name
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_type_name(name) and not is_variable(value):
                yield "type", name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not name.startswith("pytest_"):
                yield "function", name


def is_type_name(name: str) -> bool:
    return name[0].isupper() and name != name.upper()


def is_variable(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "TypeVar"


@cache
def defined(wanted: str, *, without: str = "") -> dict[str, set[str]]:
    """The files that define each public name."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in python_files("muster", "fixtures", "reports"):
        if without not in path.parts:
            for kind, name in public_names(path):
                if kind == wanted and not name.startswith("_"):
                    found[name].add(path.relative_to(ROOT).as_posix())
    return found


def test_no_two_types_have_one_name() -> None:
    """One that belongs to a noun takes the noun's name before its own: `KeyMetadata`, not `Metadata`."""
    assert {name: paths for name, paths in defined("type").items() if len(paths) > 1} == {}


def test_no_two_functions_have_one_name() -> None:
    """Seeds are left out: each service makes its own `cluster`, and nobody sees two of them together."""
    twice = {name: paths for name, paths in defined("function", without="sandbox").items() if len(paths) > 1}

    assert {name: paths for name, paths in twice.items() if name not in EVERY_ONE_HAS} == {}


def test_what_each_of_its_kind_has_is_had_by_several() -> None:
    assert {name for name in EVERY_ONE_HAS if len(defined("function").get(name, ())) < 2} == set()
