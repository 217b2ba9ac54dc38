"""What verifying a run folder finds, and the folder as it is looked at while that is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from muster.evidence.manifest import UNLISTED, Manifest
from muster.evidence.plain_files import listed_entries, sha256_of_plain
from muster.evidence.record import RunRecord

DefectKind = Literal["changed", "added", "lost", "torn", "reordered", "swapped", "unsigned", "foreign", "unfinished"]


@dataclass(frozen=True)
class Defect:
    """Something that is not as it was when the run ended: which file, and what is wrong with it.

    `foreign` is what belongs to another run or another key, `unsigned` what lacks a signature that it should have,
    `unfinished` what the run itself did not come to.
    """

    kind: DefectKind
    file: str
    text: str

    def __str__(self) -> str:
        """The defect in one line."""
        return f"{self.kind} {self.file}: {self.text}"


@dataclass
class Verification:
    """What was found. `notes` say what could not be told, which is no fault of the folder.

    `manifest` and `record` (`run.json`) are None where there is none, or none that can be read. `signed_by` is the
    fingerprint of the key whose signature holds, None where there is no such signature.
    """

    folder: Path
    manifest: Manifest | None = None
    manifest_sha256: str | None = None
    record: RunRecord | None = None
    signed_by: str | None = None
    defects: list[Defect] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _hashes: dict[str, str] = field(default_factory=dict, repr=False)

    def found(self, kind: DefectKind, file: str, text: str) -> None:
        """Add a defect."""
        self.defects.append(Defect(kind, file, text))

    @cached_property
    def entries(self) -> dict[str, bool]:
        """What is in the folder, by its path, and whether it is a plain file."""
        return listed_entries(self.folder)

    @property
    def listed(self) -> set[str]:
        """What the manifest should name."""
        return self.entries.keys() - UNLISTED

    @property
    def answers(self) -> list[str]:
        """What is in `reads/`, by its path in the run folder."""
        return [name for name in self.entries if name.startswith("reads/")]

    def sha256(self, name: str) -> str:
        """The SHA-256 of a plain file of the folder, in hex; each is read once."""
        if name not in self._hashes:
            self._hashes[name] = sha256_of_plain(self.folder, name)
        return self._hashes[name]
