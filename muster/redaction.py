"""Redaction: secrets are taken out of an answer before it is hashed, kept, or seen by a noun.

What is taken out leaves a mark that tells what it was and a keyed hash, so that equal values can be told from different
ones without being known. Controls judge by the mark; so a replay, which has nothing else, judges the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from muster.reads import Call
from muster.redacted import MARK, SECRET, VALUE
from muster.resource import NOUNS

# Entropy and keyword detectors take every hash and every sentence about passwords for a secret; addresses are none.
TOO_EAGER = {"Base64 High Entropy String", "Hex High Entropy String", "Secret Keyword", "Public IP (ipv4)"}
SHORTEST_SECRET = 8
TOKEN_CHARACTER = re.compile(r"[^\s\"'<>,;]")
KEY_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----.*?(-----END [A-Z0-9 ]*-----|\Z)", re.DOTALL)


class Redactor:
    """Redacts answers: declared paths wholly, and recognised secrets wherever they stand.

    `key` makes the hashes of a run (or of an organization that keeps its key) comparable, and no others.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._text = lru_cache(maxsize=50_000)(self._redact_text)

    def __call__(self, call: Call, content: Any) -> Any:
        """The answer's content without its secrets."""
        for path in secret_paths(call.name):
            content = _at_path(content, path.replace("[]", ".[]").split("."), self._value)
        return self._everywhere(content)

    def _everywhere(self, content: Any) -> Any:
        match content:
            case str():
                return self._text(content) if len(content) >= SHORTEST_SECRET else content
            case dict():
                return {name: self._everywhere(item) for name, item in content.items()}
            case list():
                return [self._everywhere(item) for item in content]
            case _:
                return content

    def _value(self, value: Any) -> Any:
        if not isinstance(value, str) or not value:
            return value
        kind = f"{SECRET}Private Key" if KEY_BLOCK.search(value) else None
        kind = kind or next((f"{SECRET}{kind}" for kind, _ in _secrets_in(value)), VALUE)
        return self._mark(kind, value)

    def _redact_text(self, text: str) -> str:
        text = KEY_BLOCK.sub(lambda block: self._mark(f"{SECRET}Private Key", block.group()), text)
        for kind, secret in list(_secrets_in(text)):
            if not MARK.search(secret):
                text = text.replace(secret, self._mark(f"{SECRET}{kind}", secret))
        return text

    def _mark(self, what: str, value: str) -> str:
        return f"[redacted {what} {hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:16]}]"


def secret_paths(name: str) -> Sequence[str]:
    """The paths that nouns declare to be secret in the answer of `service:operation`."""
    return [path for noun in NOUNS.values() for path in noun.secrets.get(name, ())]


def _secrets_in(text: str) -> Iterator[tuple[str, str]]:
    for kind, detector in _detectors().items():
        for match in detector.analyze_string(text):
            if match and match in text:
                yield kind, _whole_token(text, match)


def _whole_token(text: str, match: str) -> str:
    """Detectors name part of what they found (the prefix of a token, say): the token is all that touches it."""
    start = text.index(match)
    end = start + len(match)
    while start > 0 and TOKEN_CHARACTER.match(text[start - 1]):
        start -= 1
    while end < len(text) and TOKEN_CHARACTER.match(text[end]):
        end += 1
    return text[start:end]


@lru_cache(maxsize=1)
def _detectors() -> Mapping[str, Any]:
    # Here and not above: its import costs 0.2 s, and who lists or collects controls redacts nothing.
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    known: dict[str, Any] = get_mapping_from_secret_type_to_class()
    return {kind: detector() for kind, detector in known.items() if kind not in TOO_EAGER}


def _at_path(content: Any, path: Sequence[str], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(content)
    step, rest = path[0], path[1:]
    if step == "[]" and isinstance(content, list):
        return [_at_path(item, rest, change) for item in content]
    if step == "*" and isinstance(content, dict):
        return {name: _at_path(item, rest, change) for name, item in content.items()}
    if isinstance(content, dict) and step in content:
        return {**content, step: _at_path(content[step], rest, change)}
    return content
