"""Answers that lack a key, or have a value of another type: every such change of an answer, once a shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]

GONE = "gone"
WHOLE = "the whole"
# A value of another type than the API's, which Python takes for true, or for a member of many a list.
OTHER: dict[type, Any] = {
    bool: "false",
    str: {"Value": "another shape"},
    int: "1",
    float: "1.0",
    list: {"Value": "no list"},
    dict: "no structure",
}


@dataclass(frozen=True)
class ChangedAnswer:
    """An answer that was changed: where, as nouns write it (`Vpcs[].VpcId`), what was done, and what it is now."""

    where: str
    done: str
    content: Any

    def __str__(self) -> str:
        return f"{self.where} {self.done}"


def changes(content: Any) -> Iterator[ChangedAnswer]:
    """The answer with each of its keys gone, and with each of another type.

    The whole is changed too, into a structure where it is a list and the other way. Members of a list have one shape:
    each is changed in all members that have it at once, and a key is taken from the last member alone, too.
    """
    yield ChangedAnswer(WHOLE, "of another type", {} if isinstance(content, list) else [])
    of_shape: defaultdict[str, list[Path]] = defaultdict(list)
    for path in _paths(content):
        of_shape[_shape(path)].append(path)
    for shape, paths in of_shape.items():
        last = paths[-1]
        if isinstance(last[-1], str):
            yield ChangedAnswer(shape, GONE, _changed(content, paths, None, gone=True))
            if len(paths) > 1:
                yield ChangedAnswer(shape, f"{GONE} in one", _changed(content, [last], None, gone=True))
        other = OTHER.get(type(_at(content, last)))
        if other is not None:
            yield ChangedAnswer(shape, f"as {type(other).__name__}", _changed(content, paths, other))


def _shape(path: Path) -> str:
    """A path without the positions in lists: `Vpcs[].VpcId`; a list that is the whole answer is `[]`."""
    return ".".join("[]" if isinstance(step, int) else step for step in path).replace(".[]", "[]")


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


def _changed(content: Any, paths: Sequence[Path], value: Any, *, gone: bool = False) -> Any:
    for path in paths:
        content = _with(content, path, value, gone=gone)
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
