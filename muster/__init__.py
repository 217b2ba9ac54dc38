"""Muster: does every account pass muster? The small public face for those who write controls and nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from muster.errors import MusterError, Unreadable
from muster.estate.declarations import Facts
from muster.judging.control import control, judged_in, not_applicable, retired
from muster.judging.elsewhere import elsewhere
from muster.judging.excused import declared
from muster.judging.keys import key
from muster.judging.resource import Place, Resource, read
from muster.reading.marks import holds_secret
from muster.verdict import Verdict

if TYPE_CHECKING:
    from muster.api import judge

__all__ = [
    "Facts",
    "MusterError",
    "Place",
    "Resource",
    "Unreadable",
    "Verdict",
    "control",
    "declared",
    "elsewhere",
    "holds_secret",
    "judge",
    "judged_in",
    "key",
    "not_applicable",
    "read",
    "retired",
]


def __getattr__(name: str) -> Any:
    # `judge` brings in the sessions, and they boto3: 0.2 s that nobody should pay who only writes a control.
    if name == "judge":
        from muster.api import judge

        return judge
    raise AttributeError(f"module 'muster' has no attribute {name!r}")
