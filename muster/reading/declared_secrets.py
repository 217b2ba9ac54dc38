"""The places of answers that are never kept: nouns write them into this table, redaction reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_PATHS: dict[str, dict[str, None]] = {}


def declare_secrets(paths: Mapping[str, Sequence[str]]) -> None:
    """Note, by `service:operation`, paths whose values are never kept (`functions[].environment.*`, `[].secret`)."""
    for operation, declared in paths.items():
        _PATHS.setdefault(operation, {}).update(dict.fromkeys(declared))


def secret_paths(operation: str) -> Sequence[str]:
    """The paths that were declared secret in the answer of `service:operation`."""
    return list(_PATHS.get(operation, ()))
