"""Texts from accounts and files, made fit to be shown: a name may hold whatever somebody typed.

What goes to a terminal goes through here: sentences by `printable` and `one_line`, all that pytest and rich write by
`PrintableStream`, and what argparse says by `PrintableParser`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import IO, Any

# What nobody sees, and what turns the direction of writing: a reader is fooled by them.
_UNSEEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001345f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Some scripts, and pictures made of several, need them behind letters that are not ASCII.
_JOINERS = "\u200c\u200d\ufe00-\ufe0f"
# Line ends that are not \n, halves of characters, and what is no character.
_BREAKING = "\x0b-\x0d\x85\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"

INVISIBLE = re.compile(f"[{_UNSEEN}{_JOINERS}]")
UNFIT = re.compile(f"[{_UNSEEN}{_BREAKING}]|(?<![{_JOINERS}])(?<![^\x00-\x7f{_UNSEEN}{_BREAKING}])[{_JOINERS}]+")
# A text without any of these needs no look at what stands before a joiner, which takes ten times as long.
_MAY_BE_UNFIT = re.compile(f"[{_UNSEEN}{_BREAKING}{_JOINERS}]")
LONGEST = 1_000

# Colours and weights as pytest and rich write them; not what hides a text, lets it blink, or moves the cursor.
_COLOUR = r"\x1b\[(?:(?:[0-4]|2[1-4]|[349]\d|10[0-7]|[34]8;5;\d{1,3}|[34]8;2(?:;\d{1,3}){3})(?:;(?!m)|(?=m)))*m"
_COLOURED = re.compile(f"(?P<colour>{_COLOUR})|{UNFIT.pattern}")
# pytest begins a line again, to count while it collects.
_BEGINS_AGAIN = re.compile(rf"(?:{_COLOUR})*\r")


def spelled(text: str) -> str:
    """The text with every unfit character spelled out by its number; line feeds and tabs stay."""
    return replaced(text, _number)


def replaced(text: str, by: Callable[[re.Match[str]], str]) -> str:
    """The text with all that is unfit in it replaced."""
    if (text.isascii() and text.isprintable()) or not _MAY_BE_UNFIT.search(text):
        return text
    return UNFIT.sub(by, text)


def printable(text: str) -> str:
    """The text with every unfit character spelled out by its number, cut where nobody reads on."""
    shown = spelled(text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}… ({counted(len(text), 'character')})"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number of things in words: `1 day`, `1,200 days`; `many` is the plural of what does not end as most do.

    A verb goes with its noun: `counted(n, "verdict is", "verdicts are")`.
    """
    if many is None:
        many = f"{one.removesuffix('y')}ies" if re.search("[^aeiou]y$", one) else f"{one}s"
    return f"{number:,} {one if abs(number) == 1 else many}"


def one_line(text: str) -> str:
    """The text on one line, so that none of it can pass for another line of ours."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


class PrintableStream:
    """A stream to a terminal that spells out what is unfit; with `colours` it lets those of pytest and rich through."""

    def __init__(self, stream: IO[str], *, colours: bool) -> None:
        self._stream = stream
        self._colours = colours

    def write(self, text: str) -> int:
        """Write the text as it may be shown."""
        if not self._colours:
            return self._stream.write(self._encodable(spelled(text)))
        again = _BEGINS_AGAIN.match(text)
        begin = again.group() if again else ""
        shown = _COLOURED.sub(_number_or_colour, text[len(begin) :])
        return self._stream.write(self._encodable(begin + shown))

    def _encodable(self, text: str) -> str:
        """The text with what the stream has no bytes for spelled out: where PYTHONIOENCODING says ascii, say."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return text.encode(encoding, "backslashreplace").decode(encoding)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class PrintableParser(argparse.ArgumentParser):
    """An argument parser whose words on what it was given are fit for a terminal."""

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(spelled(message), file)


def _number(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode()


def _number_or_colour(found: re.Match[str]) -> str:
    return found.group() if found["colour"] else _number(found)
