"""JSON as the formats write it: compact, UTF-8, and put together from parts where a part is the same for many rows.

What is unfit to be shown is escaped, as JSON has it: a parser reads the text as it was, a terminal obeys none of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from muster.printable import replaced

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def compact(data: Any) -> str:
    """The data on one line."""
    return replaced(_ENCODER.encode(data), _escaped)


def members(data: Mapping[str, Any]) -> str:
    """An object without its braces: what is the same for many rows is encoded once, and joined to what is not."""
    return compact(data)[1:-1]


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1]
