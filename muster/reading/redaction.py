"""Redaction: secrets are taken out of an answer before it is hashed, kept, or seen by a noun.

What is taken out leaves a mark that tells what it was and a keyed hash, so that equal values can be told from different
ones without being known. Controls judge by the mark; so a replay, which has nothing else, judges the same.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from muster.errors import UsageError
from muster.printable import INVISIBLE
from muster.reading.declared_secrets import secret_paths
from muster.reading.encodings import Decode, encodings_of, is_file_of_text
from muster.reading.marks import MARK, SECRET, VALUE
from muster.reading.named_once import named_once
from muster.reading.reads import Call
from muster.reading.secret_patterns import secrets_in
from muster.reading.secret_words import is_named_secret

KEY_VARIABLE = "MUSTER_REDACTION_KEY"
SHORTEST_KEY = 32
SHORTEST_SECRET = 8
# How an API spells a pair of a name and a value: tags, variables, parameters.
NAMES_OF: Mapping[str, Sequence[str]] = {
    "Value": ("Key", "Name"),
    "value": ("key", "name"),
    "TagValue": ("TagKey",),
    "ParameterValue": ("ParameterKey", "ParameterName"),
    "ResolvedValue": ("ParameterKey",),
    "OutputValue": ("OutputKey",),
}
# An encoding within an encoding, and one more.
DEEPEST = 3


def redaction_key(environment: Mapping[str, str]) -> str:
    """The key of a run's marks, in hex: that of the organization if the environment has one, else a new one.

    With one key equal secrets leave equal marks in every run. Raises `UsageError` for a key so short that the secrets
    could be guessed from their marks.
    """
    key = environment.get(KEY_VARIABLE)
    if key is None:
        return secrets.token_hex(32)
    if len(key) < SHORTEST_KEY:
        raise UsageError(
            f"${KEY_VARIABLE} has {len(key)} characters and needs {SHORTEST_KEY}: make one with openssl rand -hex 32"
        )
    return hashlib.sha256(key.encode()).hexdigest()


def key_id(key: str) -> str:
    """What `run.json` may say of a key (hex): runs with the same id have comparable marks."""
    return hmac.new(bytes.fromhex(key), b"the id of this key", hashlib.sha256).hexdigest()[:16]


class Redactor:
    """Redacts answers: declared paths wholly, and recognised secrets wherever they stand.

    `key` makes the hashes of a run (or of an organization that keeps its key) comparable, and no others.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._originals: dict[str, str] = {}
        self._text = lru_cache(maxsize=50_000)(self._redact_text)

    def __call__(self, call: Call, content: Any) -> Any:
        """The answer's content without its secrets."""
        # Recognised secrets first: by its name as well, which a declared value does not have any more.
        content = self._everywhere(content)
        for path in secret_paths(call.name):
            content = _at_path(content, path.replace("[]", ".[]").removeprefix(".").split("."), self._value)
        return content

    def text(self, text: str) -> str:
        """A text without its secrets: the message of an error, say."""
        return self._text(text) if len(text) >= SHORTEST_SECRET else text

    def data(self, content: Any) -> Any:
        """JSON data without its secrets, wherever they stand: what no API answered, an entry of the estate say."""
        return self._everywhere(content)

    def restored(self, request: Any) -> Any:
        """A request with what was taken out of the names in it, for sending and for nothing else.

        Somebody may have named a bucket like a token: it must be asked by its name, and be kept under its mark. Only
        what this object took out is known to it.
        """
        match request:
            case str():
                return MARK.sub(lambda mark: self._originals.get(mark.group(), mark.group()), request)
            case dict():
                return {name: self.restored(item) for name, item in request.items()}
            case list() | tuple():
                return [self.restored(item) for item in request]
            case _:
                return request

    def _everywhere(self, content: Any) -> Any:
        match content:
            case str():
                return self.text(content)
            case dict():
                return {
                    self.text(name): self._named(item, name, content)
                    if isinstance(item, str)
                    else self._everywhere(item)
                    for name, item in content.items()
                }
            case list():
                return [self._word(item, before) for before, item in zip(["", *content], content, strict=False)]
            case _:
                return content

    def _word(self, item: Any, before: Any) -> Any:
        """A member of a list: of a command's words, the one behind `--password` is a secret by that name."""
        if isinstance(before, str) and before.startswith("-") and isinstance(item, str) and not item.startswith("-"):
            return self._named(item, before.lstrip("-"), {})
        return self._everywhere(item)

    def _named(self, value: str, name: str, content: Mapping[str, Any]) -> str:
        """A value of an object; one that its name, or the name beside it, calls a secret is taken out whole."""
        is_secret = is_named_secret(name, value)
        if name in NAMES_OF and not is_secret:
            others = [content.get(other) for other in NAMES_OF[name]]
            is_secret = any(isinstance(each, str) and is_named_secret(each, value) for each in others)
        if is_secret and not MARK.search(value):
            return self._mark(f"{SECRET}Password", value)
        return self.text(value)

    def _value(self, value: Any) -> Any:
        """A value that a noun declares secret, whatever its type; nothing (null, an empty text) is left as it is."""
        match value:
            case None | "":
                return value
            case list():
                return [self._value(item) for item in value]
            case dict():
                return {name: self._value(item) for name, item in value.items()}
            case str() if MARK.fullmatch(value):
                return value
            case str():
                found = MARK.search(self.text(value))
                return self._mark(found["what"] if found else VALUE, value)
            case _:
                return self._mark(VALUE, json.dumps(value))

    def _redact_text(self, text: str) -> str:
        redacted = self._redact_seen(text)
        if redacted.isascii() and redacted.isprintable():
            return redacted
        # Marks that nobody sees, between the letters of a secret, hide it: such a text is kept without them.
        seen = INVISIBLE.sub("", redacted)
        found = self._redact_seen(seen) if seen != redacted else seen
        return redacted if found == seen else found

    def _redact_seen(self, text: str) -> str:
        parsed = _json_in(text)
        if parsed is not None:
            redacted = self._everywhere(parsed)
            return text if redacted == parsed else json.dumps(redacted, ensure_ascii=False)
        parts, end = [], 0
        for secret in () if is_file_of_text(text) else secrets_in(text):
            parts += [text[end : secret.start], self._mark(f"{SECRET}{secret.kind}", text[secret.start : secret.end])]
            end = secret.end
        text = "".join([*parts, text[end:]]) if parts else text
        return self._decoding(text, DEEPEST)

    def _decoding(self, text: str, depth: int) -> str:
        """The text without those pieces that hold a secret once they are decoded."""
        for pattern, decode in encodings_of(text):
            text = pattern.sub(partial(self._piece, decode=decode, depth=depth), text)
        return text

    def _piece(self, found: re.Match[str], decode: Decode, depth: int) -> str:
        piece = found.group()
        decoded = decode(piece)
        if decoded is None or decoded == piece:
            return piece
        kind = next((f"{SECRET}{secret.kind}" for secret in secrets_in(decoded)), None)
        if kind is None and depth > 1:
            mark = MARK.search(self._decoding(decoded, depth - 1))
            kind = mark["what"] if mark else None
        return self._mark(kind, piece) if kind else piece

    def _mark(self, what: str, value: str) -> str:
        mark = f"[redacted {what} {hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:16]}]"
        self._originals[mark] = value
        return mark


def _json_in(text: str) -> Any:
    """The object or list that a text is, None if it is none or says a thing twice: then it is redacted as it stands."""
    if text[:1] not in ("{", "[") or text.rstrip()[-1:] not in ("}", "]"):
        return None
    try:
        return json.loads(text, object_pairs_hook=named_once)
    except (ValueError, RecursionError):
        return None


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
