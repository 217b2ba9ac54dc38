"""What an account of a fleet came to, read from its sealed run folder and from nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from muster.errors import BadEvidence
from muster.estate.declarations import Waiver
from muster.evidence.fleet_record import HowEnded, worst_letter
from muster.evidence.manifest import sha256_of
from muster.evidence.record import RunRecord
from muster.evidence.run_folder import RunFolder
from muster.reading.access import Access
from muster.run.conclusion import Tally
from muster.verdict import SEVERITIES, STATUSES, Severity, Status, Verdict, count_by_status


@dataclass(frozen=True)
class AccountOutcome:
    """How an account ended, and what was found in it.

    `by_control` has the rows by status of each control, `closures` the hash of the code that each was judged with;
    `passed` says whether its run does not fail, as one may that is compared with an earlier one.
    """

    run: str
    manifest_sha256: str
    id: str
    mocked: bool
    ended: HowEnded
    reason: str | None
    by_control: Mapping[str, Counter[Status]]
    closures: Mapping[str, str]
    passed: bool

    @property
    def counts(self) -> dict[Status, int]:
        """Its rows by status, zeros included."""
        return count_by_status(status for counts in self.by_control.values() for status in counts.elements())

    def cells(self, controls: Sequence[str]) -> str:
        """The worst status of each of these controls, by its letter."""
        return "".join(worst_letter(self.by_control.get(control, {})) for control in controls)

    def worst(self, severities: Mapping[str, Severity]) -> list[tuple[Severity, str, Counter[Status]]]:
        """The controls that need somebody, the most severe first, those of which most fails first among them."""
        found = [
            (severities[control], control, counts)
            for control, counts in self.by_control.items()
            if counts["fail"] or counts["error"] or counts["not_run"]
        ]
        return sorted(found, key=lambda each: (SEVERITIES.index(each[0]), -each[2]["fail"], each[1]))


def read_outcome(folder: Path, fleet: str, access: Access, tally: Tally, waivers: Sequence[Waiver]) -> AccountOutcome:
    """What the run in a folder found in the account, its rows taken into the tally of the fleet.

    Raises `BadEvidence` where that is no run of this account and fleet.
    """
    run = RunFolder(folder)
    data = run.read_run()
    record = RunRecord.parse(data)
    if record.run != folder.name or data.get("fleet") != fleet or access.name not in {a.name for a in record.accounts}:
        raise BadEvidence(f"{folder}: it is no run of {access.name} in the fleet {fleet}")
    by_control: defaultdict[str, Counter[Status]] = defaultdict(Counter)
    tally.take_in(_counted(run, by_control), waivers)
    entry = next(each for each in data["accounts"] if each["name"] == access.name)
    reason = entry.get("missing") or data["unreachable"].get(access.name)
    return AccountOutcome(
        run=record.run,
        manifest_sha256=sha256_of(folder / "manifest.json"),
        id=data["account_ids"].get(access.name) or access.id,
        mocked=record.mocked,
        ended="not_judged" if entry.get("missing") else "not_entered" if reason else "judged",
        reason=reason,
        by_control={control: _counter(tuple(sorted(counts.items()))) for control, counts in by_control.items()},
        closures=_closures(tuple((name, each["closure_sha256"]) for name, each in data["controls"].items())),
        passed=data["exit_code"] == 0,
    )


# What most accounts have in common is kept once: a fleet has thousands of them.
@lru_cache(maxsize=4096)
def _counter(counts: tuple[tuple[Status, int], ...]) -> Counter[Status]:
    return Counter(dict(counts))


@lru_cache(maxsize=16)
def _closures(closures: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return dict(closures)


def entry_of(access: Access, unit: str | None, ended: HowEnded, controls: int) -> dict[str, Any]:
    """What `fleet.json` says of an account of which there is no evidence."""
    return {
        "id": access.id,
        "kind": access.kind,
        "unit": unit,
        "tags": dict(access.tags),
        "mocked": access.mocked,
        "ended": ended,
        "reason": None,
        "run": None,
        "manifest_sha256": None,
        "counts": dict.fromkeys(STATUSES, 0),
        "cells": "." * controls,
    }


def entry_with(outcome: AccountOutcome, entry: Mapping[str, Any], controls: Sequence[str]) -> dict[str, Any]:
    """What `fleet.json` says of an account that was judged, or of which it is told why not."""
    return {
        **entry,
        "id": outcome.id,
        "mocked": outcome.mocked,
        "ended": outcome.ended,
        "reason": outcome.reason,
        "run": outcome.run,
        "manifest_sha256": outcome.manifest_sha256,
        "counts": outcome.counts,
        "cells": outcome.cells(controls),
    }


def _counted(run: RunFolder, by_control: defaultdict[str, Counter[Status]]) -> Iterator[Verdict]:
    for row in run.rows():
        by_control[row.control][row.status] += 1
        yield row
