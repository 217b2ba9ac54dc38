"""Files of the project that are made by its tests and not by hand: the record of proofs, the permissions."""

from __future__ import annotations

import os
from pathlib import Path

IN_CI = bool(os.environ.get("CI"))


def hold(path: Path, text: str) -> None:
    """Write what a file has to say; in CI, where nobody would commit it, find fault with one that says otherwise."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    assert not IN_CI, f"{path.name} is stale: run the tests where you write, and commit what they make of it"
    path.write_text(text, encoding="utf-8")


def remove(path: Path) -> None:
    """Take away a file that is made no more; in CI, find fault with it."""
    assert not IN_CI, f"{path.name} is made no more: run the tests where you write, and commit what they make of it"
    path.unlink()
