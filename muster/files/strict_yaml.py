"""Strict YAML: files that people write, with every problem told by file, line and field.

The text is plain YAML as `yaml.safe_load` reads it, less what has no place in a reviewed file: anchors, aliases, merge
keys, tags, duplicate keys, keys that are not text, nesting or size beyond any honest use, and values that YAML reads as
another structure than they look like (`misread`).
The structure is looked at as events, before anything is built, so a file made to explode is refused at its
first anchor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.constructor import SafeConstructor

from muster.errors import FileError
from muster.files.misread import misreading, remedy_of, swallowed_lines
from muster.files.problems import YamlPath, file_problems, keys_around

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_VALUE_LENGTH = 100
"""Numbers and dates longer than this are refused: YAML's base-60 numbers take quadratic time to read."""

_Loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

Model = TypeVar("Model", bound=BaseModel)


class _Mark(Protocol):
    line: int
    """From 0."""


@dataclass(frozen=True)
class YamlFile:
    """A YAML file that was read: its data, and line and column (from 1) of each key and list item.

    `swallowed` are the lines of a text under `>` or `|` that look like items or keys.
    """

    path: Path
    data: dict[str, object]
    places: dict[YamlPath, tuple[int, int]]
    swallowed: dict[YamlPath, list[tuple[int, str]]] = field(default_factory=dict)

    def place(self, path: YamlPath) -> tuple[int, int]:
        """Line and column of the path, or of the nearest thing around it that is in the file."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def line(self, path: YamlPath) -> int:
        """Line of the path, or of the nearest thing around it that is in the file."""
        return self.place(path)[0]

    def error(self, path: YamlPath, problem: str) -> FileError:
        """The problem as a `FileError` at the path's line, to be raised."""
        return FileError(self.path, problem, line=self.line(path), field=dotted(path))


def dotted(path: YamlPath) -> str:
    """The path as messages write it: `accounts.prod.role_arn`, `waivers.0.expires`."""
    return ".".join(str(part) for part in path)


def load(path: Path) -> YamlFile:
    """Read a YAML file whose top level is a mapping.

    Raises:
        FileError: the file cannot be read, or is not YAML of the strict kind; names the line if there is one.
    """
    text = _text(path)
    try:
        _refuse_structures(path, text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = _line(mark)
        said = error.problem or error.context or "it cannot be parsed"
        problem = f"not YAML: {said}{remedy_of(said)}"
        raise FileError(path, problem, line=line) from error
    except yaml.YAMLError as error:
        line = _line_of_bad_character(text, error)
        raise FileError(path, f"not YAML: {_first_line(error)}", line=line) from error
    if node is None:
        raise FileError(path, "the file is empty; expected a mapping of names to values")
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1
        problem = f"the top level is {_kind(node)}; expected a mapping of names to values"
        raise FileError(path, problem, line=line)
    return _Builder(path, text).document(node)


def validate(document: YamlFile, model: type[Model]) -> Model:
    """The document as the model.

    Raises:
        FileError: for the problem that comes first in the file, and how many more there are. What is missing comes
            after what is there: a misspelt key is both, and the misspelling tells more.
    """
    for path, lines in document.swallowed.items():
        _refuse_swallowed(document, path, lines, keys_around(model, path))
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        first, *others = sorted(
            file_problems(error, document.data, model),
            key=lambda problem: (problem.path not in document.places, document.place(problem.path)),
        )
        more = f" (and {len(others)} more)" if others else ""
        raise document.error(first.path, first.text + more) from error


def _refuse_swallowed(document: YamlFile, path: YamlPath, lines: list[tuple[int, str]], keys: Collection[str]) -> None:
    """Refuse a key of the mapping around a text, or a further item of its list, that has become part of the text."""
    for line, sign in lines:
        if sign in keys or (sign == "-" and isinstance(path[-1], int)):
            what = "an item" if sign == "-" else f"{sign}:"
            problem = f"{what} stands inside this text; move it to the left, or write the text in quotes"
            raise FileError(document.path, problem, line=line, field=dotted(path))


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        # A pipe would be waited for; nobody may ever write into it.
        raise FileError(path, "the file cannot be read: it is a folder, a pipe or a device; put a file there")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise FileError(path, "there is no such file; create it, or name another") from error
    except OSError as error:
        raise FileError(path, f"the file cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise FileError(path, f"the file is larger than {MAX_BYTES} bytes; split it or shorten it", line=1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(path, "not UTF-8 text; save the file as UTF-8", line=line) from error


def _refuse_structures(path: Path, text: str) -> None:
    """Refuse anchors, aliases, tags and deep nesting, on events, before a node of them exists."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.NodeEvent) and (problem := _structure(event, depth)) is not None:
            raise FileError(path, problem, line=_line(event.start_mark))


def _structure(event: yaml.NodeEvent, depth: int) -> str | None:
    """What a reviewed file has no place for in a node, in words."""
    if event.anchor is not None:
        sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
        return f"anchors and aliases are not taken ({sign}{event.anchor[:40]}); write the value out"
    tag = getattr(event, "tag", None)
    if tag is not None:
        return f"tags are not taken ({tag[:40]}); write a plain value, quoted where it is text"
    return f"nested deeper than {MAX_DEPTH} levels; flatten it" if depth > MAX_DEPTH else None


def _line_of_bad_character(text: str, error: yaml.YAMLError) -> int | None:
    position = getattr(error, "position", None)
    return text.encode()[:position].count(b"\n") + 1 if isinstance(position, int) else None


def _line(mark: _Mark | None) -> int | None:
    return mark.line + 1 if mark is not None else None


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "a mapping" if isinstance(node, yaml.MappingNode) else "a single value"


class _Builder:
    """Turns composed nodes into plain data, noting where each value stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._swallowed: dict[YamlPath, list[tuple[int, str]]] = {}
        self._scalars = SafeConstructor()
        self._places: dict[YamlPath, tuple[int, int]] = {}

    def document(self, root: yaml.MappingNode) -> YamlFile:
        self._note((), root)
        return YamlFile(self._path, self._mapping((), root), self._places, self._swallowed)

    def _note(self, path: YamlPath, node: yaml.Node) -> None:
        self._places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)

    def _value(self, path: YamlPath, node: yaml.Node) -> object:
        problem = misreading(self._text, node, is_item=bool(path) and isinstance(path[-1], int))
        if problem is not None:
            raise self._error(path, node, problem)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(path, node)
        if isinstance(node, yaml.SequenceNode):
            return list(self._items(path, node))
        return self._scalar(path, node)

    def _mapping(self, path: YamlPath, node: yaml.MappingNode) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self._key(path, key_node)
            if key in mapping:
                first = self._places[(*path, key)][0]
                problem = f'the key "{key}" stands here twice (first on line {first}); keep one'
                raise self._error((*path, key), key_node, problem)
            self._note((*path, key), key_node)
            mapping[key] = self._value((*path, key), value_node)
        return mapping

    def _key(self, path: YamlPath, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(path, node, f"a key is {_kind(node)}; expected text")
        if node.tag == "tag:yaml.org,2002:merge":
            raise self._error(path, node, "merge keys (<<) are not taken; write the values out")
        if node.tag != "tag:yaml.org,2002:str":
            written = node.value or "(nothing)"
            problem = f'the key {written[:40]} is not text to YAML; quote it: "{written[:40]}"'
            raise self._error(path, node, problem)
        return str(node.value)

    def _items(self, path: YamlPath, node: yaml.SequenceNode) -> Iterator[object]:
        for position, item in enumerate(node.value):
            self._note((*path, position), item)
            yield self._value((*path, position), item)

    def _scalar(self, path: YamlPath, node: yaml.Node) -> object:
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
            if swallowed := list(swallowed_lines(self._text, node)):
                self._swallowed[path] = swallowed
            return str(node.value)
        if len(node.value) > MAX_VALUE_LENGTH:
            raise self._error(path, node, f"longer than {MAX_VALUE_LENGTH} characters; quote it if it is text")
        try:
            value: object = self._scalars.construct_object(node, deep=True)
        except (ValueError, OverflowError, yaml.constructor.ConstructorError) as error:
            kind = node.tag.rpartition(":")[2]
            problem = f"{node.value} is no {kind} ({_first_line(error)}); correct it, or quote it"
            raise self._error(path, node, problem) from error
        return value

    def _error(self, path: YamlPath, node: yaml.Node, problem: str) -> FileError:
        return FileError(self._path, problem, line=node.start_mark.line + 1, field=dotted(path))
