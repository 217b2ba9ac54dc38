"""What pydantic found wrong with a file's data, in plain words and at the place a reader would look."""

from __future__ import annotations

import difflib
import types
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

YamlPath = tuple[str | int, ...]
"""Where a value stands in a file: mapping keys and list positions (from 0), outermost first."""

NOT_IN_FILE: dict[str, Any] = {"in_file": False}
"""`json_schema_extra` of a field that is filled in by the reader and is no key of the file."""

_PLACED = "placed_problem"
_SHOWN_LENGTH = 80
_SHOWN_NAMES = 12


class FileProblem(NamedTuple):
    """One thing wrong: where, and what is wrong with what was expected."""

    path: YamlPath
    text: str


def problem_at(path: YamlPath, text: str) -> PydanticCustomError:
    """A problem to raise in a validator that stands at `path` beneath the validated value."""
    return PydanticCustomError(_PLACED, "{text}", {"text": text, "at": path})


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The nearest known word as a question, or the known words where none is near."""
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    names = sorted(known)
    if not names:
        return "none is known"
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"known: {', '.join(names[:_SHOWN_NAMES])}{more}"


def shown(value: object) -> str:
    """The value as a message shows it: text in quotes, lists and mappings by kind, long text cut."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= _SHOWN_LENGTH else f'"{value[:_SHOWN_LENGTH]}…"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    return value.isoformat() if isinstance(value, date) else str(value)[:_SHOWN_LENGTH]


def file_problems(error: ValidationError, data: object, model: type[BaseModel]) -> list[FileProblem]:
    """Every problem of the validation, each at a path of `data` (or just beneath, where it is missing)."""
    return [_problem(details, data, model) for details in error.errors(include_url=False)]


def _problem(details: ErrorDetails, data: object, model: type[BaseModel]) -> FileProblem:
    context = details.get("ctx", {})
    if details["type"] == _PLACED:
        return FileProblem((*_path(details, data), *context["at"]), context["text"])
    path = _path(details, data)
    if details["type"] == "extra_forbidden":
        return FileProblem(path, _unknown_key(details["loc"], model))
    if details["type"] == "value_error":
        return FileProblem(path, str(context["error"]))
    words = _WORDS.get(details["type"])
    if words is not None:
        return FileProblem(path, words(details["input"], context))
    return FileProblem(
        path, f"{shown(details['input'])} is not taken: {details['msg'][:1].lower()}{details['msg'][1:]}"
    )


def _path(details: ErrorDetails, data: object) -> YamlPath:
    """Pydantic's location without what it adds of its own (union tags, `[key]`), walked along the data."""
    path: list[str | int] = []
    for part in details["loc"]:
        found, inner = _inside(data, part)
        if found:
            path.append(part)
            data = inner
    if details["type"] == "missing":
        path.append(details["loc"][-1])
    return tuple(path)


def _inside(data: object, part: str | int) -> tuple[bool, object]:
    if isinstance(data, dict) and part in data:
        return True, data[part]
    if isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
        return True, data[part]
    return False, None


def _unknown_key(loc: tuple[str | int, ...], model: type[BaseModel]) -> str:
    owner = _model_at(model, loc[:-1]) or model
    keys = [name for name, field in owner.model_fields.items() if field.json_schema_extra is not NOT_IN_FILE]
    return f"not a key of {owner.model_config.get('title', 'this mapping')}; {did_you_mean(str(loc[-1]), keys)}"


def keys_around(model: type[BaseModel], path: YamlPath) -> Collection[str]:
    """The keys of the innermost mapping around a value; none where its model is one of several."""
    for end in range(len(path) - 1, -1, -1):
        owner = _model_at(model, path[:end])
        if owner is not None:
            return owner.model_fields
    return ()


def _model_at(annotation: Any, loc: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model that judges the value at `loc`, found by walking the annotations from the outermost model."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _model_at(arguments[0], loc)
    if origin in (Union, types.UnionType):
        return _model_in_union(arguments, loc)
    if origin in (tuple, dict):
        return _model_at(arguments[0 if origin is tuple else 1], loc[1:]) if loc else None
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return None
    if not loc:
        return annotation
    field = annotation.model_fields.get(str(loc[0]))
    return _model_at(field.annotation, loc[1:]) if field is not None else None


def _model_in_union(members: tuple[Any, ...], loc: tuple[str | int, ...]) -> type[BaseModel] | None:
    for member in members:
        tags = [mark.tag for mark in getattr(member, "__metadata__", ()) if isinstance(mark, Tag)]
        if tags and (not loc or loc[0] != tags[0]):
            continue
        found = _model_at(member, loc[1:] if tags else loc)
        if found is not None:
            return found
    return None


def _not_text(value: object, context: Mapping[str, Any]) -> str:
    if value is None:
        return "empty; expected text"
    if isinstance(value, list | dict):
        return f"{shown(value)} stands where text is expected"
    return f"{shown(value)} is not text to YAML; quote it"


def _not_mapping(value: object, context: Mapping[str, Any]) -> str:
    return f"{shown(value)} stands where a mapping (key: value) is expected"


def _not_list(value: object, context: Mapping[str, Any]) -> str:
    return f"{shown(value)} stands where a list is expected; write [one, two], or a line with a dash for each"


def _not_whole(value: object, context: Mapping[str, Any]) -> str:
    return f"{shown(value)} is not a whole number"


def _not_number(value: object, context: Mapping[str, Any]) -> str:
    return f"{shown(value)} is not a number that can be counted with"


def _out_of_range(value: object, context: Mapping[str, Any]) -> str:
    signs = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
    bounds = " and ".join(f"{words} {context[key]:g}" for key, words in signs.items() if key in context)
    return f"{shown(value)} is out of range; expected {bounds}"


def _too_short(value: object, context: Mapping[str, Any]) -> str:
    if isinstance(value, str):
        return f"{shown(value)} is too short; expected at least {context['min_length']} characters"
    return f"too few entries; expected at least {context['min_length']}"


_WORDS: dict[str, Callable[[object, Mapping[str, Any]], str]] = {
    "missing": lambda value, context: "missing; add it",
    "string_type": _not_text,
    "model_type": _not_mapping,
    "dict_type": _not_mapping,
    "tuple_type": _not_list,
    "int_type": _not_whole,
    "int_from_float": _not_whole,
    "float_type": _not_number,
    "finite_number": _not_number,
    "greater_than": _out_of_range,
    "greater_than_equal": _out_of_range,
    "less_than": _out_of_range,
    "less_than_equal": _out_of_range,
    "string_too_short": _too_short,
    "too_short": _too_short,
}
