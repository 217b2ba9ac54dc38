"""The API answers behind findings, packed into the page as far as they fit."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from reports.answers import NoAnswer, read_bytes

MOST_BYTES = 5_000_000
"""How much the embedded answers of a page may weigh, compressed."""

MOST_BYTES_EACH = 500_000
"""An answer that is heavier than this, compressed, stays a file."""

# Nobody reads a million characters of JSON in a page, and a browser must not unpack what was made to burst it.
MOST_BYTES_UNPACKED = 20_000_000


def pack(data: bytes) -> str:
    """Compressed and spelled in base64: nothing in it can end a `<script>` element."""
    return "".join(packed_pieces([data]))


def packed_pieces(parts: Iterable[bytes]) -> Iterator[str]:
    """The same of data that comes in parts, piece by piece."""
    compressor = zlib.compressobj(9)
    waiting = b""
    for part in parts:
        waiting += compressor.compress(part)
        # Three bytes are four letters; only the last may be fewer.
        whole = len(waiting) - len(waiting) % 3
        yield base64.b64encode(waiting[:whole]).decode("ascii")
        waiting = waiting[whole:]
    yield base64.b64encode(waiting + compressor.flush()).decode("ascii")


def embedded_answers(hashes: Iterable[str], run: Path) -> Iterator[tuple[str, str]]:
    """Hashes and packed texts of answers of the run in a folder, the first ones first, until the page is full.

    What is not the answer that its name says is left out: the page then names it as missing from itself.
    """
    room = MOST_BYTES
    for sha256 in dict.fromkeys(hashes):
        try:
            text = pack(read_bytes(run, sha256, at_most=MOST_BYTES_UNPACKED))
        except NoAnswer:
            continue
        weight = len(text) * 3 // 4
        if weight <= min(room, MOST_BYTES_EACH):
            yield sha256, text
            room -= weight
        if room < MOST_BYTES_EACH // 1000:
            break
