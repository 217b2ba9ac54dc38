"""Answers made from botocore's model: what an operation answers where it answers everything that it knows."""

from __future__ import annotations

from typing import Any

from tests.hostile.shapes import output_shape

DEEPEST = 6
PLAIN: dict[str, Any] = {
    "boolean": True,
    "integer": 1,
    "long": 1,
    "float": 0.5,
    "double": 0.5,
    "timestamp": "2026-11-23T12:00:00Z",
    "blob": "",
}


def full_answer(operation: str) -> Any:
    """An answer of `service:operation` with every member, a list with one entry each."""
    return _example(output_shape(operation), DEEPEST)


def _example(shape: Any, depth: int) -> Any:
    match shape.type_name:
        case "structure":
            return {name: _example(member, depth - 1) for name, member in shape.members.items() if depth}
        case "list":
            return [_example(shape.member, depth)] if depth else []
        case "map":
            return {}
        case "string":
            return shape.enum[0] if shape.enum else "text"
        case kind:
            return PLAIN[kind]
