"""JSON in which no object names a thing twice: of two readers of one that does, each may take another value."""

from __future__ import annotations

from typing import Any


class NamedTwice(ValueError):
    """An object of JSON names a thing twice; which is never quoted."""


def named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these names and values, as an `object_pairs_hook`. Raises `NamedTwice`.

    https://www.rfc-editor.org/rfc/rfc8259#section-4
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NamedTwice("an object in it names a thing twice")
    return found
