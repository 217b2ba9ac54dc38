"""What changed from one fleet to the next, control by control: in which accounts something begins or ceases to fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from muster.errors import BadEvidence
from muster.evidence.fleet_record import FLEET, FleetRecord
from muster.evidence.manifest import Manifest, sha256_of
from muster.evidence.plain_files import is_plain, read_plain
from muster.evidence.record import is_name

FAILING = "f"
UNREADABLE = "er"


@dataclass
class CellChanges:
    """The accounts, by name, in which a control newly fails, fails no more, and newly cannot be judged."""

    failing: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.failing or self.fixed or self.unreadable)


@dataclass(frozen=True)
class SinceFleet:
    """What changed since an earlier fleet: by control, and which accounts are new to the fleet, or gone from it."""

    fleet: str
    by_control: dict[str, CellChanges]
    new: list[str]
    gone: list[str]


def changes_since(before: FleetRecord, now: FleetRecord) -> SinceFleet:
    """Compare two fleets, by the names of accounts and the ids of controls; what one of them lacks is no change."""
    places = {control: place for place, control in enumerate(before.controls)}
    by_control = {}
    for place, control in enumerate(now.controls):
        changes = CellChanges()
        for name, account in now.accounts.items():
            known = before.accounts.get(name)
            if known is None or known.id != account.id or control not in places:
                continue
            _note(changes, name, known.cells[places[control]], account.cells[place])
        if not changes.is_empty:
            by_control[control] = changes
    return SinceFleet(
        before.fleet,
        by_control,
        new=[name for name in now.accounts if name not in before.accounts],
        gone=[name for name in before.accounts if name not in now.accounts],
    )


def fleet_before(folder: Path, record: FleetRecord) -> FleetRecord | None:
    """The newest sealed fleet beside this one, and before it, that judged by the same profiles; None where none is.

    One that is not what its manifest says is passed over: whoever can make old failures up can hide new ones.
    """
    real = folder.resolve()
    for name in sorted(names_of_runs(real.parent), reverse=True):
        if name >= real.name or not is_plain(real.parent, f"{name}/{FLEET}"):
            continue
        try:
            manifest = Manifest.parse(read_plain(real.parent, f"{name}/manifest.json"))
            if manifest.files.get(FLEET) != sha256_of(real.parent / name / FLEET):
                continue
            found = FleetRecord.read(real.parent / name)
        except (OSError, BadEvidence):
            continue
        if found.profiles == record.profiles and not any(each.kind == "part" for each in found.problems or ()):
            return found
    return None


def names_of_runs(parent: Path) -> Iterator[str]:
    """The names of the folders in a folder of runs; none where there is no such folder."""
    if not parent.is_dir():
        return
    with os.scandir(parent) as entries:
        yield from (entry.name for entry in entries if entry.is_dir(follow_symlinks=False) and is_name(entry.name))


def _note(changes: CellChanges, name: str, was: str, is_now: str) -> None:
    if is_now == FAILING and was != FAILING:
        changes.failing.append(name)
    elif was == FAILING and is_now not in FAILING + UNREADABLE:
        changes.fixed.append(name)
    elif is_now in UNREADABLE and was not in UNREADABLE:
        changes.unreadable.append(name)
