"""Texts grown from forms: random where a form says so, and the same ones for the same seed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

from tests.redaction.planted import Planted

HOLE = re.compile(r"<(?:(?P<alphabet>[a-zA-Z2]) (?P<length>\d+)|uuid)>")
ALPHABETS: Mapping[str, str] = {
    "a": ascii_letters + digits,
    "b": ascii_letters + digits + "-_",
    "B": ascii_letters + digits + "+/",
    "d": digits,
    "f": digits + "abcdef",
    "F": digits + "ABCDEF",
    "l": ascii_lowercase + digits,
    "m": ascii_letters,
    "p": ascii_letters + digits + "!#$^*.-+",
    "u": ascii_uppercase + digits,
    "2": ascii_uppercase + "234567",
}


def grow(form: str, random: Random) -> Planted:
    """A text of the form; its needle is the longest part that is random."""
    runs: list[str] = []

    def fill(hole: re.Match[str]) -> str:
        runs.append(_run(hole["alphabet"], int(hole["length"] or 0), random))
        return runs[-1]

    text = HOLE.sub(fill, form)
    return Planted(text, max(runs, key=len))


def _run(alphabet: str | None, length: int, random: Random) -> str:
    if alphabet is None:
        return str(uuid.UUID(int=random.getrandbits(128), version=4))
    characters = ALPHABETS[alphabet]
    run = "".join(random.choices(characters, k=length))
    if alphabet == "p":
        # A password begins with a letter, ends with one, and has a digit and a sign: so its form is found in it.
        return f"{random.choice(ascii_letters)}{run[3:]}7!{random.choice(ascii_letters)}"
    # Each random part has a digit where its alphabet has one; of a few letters alone nobody could say so.
    if set(digits) & set(characters) and not set(digits) & set(run):
        run = run[:-1] + random.choice(sorted(set(digits) & set(characters)))
    return run
