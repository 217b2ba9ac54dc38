"""Encodings in which a secret hides in a text: which pieces of a text are encoded, and what they say."""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

Decode = Callable[[str], str | None]

_BASE64_OR_HEX = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
# How answers tell of bytes that are no UTF-8 (muster/reading/sessions/pages.py): a text it may be all the same.
_BYTES = re.compile(r"base64:[A-Za-z0-9+/]+={0,2}")
# The lengths at which encoders cut their lines; GitHub cuts those of files at 60.
_WRAPPED = tuple(
    re.compile(rf"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{{{length}}}\r?\n)+[A-Za-z0-9+/]{{1,{length}}}={{0,2}}")
    for length in (60, 64, 76)
)
_FILE = re.compile(r"(?:[A-Za-z0-9+/]{60}\n)*[A-Za-z0-9+/]{1,60}={0,2}\n")
_URL = re.compile(r"(?<![^\s\"'<>%])[^\s\"'<>%]*%[0-9A-Fa-f]{2}[^\s\"'<>]*")
_HTML = re.compile(r"(?<![^\s\"'<>&])[^\s\"'<>&]*&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[a-z]{2,8});[^\s\"'<>]*")
_HEX = re.compile(r"(?:[0-9a-f]{2}){12,}|(?:[0-9A-F]{2}){12,}")
# A secret is short: of what was packed so much is looked at, and a bomb is not let off.
MOST_UNPACKED = 1_000_000
_PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


def encodings_of(text: str) -> Iterator[tuple[re.Pattern[str], Decode]]:
    """The encodings that pieces of the text may have: how a piece looks, and what decodes it (to None if nothing)."""
    if "\n" in text:
        yield from ((pattern, _from_base64) for pattern in _WRAPPED)
    if text.startswith("base64:"):
        yield _BYTES, _from_bytes
    yield _BASE64_OR_HEX, _from_base64_or_hex
    if "%" in text:
        yield _URL, _from_url
    if "&" in text:
        yield _HTML, html.unescape


def is_file_of_text(text: str) -> bool:
    """Whether it is a text in base64 as GitHub gives files: of its lines some look like a random key, and are none.

    https://docs.github.com/en/rest/repos/contents#get-repository-content
    """
    return _FILE.fullmatch(text) is not None and _from_base64(text) is not None


def _from_base64_or_hex(piece: str) -> str | None:
    return _from_hex(piece) if _HEX.fullmatch(piece) else _from_base64(piece)


def _from_base64(piece: str) -> str | None:
    """What a piece is base64 of, None if of no text; names and hashes are mostly of one case."""
    body = "".join(piece.split()).rstrip("=")
    if body.islower() or body.isupper():
        return None
    body = body.replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4))
    except binascii.Error:
        return None
    return _text_of(data)


def _from_bytes(piece: str) -> str | None:
    """What bytes say in an older encoding: each that is no UTF-8 stands between letters as a mark of its own."""
    try:
        data = base64.b64decode(piece.partition(":")[2])
    except binascii.Error:
        return None
    return _text_of(data) or data.decode(errors="replace")


def _from_hex(piece: str) -> str | None:
    return _text_of(bytes.fromhex(piece))


def _from_url(piece: str) -> str | None:
    return _text_of(unquote_to_bytes(piece))


def _text_of(data: bytes) -> str | None:
    """The text that bytes are, packed ones as well; None if they are none."""
    if data.startswith(_PACKED):
        try:
            data = zlib.decompressobj(_GZIP_OR_ZLIB).decompress(data, MOST_UNPACKED)
        except zlib.error:
            return None
        return data.replace(b"\0", b"").decode(errors="replace")
    try:
        # PowerShell encodes UTF-16.
        return data.replace(b"\0", b"").decode()
    except UnicodeDecodeError:
        return None
