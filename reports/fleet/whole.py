"""A fleet read as if it were one run of all its accounts, for what is made of all their rows: samples, plans, formats.

The run folders are read one after the other, so that memory does not grow with the number of accounts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muster.errors import BadEvidence
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.json_object import read_object
from muster.evidence.run_folder import RowRange, RunFolder
from muster.verdict import Verdict
from reports.answers import RecordedAnswer
from reports.record import checked_record
from reports.run import ReportedRun

FLEET = "fleet.json"


class FleetRows(RunFolder):
    """The rows of all run folders of a fleet, one after the other, in the order of its accounts."""

    def __init__(self, path: Path, runs: Sequence[Path]) -> None:
        super().__init__(path)
        self._runs = runs

    def rows(
        self, where: RowRange | None = None, torn: Callable[[bytes], object] = lambda _: None
    ) -> Iterator[Verdict]:
        """All rows; a range of them is in one run folder, and none of a fleet. Raises as that of a run folder does."""
        for run in self._runs:
            yield from RunFolder(run).rows(torn=torn)


@dataclass(frozen=True)
class ReportedFleet(ReportedRun):
    """A fleet as one run: `record` is what its accounts have in common, with what `fleet.json` tells of all of them."""

    runs: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> ReportedFleet:
        """The fleet in a folder. Raises as that of a run does, and `BadEvidence` where no account has a run folder."""
        data = read_object(path, FLEET)
        fleet = FleetRecord.parse(data)
        runs = {name: path / each.folder(name) for name, each in fleet.accounts.items() if each.run is not None}
        return cls(FleetRows(path, list(runs.values())), checked_record(_merged(path, fleet, data, runs)), runs)

    def answer(self, account: str, sha256: str) -> RecordedAnswer:
        """The answer of this hash that a verdict in an account rests on."""
        return RecordedAnswer.read(self.runs.get(account, self.folder.path), sha256)

    def _state_of_rows(self) -> None:
        """Each account has a file of its own."""


def is_fleet(path: Path) -> bool:
    """Whether a folder is that of a fleet."""
    return os.path.lexists(path / FLEET)


def _merged(path: Path, fleet: FleetRecord, data: Mapping[str, Any], runs: Mapping[str, Path]) -> dict[str, Any]:
    """The record of one account of each kind, and in the place of what is one account's what is said of all."""
    by_kind = {fleet.accounts[name].kind: run for name, run in reversed(list(runs.items()))}
    if not by_kind:
        raise BadEvidence(f"{path}: no account of this fleet has a run folder")
    records = [read_object(run, "run.json") for run in by_kind.values()]
    controls = {name: each for record in records for name, each in record["controls"].items()}
    first = records[0]
    return {
        **first,
        "run": fleet.fleet,
        "fleet": None,
        "started": data["started"],
        "ended": data["ended"],
        "exit_code": data["exit_code"],
        "arguments": data["arguments"],
        "by": data["by"],
        "mocked": fleet.mocked,
        "since": data.get("since"),
        "fail_on": data.get("fail_on"),
        "counts": data["counts"],
        "problems": data["problems"],
        "torn_lines": None,
        "calls": None,
        "callers": {},
        "unreachable": {name: each.reason for name, each in fleet.accounts.items() if each.ended == "not_entered"},
        "account_ids": {name: each.id for name, each in fleet.accounts.items()},
        "regions": {},
        "accounts": [
            {
                "name": name,
                "kind": each.kind,
                "id": each.id,
                "regions": None,
                "mocked": each.mocked,
                "tags": dict(each.tags),
            }
            for name, each in fleet.accounts.items()
        ],
        "controls": {name: controls[name] for name in fleet.controls if name in controls},
        "waivers": data["waivers"],
        "organization": data["organization"],
        "not_asked": data["not_asked"],
    }
