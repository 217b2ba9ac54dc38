"""The source of modules, cut into what is defined in them: what each piece says, and which names it uses."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from muster.errors import ControlError

_READS = ("read", "read_if_present")
# How an operation is spelled wherever it is written: `ec2:describe_vpcs`, `github:GET /orgs/{org}`,
# `github:QUERY OrganizationSettings`.
_OPERATION = re.compile(r"[a-z][a-z0-9-]*:(?:[a-z]+(?:_[a-z0-9]+)+|[A-Z]+ /\S*|QUERY [A-Z]\w*)")


@dataclass(frozen=True)
class Definition:
    """A piece of source: a function, a constant, a method, or a class without its methods.

    `names` are those it looks up in its module, `attributes` those that stand after a dot; `operations` are the
    questions that it asks, `service:operation`; `members` are a class's methods by name.
    """

    module: str
    name: str
    text: str
    names: frozenset[str]
    attributes: frozenset[str]
    operations: frozenset[str]
    members: dict[str, Definition]


@dataclass(frozen=True)
class Module:
    """What is defined at the top of a module, and what it imports: (module, name), without a name for a module."""

    name: str
    pieces: dict[str, Definition]
    imports: dict[str, tuple[str, str | None]]


@cache
def module_of(name: str) -> Module:
    """The module of this name, from its file. Raises `ControlError` where there is no source to read."""
    file = importlib.import_module(name).__file__
    if file is None:
        raise ControlError(f"{name} has no source: what rests on it cannot be told")
    text = Path(file).read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    pieces = {each: _piece(name, each, nodes, lines) for each, nodes in _by_name(tree.body).items()}
    return Module(name, pieces, dict(_imports(tree)))


def text_of(function: Callable[..., Any]) -> str:
    """The source of a function, as `inspect.getsource` gives it; that reads the file again, a token at a time."""
    module = sys.modules.get(function.__module__)
    if module is None or module.__file__ != function.__code__.co_filename:
        return inspect.getsource(function)
    known = module_of(module.__name__).pieces.get(function.__qualname__)
    return inspect.getsource(function) if known is None else f"{known.text}\n"


def _by_name(nodes: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """What defines each name: mostly one statement, several for an overloaded function or a table that grows."""
    found: dict[str, list[ast.stmt]] = {}
    for node in nodes:
        for name in _names_defined(node):
            found.setdefault(name, []).append(node)
    return found


def _names_defined(node: ast.stmt) -> set[str]:
    """The names that a statement gives a meaning to, or adds to the meaning of."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            return {name}
        case _:
            return set()


def _piece(module: str, name: str, statements: Sequence[ast.stmt], lines: Sequence[str]) -> Definition:
    nodes: list[ast.AST] = list(statements)
    members: dict[str, Definition] = {}
    match statements:
        case [ast.ClassDef() as of]:
            methods = _by_name(each for each in of.body if isinstance(each, ast.FunctionDef))
            members = {each: _piece(module, f"{name}.{each}", nodes, lines) for each, nodes in methods.items()}
            rest = (each for each in of.body if not isinstance(each, ast.FunctionDef))
            nodes = [*of.decorator_list, *of.bases, *of.keywords, *rest]
    names, attributes, operations = _used_in(nodes)
    text = "\n".join(_text(node, lines) for node in nodes)
    return Definition(module, name, text, frozenset(names), frozenset(attributes), frozenset(operations), members)


def _used_in(nodes: Iterable[ast.AST]) -> tuple[set[str], set[str], set[str]]:
    """The names, the attributes and the operations in these and all that stands in them.

    `ast.walk` takes five times as long, and sources are long: most nodes are names, attributes and constants.
    """
    names: set[str] = set()
    attributes: set[str] = set()
    operations: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node: Any = waiting.pop()
        kind = type(node)
        if kind is ast.Name:
            names.add(node.id)
        elif kind is ast.Attribute:
            attributes.add(node.attr)
            waiting.append(node.value)
        elif kind is ast.Constant:
            operations.update(_operations(node))
        else:
            if kind is ast.Call:
                operations.update(_operations(node))
            # What is no node, a text say, has no fields: to look is quicker than to ask of each whether it is one.
            for field in getattr(kind, "_fields", ()):
                value = getattr(node, field, None)
                if type(value) is list:
                    waiting += value
                elif value is not None:
                    waiting.append(value)
    return names, attributes, operations


def _text(node: ast.AST, lines: Sequence[str]) -> str:
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])  # type: ignore[attr-defined]
    return "\n".join(lines[first - 1 : node.end_lineno])  # type: ignore[attr-defined]


def _operations(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str(operation)), *_]) if attr in _READS:
            yield operation
        case ast.Constant(value=str(text)) if _OPERATION.fullmatch(text):
            yield text


def _imports(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str | None]]]:
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from ((each.asname or each.name, (module, each.name)) for each in names)
            case ast.Import(names=names):
                yield from ((each.asname, (each.name, None)) for each in names if each.asname)
