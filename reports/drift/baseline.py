"""The run to compare with: the latest whole one that asked the same, or the one that the user names, verified."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.errors import BadEvidence, UsageError
from muster.evidence.plain_files import is_plain
from muster.evidence.record import is_name
from muster.evidence.verify import verify
from muster.printable import counted, one_line
from reports.run import ReportedRun

CONCLUDED = (0, 1)
"""With one of these exit codes of pytest's a run has judged what it was to judge."""
NOT_ALL = frozenset({"part", "not_run", "account_missing"})
"""And with one of these problems it has not."""


@dataclass(frozen=True)
class Asked:
    """What a run asked of whom, by name: with another run that asked the same it can be compared night by night.

    `narrowed_by` are the options that left controls of the profiles out. Of an organization that was discovered it is
    the same that was selected, whichever accounts that came to: they come and go.
    """

    profiles: tuple[str, ...]
    accounts: frozenset[str]
    narrowed_by: tuple[str, ...]

    @classmethod
    def of(cls, run: ReportedRun) -> Asked:
        """What a run says that it asked."""
        not_asked = run.record.get("not_asked") or {"by": []}
        accounts = accounts_selected(run.record.get("organization"), run.accounts)
        return cls(tuple(run.record["profiles"]), accounts, tuple(not_asked["by"]))


def accounts_selected(organization: Mapping[str, Any] | None, names: Iterable[str]) -> frozenset[str]:
    """The accounts as they were selected: by name, or of an organization (`run.json`) by what was to be found in it."""
    if organization is not None and organization.get("selected"):
        return frozenset(f"{organization['id']} {each}" for each in organization["selected"])
    return frozenset(names)


@dataclass(frozen=True)
class Baseline:
    """A run that was verified; `signed_by` is the fingerprint of the key that signed it, None where nobody did."""

    run: ReportedRun
    signed_by: str | None


def latest_like(runs: Path, asked: Asked, *, before: str | None = None) -> ReportedRun | None:
    """The latest whole run in a folder of runs that asked the same; `before` is the name of a later one."""
    return first_like(_sealed_runs(runs, before), asked)


def first_like(runs: Iterable[ReportedRun], asked: Asked) -> ReportedRun | None:
    """The first whole one of these runs that asked the same."""
    return next((run for run in runs if is_whole(run) and Asked.of(run) == asked), None)


def latest_before(run: ReportedRun) -> ReportedRun | None:
    """The latest whole run before this one, and beside it, that asked the same; a replay has none."""
    path = run.folder.path.resolve()
    return None if run.record["replay_of"] is not None else latest_like(path.parent, Asked.of(run), before=path.name)


def is_whole(run: ReportedRun) -> bool:
    """Whether a run asked, came to its end, and judged all that it was to judge."""
    return run.record["replay_of"] is None and judged_all(run)


def judged_all(run: ReportedRun) -> bool:
    """Whether a run came to its end and judged all that it was to judge."""
    record = run.record
    problems = {problem["kind"] for problem in record["problems"] or ()}
    return (
        record["ended"] is not None
        and record["exit_code"] in CONCLUDED
        and record.get("part") is None
        and not problems & NOT_ALL
    )


def whole(path: Path, asked: str) -> Baseline:
    """The verified run in a folder that judged all that it was to judge; a replay may be one.

    Raises `UsageError` as `verified` does, and for a part: what it left out would count as new, or as gone.
    """
    found = verified(path, asked)
    if not judged_all(found.run):
        part = found.run.record.get("part")
        how = f"{part['judged']:,} of {counted(part['asked'], 'control')} in their accounts" if part else "not all"
        raise UsageError(
            one_line(f"{asked}: that run judged {how} of what it was asked, or was cut short; name a whole run")
        )
    return found


def verified(path: Path, asked: str) -> Baseline:
    """The run in a folder, once nothing was found against it.

    `asked` is how the user named it. Raises `UsageError` in one line where it is no run, was not ended, or is not what
    its manifest says: who can make old failures up can hide new ones.
    """
    if not is_plain(path, "run.json"):
        raise UsageError(f"{asked}: no run folder (there is no run.json in it)")
    try:
        verification = verify(path)
        if not verification.defects:
            return Baseline(ReportedRun.load(path), verification.signed_by)
    except (OSError, BadEvidence) as error:
        raise UsageError(one_line(f"{asked}: {error}: it cannot be read; name another run")) from error
    first, *others = verification.defects
    more = f" (and {len(others):,} more defects)" if others else ""
    said = f"{asked}: that run is not what it should have been when it ended: {first}{more}"
    raise UsageError(one_line(f"{said}; see python -m muster verify {path}, and name another run"))


def _sealed_runs(runs: Path, before: str | None) -> Iterator[ReportedRun]:
    """The runs in a folder that have a manifest, the latest first; what cannot be read as one is none."""
    try:
        with os.scandir(runs) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False) and is_name(entry.name)]
    except FileNotFoundError:
        return
    for name in sorted(names, reverse=True):
        if (before is None or name < before) and is_plain(runs, f"{name}/manifest.json"):
            try:
                yield ReportedRun.load(runs / name)
            except (OSError, BadEvidence):
                continue
