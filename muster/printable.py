"""Texts from accounts, made fit to be shown: a name may hold whatever somebody typed."""

from __future__ import annotations

import re

# Control characters (a terminal obeys them) and those that turn the direction of writing (a reader is fooled by them).
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST = 1_000


def printable(text: str) -> str:
    """The text with every unfit character spelled out by its number, cut where nobody reads on."""
    spelled = UNFIT.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
    return spelled if len(spelled) <= LONGEST else f"{spelled[:LONGEST]}… ({len(text):,} characters)"


def one_line(text: str) -> str:
    """The text on one line, so that none of it can pass for another line of ours."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")
