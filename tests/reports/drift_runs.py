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
from muster.verdict import Status, Verdict
from reports.drift import Changed
from reports.run import Run

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
    rest: dict[str, Any] = {"reason": "", "parameters": {}, "reads": (), "waiver": None, "judged_in": None, "at": "now"}
    return Verdict(**{**common, "status": status, **rest, **changes})


def record(**changes: Any) -> dict[str, Any]:
    return {
        "mocked": False,
        "controls": {CONTROL: {"severity": "high", "source_sha256": "a" * 64}},
        "accounts": [{"name": ACCOUNT, "id": "111122223333", "mocked": False}],
        "account_ids": {ACCOUNT: "111122223333"},
        "waivers": [],
        "facts": {},
        "versions": {"muster": "0.1.0"},
        "git": {"commit": "c", "changed_files": False},
        "ended": "2026-11-20T22:04:00Z",
        **changes,
    }


@dataclass(frozen=True)
class Make:
    """Makes runs under a folder: rows that all rest on the same answers, and what `run.json` says besides."""

    parent: Path

    def __call__(
        self,
        rows: Sequence[Verdict],
        answers: Sequence[tuple[Call, Answer]] = (),
        changes: Mapping[str, Any] | None = None,
    ) -> Run:
        folder = RunFolder(self.parent / f"run-{next(_numbers)}")
        folder.create()
        archive = FolderArchive(folder.reads)
        hashes = tuple(archive.fetch(call, partial(copy, answer)).sha256 for call, answer in answers)
        folder.append(replace(each, reads=hashes) for each in rows)
        folder.write_run({"run": folder.path.name, **record(**(changes or {}))})
        return Run.load(folder.path)


def only(changes: Sequence[Changed]) -> Changed:
    assert len(changes) == 1, changes
    return changes[0]
