"""Texts as UTF-8 can hold them: JSON can spell half a surrogate pair, and no file can hold one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from muster.verdict import Verdict

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    r"""The text as UTF-8 can hold it: half a surrogate pair becomes its escape, `\ud800`."""
    return text.encode("utf-8", "backslashreplace").decode()


def encodable_row(row: Verdict) -> Verdict:
    """The row with all its texts as UTF-8 can hold them."""
    texts = [value for value in vars(row).values() if isinstance(value, str)]
    if row.parameters or row.tags:
        texts.append(json.dumps([row.parameters, row.tags], ensure_ascii=False))
    if not _LONE_SURROGATE.search("".join((*texts, *row.reads))):
        return row
    return replace(row, **{name: encodable_data(value) for name, value in vars(row).items()})


def encodable_data(data: Any) -> Any:
    """Plain JSON with all its texts as UTF-8 can hold them: the same object where they are already."""
    # One search through its text: to visit each value takes six times as long, and hardly any has such a text.
    return _encodable(data) if _LONE_SURROGATE.search(json.dumps(data, ensure_ascii=False)) else data


def _encodable(data: Any) -> Any:
    if isinstance(data, str):
        return encodable(data)
    if isinstance(data, Mapping):
        return {encodable(name): _encodable(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(_encodable(value) for value in data)
    return data
