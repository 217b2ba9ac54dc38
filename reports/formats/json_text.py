"""JSON as the formats write it: compact, UTF-8, and put together from parts where a part is the same for many rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def compact(data: Any) -> str:
    """The data on one line."""
    return _ENCODER.encode(data)


def members(data: Mapping[str, Any]) -> str:
    """An object without its braces: what is the same for many rows is encoded once, and joined to what is not."""
    return _ENCODER.encode(data)[1:-1]
