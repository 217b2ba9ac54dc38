"""Verdicts: what was found, one row a control, account and resource."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, Literal, get_args

Status = Literal["pass", "fail", "error", "waived", "not_applicable", "not_run"]
STATUSES: tuple[Status, ...] = get_args(Status)
UNREADABLE: tuple[Status, ...] = ("error", "not_run")
"""What could not be said: an answer is missing, or the run ended before."""
NEEDS_SOMEBODY: tuple[Status, ...] = ("fail", *UNREADABLE)
"""What fails a run."""

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True)
class Verdict:
    """One row of the evidence.

    `resource` is an ARN (a URL on code hosts); `region` is `global` where there is none; `reads` are the hashes of the
    answers it rests on; `judged_in` is the id of the account in which somebody else's thing must be judged; `at` is
    UTC. `name` is what people call the resource, and `tags` are those that its list tells; None where not known.
    `scope` is the rule by which it is out of scope, and was not judged.
    """

    run: str
    control: str
    account: str
    region: str
    resource: str
    status: Status
    reason: str
    parameters: Mapping[str, Any]
    reads: tuple[str, ...]
    waiver: str | None
    judged_in: str | None
    at: str
    name: str | None = None
    tags: Mapping[str, str] | None = None
    scope: str | None = None

    @property
    def called(self) -> str:
        """The resource as people are told of it: with its name where the ARN does not end with it."""
        known = self.name is None or self.resource.endswith(self.name)
        return self.resource if known else f"{self.resource} “{self.name}”"

    def as_line(self) -> str:
        """The row as a line of `verdicts.jsonl`, newline included."""
        return f"{_spelled(vars(self))}\n"

    @classmethod
    def from_line(cls, line: str | bytes) -> Verdict:
        """The row that a line holds. Raises ValueError if it is not one, or not a whole one."""
        try:
            data = json.loads(line)
        except RecursionError as error:
            raise ValueError("it is nested too deep to be a row") from error
        if not isinstance(data, dict) or not _KINDS.keys() - _LATER <= data.keys() <= _KINDS.keys():
            raise ValueError(f"a row has the keys {', '.join(_KINDS)}, and no other")
        wrong = _of_another_kind(tuple(data), tuple(map(type, data.values())))
        if wrong or not {*map(type, data["reads"])} <= {str}:
            raise ValueError(f"{wrong or 'reads'} is of another kind than in a row")
        if data["status"] not in STATUSES:
            raise ValueError("its status is none")
        # Of many rows these are the same: whoever keeps some of them keeps each text once.
        shared = {"control": intern(data["control"]), "account": intern(data["account"])}
        return cls(**{**data, **shared, "reads": tuple(data["reads"])})


# Made once: `json.dumps` makes one for each row.
_spelled = json.JSONEncoder(separators=(",", ":")).encode
# What JSON makes of each part of a row.
_KINDS: dict[str, type | tuple[type, ...]] = {
    "run": str,
    "control": str,
    "account": str,
    "region": str,
    "resource": str,
    "status": str,
    "reason": str,
    "parameters": dict,
    "reads": list,
    "waiver": (str, type(None)),
    "judged_in": (str, type(None)),
    "at": str,
    "name": (str, type(None)),
    "tags": (dict, type(None)),
    "scope": (str, type(None)),
}
# What rows of earlier runs do not have.
_LATER = {"name", "tags", "scope"}


@lru_cache(maxsize=64)
def _of_another_kind(names: tuple[str, ...], kinds: tuple[type, ...]) -> str | None:
    """The first part of a row that is of another kind than it should be; nearly all rows of a run are of one form."""
    found = dict(zip(names, kinds, strict=True))
    return next((name for name, kind in _KINDS.items() if not issubclass(found.get(name, type(None)), kind)), None)


def count_by_status(statuses: Iterable[Status]) -> dict[Status, int]:
    """How many of each status, in the order of `STATUSES`; all are there, zero or not."""
    counts: dict[Status, int] = dict.fromkeys(STATUSES, 0)
    for status in statuses:
        counts[status] += 1
    return counts
