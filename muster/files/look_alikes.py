"""Names that read alike: in other spaces or case, in wide letters, or with letters of another script."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# What reads alike within ASCII; Unicode's table gives these both ways round.
ASCII_PROTOTYPES = {"0": "o", "1": "l", "I": "l", "m": "rn", "|": "l"}


def look_alike(one: str, other: str) -> bool:
    """Whether a reader could take one name for the other.

    Compared are letters and digits alone, without accents, in the compatible forms of Unicode (NFKD), with the
    look-alikes of other scripts replaced: https://www.unicode.org/reports/tr39/#Confusable_Detection
    """
    return not readings(one).isdisjoint(readings(other))


def readings(name: str) -> set[str]:
    """How a name may be read: by its letters as they are, and by what they look like. Look-alikes share a reading.

    One of several words may be read in another order: `Tanaka, Aiko` is Aiko Tanaka.
    """
    words = sorted("".join(map(_prototype, _bare(word).casefold())) for word in re.split(r"[\s,;]+", name))
    return _readings_of(_bare(name) or name.strip()) | _readings_of("".join(words) or name.strip())


def _readings_of(bare: str) -> set[str]:
    prototype = "".join(map(_prototype, bare))
    # Once more after the case is folded: a capital looks like other letters than its small one.
    return {bare.casefold(), "".join(map(_prototype, prototype.casefold()))}


def _bare(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if letter.isalnum())


@cache
def _prototype(letter: str) -> str:
    if letter.isascii():
        return ASCII_PROTOTYPES.get(letter, letter)
    from confusable_homoglyphs.confusables import is_confusable  # 30 ms that names in ASCII need not pay

    found = is_confusable(letter)
    return str(found[0]["homoglyphs"][0]["c"]) if found else letter
