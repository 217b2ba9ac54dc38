"""Values that YAML reads as something else than they look like: an indentation, a `#`, a zero before a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

_COMMENT_WITHOUT_SPACE = re.compile(r"[ \t]+(#[^\s#]\S*)")
_HASH_WITHOUT_SPACE = re.compile(r"\S# ")
_NEXT_ITEM = re.compile(r"\s-\s")
_KEY = re.compile(r"\s*(?:- +)?([A-Za-z_][\w-]*):(?:\s|$)")
_ITEM = re.compile(r"\s*- ")
_PLAIN_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_REMEDIES = {
    "mapping values are not allowed": "quote a value that holds a colon and a space, or correct the indentation",
    "did not find expected ',' or": "quote a value that holds a colon and a space, or add the comma",
    "could not find expected ':'": "write key: value, with a space after the colon",
    "did not find expected key": "correct the indentation, or quote the value above",
    "cannot start any token": "indent by spaces, and quote a value that begins with a special sign",
}


def misreading(text: str, node: yaml.Node, *, is_item: bool) -> str | None:
    """Why the value may be another than its writer meant, with the remedy; None where it is what it looks like.

    `is_item` says that it is one of a list.
    """
    if isinstance(node, yaml.ScalarNode) and not node.style:
        if not node.value:
            return "empty; write a value, or null where nothing is meant"
        if node.end_mark.line > node.start_mark.line:
            return "goes on over several lines, which may be items or keys to their writer; quote it, or use > or |"
        if node.tag.endswith((":int", ":float")) and not _PLAIN_NUMBER.fullmatch(node.value):
            return f"{node.value[:40]} is a number in another notation to YAML; write it in plain digits, or quote it"
        if _HASH_WITHOUT_SPACE.search(node.value):
            return "a comment needs a space before its #; add it, or quote the value"
        if is_item and _NEXT_ITEM.search(node.value):
            return "holds a dash as the next item would have it; write that on a line of its own, or quote the value"
    is_inline = isinstance(node, yaml.ScalarNode) or (isinstance(node, yaml.CollectionNode) and node.flow_style)
    comment = _COMMENT_WITHOUT_SPACE.match(text, node.end_mark.index) if is_inline else None
    if comment is not None:
        return f"{comment[1][:40]} is a comment to YAML; quote the value if it belongs there, or write # and a space"
    return None


def swallowed_lines(text: str, node: yaml.ScalarNode) -> Iterator[tuple[int, str]]:
    """Lines of a text under `>` or `|` that look like items or like keys: their line (from 1), and the key or `-`."""
    if node.style not in (">", "|"):
        return
    lines = text[node.start_mark.index : node.end_mark.index].splitlines()
    for number, line in enumerate(lines[1:], start=node.start_mark.line + 2):
        key = _KEY.match(line)
        if key or _ITEM.match(line):
            yield number, key[1] if key else "-"


def remedy_of(problem: str) -> str:
    """What to do about an error of the parser, where that is known, after a semicolon."""
    return next((f"; {remedy}" for begin, remedy in _REMEDIES.items() if begin in problem), "")
