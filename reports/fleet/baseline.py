"""The fleet to compare with: the latest whole one that asked the same, or the one that the user names, verified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from muster.errors import BadEvidence, UsageError
from muster.evidence.fleet_record import FLEET, FleetRecord
from muster.evidence.json_object import read_object
from muster.evidence.plain_files import is_plain
from muster.evidence.verify_fleet import verify_fleet
from muster.fleet.since import FailOn, Since
from muster.printable import one_line
from reports.drift.baseline import CONCLUDED, NOT_ALL, Asked, accounts_selected
from reports.fleet.since import names_of_runs

LATEST = "latest"


@dataclass(frozen=True)
class EarlierFleet:
    """A fleet that was concluded, and what it asked of whom."""

    folder: Path
    record: FleetRecord
    asked: Asked

    @classmethod
    def read(cls, folder: Path) -> EarlierFleet:
        """The fleet in a folder. Raises as reading `fleet.json` does."""
        data = read_object(folder, FLEET)
        record = FleetRecord.parse(data)
        accounts = accounts_selected(data.get("organization"), record.accounts)
        narrowed_by = (data.get("not_asked") or {"by": []})["by"]
        return cls(folder, record, Asked(record.profiles, accounts, tuple(narrowed_by)))

    @property
    def is_whole(self) -> bool:
        """Whether it came to its end, and has evidence of all that it was to judge."""
        kinds = {problem.kind for problem in self.record.problems or ()}
        return (
            self.record.ended is not None
            and self.record.exit_code in CONCLUDED
            and not kinds & NOT_ALL
            and all(account.run is not None for account in self.record.accounts.values())
            and is_plain(self.folder, "manifest.json")
        )


def fleet_since(named: str, runs: Iterable[Path], asked: Asked, fail_on: FailOn) -> Since:
    """The fleet that `--since` names, its own files verified; none on a first night.

    `runs` are the folders among which the latest is looked for, the newest first. The run folder of an account is
    verified by whoever judges it again. Raises `UsageError` in one line.
    """
    if named != LATEST:
        return _verified(Path(named), f"--since={named}", fail_on)
    found = next((fleet for fleet in _fleets(runs) if fleet.is_whole and fleet.asked == asked), None)
    if found is None:
        return Since(None, None, None, fail_on)
    return _verified(found.folder, f"--since={LATEST} ({found.folder})", fail_on)


def newest_first(runs: Path) -> list[Path]:
    """The folders of a folder of runs."""
    return [runs / name for name in sorted(names_of_runs(runs), reverse=True)]


def _fleets(runs: Iterable[Path]) -> Iterator[EarlierFleet]:
    """The fleets among folders; what cannot be read as one is none."""
    for folder in runs:
        try:
            yield EarlierFleet.read(folder)
        except (OSError, BadEvidence):
            continue


def _verified(folder: Path, asked: str, fail_on: FailOn) -> Since:
    if not is_plain(folder, FLEET):
        raise UsageError(f"{asked}: no folder of a fleet (there is no {FLEET} in it)")
    try:
        verification = verify_fleet(folder, opens_accounts=False)
        fleet = EarlierFleet.read(folder.resolve())
    except (OSError, BadEvidence) as error:
        raise UsageError(one_line(f"{asked}: {error}: it cannot be read; name another fleet")) from error
    if verification.defects:
        first = verification.defects[0]
        said = f"{asked}: that fleet is not what it should have been when it ended: {first}"
        raise UsageError(one_line(f"{said}; see muster verify {folder}, and name another fleet"))
    if not fleet.is_whole:
        raise UsageError(one_line(f"{asked}: that fleet did not judge all that it was asked; name a whole fleet"))
    return Since(fleet.folder, fleet.record, verification.signed_by, fail_on)
