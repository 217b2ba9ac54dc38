"""The manifest: a hash of every file of a run folder, chained to the run before it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from muster.run_folder import RunFolder


def write_manifest(folder: RunFolder) -> None:
    """Hash every file of the run, and the previous run's manifest, so that a change or a missing night shows."""
    files = sorted(path for path in folder.path.rglob("*") if path.is_file() and path != folder.manifest)
    previous = _previous(folder)
    data: dict[str, Any] = {
        "run": folder.path.name,
        "algorithm": "sha256",
        "previous": previous and {"run": previous.parent.name, "manifest_sha256": sha256_of(previous)},
        "files": {path.relative_to(folder.path).as_posix(): sha256_of(path) for path in files},
    }
    folder.manifest.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _previous(folder: RunFolder) -> Path | None:
    earlier = [path for path in folder.path.parent.glob("*/manifest.json") if path.parent.name < folder.path.name]
    return max(earlier, key=lambda path: path.parent.name, default=None)
