"""Small run folders whose every difference a test chooses."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from muster.evidence.run_folder import RunFolder
from muster.reading.archive import FolderArchive
from muster.reading.reads import Answer, Call
from muster.verdict import Status, Verdict, count_by_status
from reports.drift.compare import Changed
from reports.run import ReportedRun
from tests.reports.synthetic import STARTED
from tests.reports.synthetic_record import AccountOf, control_of, control_record, record_of, utc, waivers_of

OTHER_CONTROL = "another-control"
CONTROL, ACCOUNT, REGION, BUCKET = "bucket-locked", "prod", "eu-west-1", "arn:aws:s3:::orders"
ROOT = "arn:aws:iam::111122223333:root"
_numbers = itertools.count(1)


def row(status: Status, resource: str = BUCKET, **changes: Any) -> Verdict:
    common: dict[str, Any] = {
        "run": "r",
        "control": CONTROL,
        "account": ACCOUNT,
        "region": REGION,
        "resource": resource,
    }
    rest: dict[str, Any] = {
        "reason": "",
        "parameters": {},
        "reads": (),
        "waiver": None,
        "judged_in": None,
        "at": utc(STARTED),
    }
    return Verdict(**{**common, "status": status, **rest, **changes})


def record(**changes: Any) -> dict[str, Any]:
    """`run.json` of a run of one control in one account, with these keys as they are given."""
    made = record_of("run", STARTED, [control_of(0)], [AccountOf(ACCOUNT, "111122223333")], [], {}, mocked=False)
    return {**made, "controls": controls(), "facts": {}, "problems": [], **changes}


def controls(**changes: Any) -> dict[str, Any]:
    """The controls of `run.json`, with these keys of the first as they are given."""
    plain = control_record(control_of(0))
    return {CONTROL: {**plain, **changes}, OTHER_CONTROL: plain}


WAIVED = {"waivers": list(waivers_of([replace(control_of(0), id=CONTROL)], [AccountOf(ACCOUNT, "111122223333")]))}
"""The waiver W-1 of the control, as `run.json` has it."""


@dataclass(frozen=True)
class Make:
    """Makes runs under a folder: rows that all rest on the same answers, and what `run.json` says besides."""

    parent: Path

    def __call__(
        self,
        rows: Sequence[Verdict],
        answers: Sequence[tuple[Call, Answer]] = (),
        changes: Mapping[str, Any] | None = None,
    ) -> ReportedRun:
        folder = RunFolder(self.parent / f"run-{next(_numbers)}")
        folder.create()
        archive = FolderArchive(folder.reads)
        hashes = tuple(archive.fetch(call, partial(copy, answer)).sha256 for call, answer in answers)
        folder.append(replace(each, reads=hashes) for each in rows)
        counts = count_by_status(each.status for each in rows)
        folder.write_run({**record(), "run": folder.path.name, "counts": counts, **(changes or {})})
        return ReportedRun.load(folder.path)


def only(changes: Sequence[Changed]) -> Changed:
    assert len(changes) == 1, changes
    return changes[0]
