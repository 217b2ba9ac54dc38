"""The marks that redaction leaves, as controls read them."""

from __future__ import annotations

import re

MARK = re.compile(r"\[redacted (?P<what>[^\]]+) (?P<commitment>[0-9a-f]{16})\]")
SECRET = "secret: "  # noqa: S105  # a word that begins a mark, not a password
VALUE = "value"


def holds_secret(text: str) -> bool:
    """Whether a kept text had a recognised secret in it (a value that is merely never kept does not count)."""
    return any(mark["what"].startswith(SECRET) for mark in MARK.finditer(text))
