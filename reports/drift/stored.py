"""`drift.json`: what a run that was told to compare itself found, so that everything made of it later says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from muster.errors import BadEvidence, UsageError
from muster.evidence.plain_files import read_plain, write_plain
from muster.evidence.run_folder import RunFolder
from reports.drift.baseline import latest_before, verified
from reports.drift.compare import Drift, compare
from reports.run import ReportedRun

NAME = "drift.json"

_DRIFT = TypeAdapter(Drift)


def write_drift(folder: RunFolder, drift: Drift) -> None:
    """Put it into the folder of its run, before that is sealed."""
    write_plain(folder.path, NAME, (json.dumps(drift.as_data(), indent=1) + "\n").encode())


def read_drift(run: ReportedRun) -> Drift | None:
    """What a run says that changed; None where it was not told to compare. Raises `BadEvidence`."""
    return drift_in(run.folder.path, run.name)


def drift_in(folder: Path, run: str) -> Drift | None:
    """The same, of the run of this name in a folder."""
    try:
        drift = _DRIFT.validate_json(read_plain(folder, NAME), strict=True)
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise BadEvidence(f"{NAME}: {place + ': ' if place else ''}{first['msg']}") from error
    if drift.run != run:
        raise BadEvidence(f"{NAME}: it is of the run {drift.run}")
    return drift


def drift_of(run: ReportedRun, note: Callable[[str], object]) -> Drift | None:
    """What changed up to a run: as its own `drift.json` tells, or else since the latest whole run like it beside it.

    With a run that is not what its manifest says nothing is compared; `note` is told why.
    """
    told = read_drift(run)
    if told is not None:
        return told
    previous = latest_before(run)
    if previous is None:
        return None
    try:
        before = verified(previous.folder.path, f"changes since {previous.name}")
    except UsageError as error:
        note(str(error))
        return None
    return replace(compare(before.run, run), since_signed_by=before.signed_by)
