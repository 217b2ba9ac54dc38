"""The kinds of account as reports know them: one object each, by the name that `run.json` has for it.

A kind that is not here is told by its name, as an account that was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ReportedKind:
    """What reports must know of a kind: who runs it, and whether it `is_asked` or declares of itself.

    Only AWS has regions, partitions and, in OCSF, a type of account.
    """

    provider: str
    is_asked: bool = True
    is_aws: bool = False


KINDS: Mapping[str, ReportedKind] = {
    "aws": ReportedKind("AWS", is_aws=True),
    "github": ReportedKind("GitHub"),
    "estate": ReportedKind("estate", is_asked=False),
}


def reported_kind(name: str) -> ReportedKind:
    """The kind of that name; an empty one is of an account that `run.json` does not know."""
    return KINDS.get(name) or ReportedKind(name or "unknown")
