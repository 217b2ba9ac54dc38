"""Sealed run folders: two nights of one estate, the second chained to the first, both signed."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import KeyFileSigner, Signer, sign_manifest
from tests.reports.synthetic import Size, make_run

SIZE = Size(resources=6, controls=3, accounts=2)


def key_file(path: Path) -> Path:
    """A new Ed25519 private key in a PEM file."""
    key = Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def seal(folder: Path, signer: Signer | None) -> Path:
    """Do to a run folder what the end of a run does."""
    write_manifest(RunFolder(folder))
    if signer is not None:
        sign_manifest(RunFolder(folder), signer)
    return folder


@dataclass(frozen=True)
class Nights:
    """The folder of runs, and the two nights in it."""

    runs: Path
    first: Path
    second: Path
    public_key: bytes | None

    def copied_to(self, parent: Path) -> Nights:
        """The same runs in another place, for a test to spoil."""
        shutil.copytree(self.runs, parent)
        return Nights(parent, parent / self.first.name, parent / self.second.name, self.public_key)


def make_nights(runs: Path, key: Path | None) -> Nights:
    """Two nights, with a report in each; signed with the key of a file if one is given."""
    signer = KeyFileSigner(key) if key is not None else None
    folders = []
    for night in (0, 1):
        folder = make_run(runs, SIZE, night=night)
        (folder / "report.html").write_text("<title>night</title>" + json.dumps(night))
        folders.append(seal(folder, signer))
    return Nights(runs, folders[0], folders[1], signer.public_key if signer else None)
