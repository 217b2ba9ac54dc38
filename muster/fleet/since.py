"""What a fleet is compared with: an earlier fleet, and for each account the run folder that it had there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from muster.evidence.fleet_record import FleetRecord

FailOn = Literal["any", "new"]


@dataclass(frozen=True)
class SinceRun:
    """What an account is compared with: its run folder in the earlier fleet, and the hash of that one's manifest.

    Both are None where it was not in that fleet, whose name is `fleet`: None where there is none, on a first night.
    """

    fleet: str | None
    started: str | None
    folder: Path | None
    manifest_sha256: str | None
    fail_on: FailOn

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for another process."""
        return {**vars(self), "folder": str(self.folder) if self.folder else None}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """What `as_data` wrote down."""
        return cls(**{**data, "folder": Path(data["folder"]) if data["folder"] else None})


@dataclass(frozen=True)
class Since:
    """The earlier fleet, whose own files were verified, and who signed them; None on a first night.

    With `fail_on` `new` nothing fails a fleet that was there already.
    """

    folder: Path | None
    record: FleetRecord | None
    signed_by: str | None
    fail_on: FailOn

    @property
    def name(self) -> str | None:
        """The earlier fleet's."""
        return self.record.fleet if self.record is not None else None

    @property
    def started(self) -> str | None:
        """When it began: ISO 8601."""
        return self.record.started.isoformat().replace("+00:00", "Z") if self.record is not None else None

    def of(self, account: str) -> SinceRun:
        """What an account is compared with."""
        known = self.record.accounts.get(account) if self.record is not None else None
        if self.folder is None or known is None or known.run is None:
            return SinceRun(self.name, self.started, None, None, self.fail_on)
        folder = self.folder / known.folder(account)
        return SinceRun(self.name, self.started, folder, known.manifest_sha256, self.fail_on)
