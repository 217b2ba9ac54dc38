"""Muster: does every account pass muster? The small public face for those who write controls and nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from muster.errors import MusterError, Unreadable
from muster.estate.declarations import Facts
from muster.judging.at_once import asked_at_once
from muster.judging.control import control, judged_in, not_applicable, retired
from muster.judging.elsewhere import elsewhere
from muster.judging.excused import declared
from muster.judging.keys import key
from muster.judging.read import read
from muster.judging.resource import Place, Resource
from muster.printable import counted
from muster.reading.marks import holds_secret, without_marks
from muster.reading.reads import Answer
from muster.reading.stand_ins import completes, not_implemented
from muster.verdict import Verdict

if TYPE_CHECKING:
    from muster.api import judge
    from muster.mocked import mocked_account

__all__ = [
    "Answer",
    "Facts",
    "MusterError",
    "Place",
    "Resource",
    "Unreadable",
    "Verdict",
    "asked_at_once",
    "completes",
    "control",
    "counted",
    "declared",
    "elsewhere",
    "holds_secret",
    "judge",
    "judged_in",
    "key",
    "mocked_account",
    "not_applicable",
    "not_implemented",
    "read",
    "retired",
    "without_marks",
]


def __getattr__(name: str) -> Any:
    # `judge` brings in the sessions, and they boto3: 0.2 s that nobody should pay who only writes a control.
    if name == "judge":
        from muster.api import judge

        return judge
    if name == "mocked_account":
        from muster.mocked import mocked_account

        return mocked_account
    raise AttributeError(f"module 'muster' has no attribute {name!r}")
