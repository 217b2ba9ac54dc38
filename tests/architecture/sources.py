"""The sources of the project, each read and parsed once for all that is said of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python_files(*rooms: str) -> list[Path]:
    """The Python files of these folders, in order."""
    return [path for room in rooms for path in _of_room(room)]


def places(rooms: tuple[str, ...], wrong: Callable[[Path], Iterator[object]]) -> list[str]:
    """What is wrong in the files of these folders, a line each that begins with the file's name."""
    return [f"{path.relative_to(ROOT)}: {each}" for path in python_files(*rooms) for each in wrong(path)]


@cache
def text_of(path: Path) -> str:
    """What stands in a file."""
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """What it means to Python; nobody may change it."""
    return ast.parse(text_of(path))


@cache
def _of_room(room: str) -> tuple[Path, ...]:
    found = tuple(sorted((ROOT / room).rglob("*.py")))
    assert found, f"{room} has no Python files: then nothing is said of it"
    return found
