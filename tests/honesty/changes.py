"""Answers that lack a key, or have a value of another type: every such change of an answer, once a shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

# A value of another type than the API's, which Python takes for true, or for a member of many a list.
OTHER: dict[type, Any] = {
    bool: "false",
    str: {"Value": "another shape"},
    int: "1",
    float: "1.0",
    list: {"Value": "no list"},
    dict: "no structure",
}


def changed(content: Any) -> Iterator[tuple[str, Any]]:
    """The answer with each of its keys gone, and with each of another type, and what was done to it.

    The whole is changed too, into a structure where it is a list and the other way. Members of a list have one shape:
    of every shape the last member that has it is changed.
    """
    yield "the whole", {} if isinstance(content, list) else []
    for path in {shape(path): path for path in _paths(content)}.values():
        named = ".".join(map(str, shape(path)))
        if isinstance(path[-1], str):
            yield f"{named} gone", _with(content, path, None, gone=True)
        value = _at(content, path)
        if type(value) in OTHER:
            yield f"{named} as {type(OTHER[type(value)]).__name__}", _with(content, path, OTHER[type(value)])


def shape(path: Path) -> tuple[str, ...]:
    """A path without the positions in lists."""
    return tuple("[]" if isinstance(step, int) else step for step in path)


def _paths(content: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for step, item in items:
        yield from _paths(item, (*path, step))


def _at(content: Any, path: Path) -> Any:
    for step in path:
        content = content[step]
    return content


def _with(content: Any, path: Path, value: Any, *, gone: bool = False) -> Any:
    step, *rest = path
    copied = dict(content) if isinstance(content, dict) else list(content)
    if rest:
        copied[step] = _with(content[step], tuple(rest), value, gone=gone)  # type: ignore[index]  # dict or list, by its path
    elif gone:
        del copied[step]  # type: ignore[arg-type]
    else:
        copied[step] = value  # type: ignore[index]
    return copied
