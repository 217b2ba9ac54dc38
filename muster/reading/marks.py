"""The marks that redaction leaves, as controls read them."""

from __future__ import annotations

import re

MARK = re.compile(r"\[redacted (?P<what>[^\]]+) (?P<commitment>[0-9a-f]{16})\]")
SECRET = "secret: "  # noqa: S105  # a word that begins a mark, not a password
VALUE = "value"


def holds_secret(text: str) -> bool:
    """Whether a kept text had a recognised secret in it (a value that is merely never kept does not count)."""
    return any(mark["what"].startswith(SECRET) for mark in MARK.finditer(text))


def without_marks(text: str) -> str:
    """A kept text with the word `redacted` for each mark, for grammars in which the signs of a mark mean something."""
    return MARK.sub("redacted", text)
