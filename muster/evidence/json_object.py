"""A JSON file of a run folder, read as what every reader reads in it, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from muster.errors import BadEvidence
from muster.evidence.plain_files import MOST_BYTES, read_plain


def read_object(folder: Path, name: str, *, at_most: int = MOST_BYTES) -> dict[str, Any]:
    """The JSON object in a plain file of a folder.

    Raises FileNotFoundError where there is no such file, OSError where the system says no, and `BadEvidence` where it
    is no plain file or holds no JSON object.
    """
    try:
        return parse_object(read_plain(folder, name, at_most=at_most))
    except ValueError as error:
        raise BadEvidence(f"{name}: {error}") from error


def parse_object(text: bytes) -> dict[str, Any]:
    """The JSON object that a text holds.

    Raises ValueError where it holds none: one that is nested too deep, names a thing twice (two readers would not read
    the same), or has a number that JSON does not have.
    """
    try:
        found = json.loads(text.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 (at byte {error.start:,})") from error
    if not isinstance(found, dict):
        raise ValueError(f"it holds no JSON object, but {_KINDS[type(found)]}")
    return found


_KINDS = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "a truth value", type(None): "null"}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in it twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
