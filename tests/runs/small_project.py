"""A project like this one, with a handful of its controls: what an audit of it costs does not grow with the catalogue.

For tests of how a run goes, ends and compares, whatever is judged. What holds of all controls is tested on all.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from muster.judging.control import CONTROLS

ROOT = Path(__file__).parents[2]

# By the files they stand in: users and the root user, buckets, databases, keys; and an organization on GitHub.
CHOSEN = (
    "iam-root-mfa",
    "iam-user-console-mfa",
    "s3-bucket-versioned",
    "rds-instance-encrypted",
    "kms-key-rotated",
    "gh-members-mfa",
)
PROFILES = {"baseline": ("aws",), "regulated": ("aws",), "code-repository": ("github",)}


def make_small_project(folder: Path) -> Path:
    """Write the project: its own controls and profiles, and this one's engine, nouns and reports."""
    folder.mkdir()
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(ROOT / name, folder)
    for name in ("muster", "fixtures", "reports"):
        (folder / name).symlink_to(ROOT / name)
    for path in (ROOT / "controls").glob("*.*"):
        _copy(path, folder)
    files = {CONTROLS[each].path for each in CHOSEN}
    for path in files:
        _copy(path, folder)
        _copy(path.parent / "__init__.py", folder)
    (folder / "profiles").mkdir()
    for name, kinds in PROFILES.items():
        listed = [f"  - {each.id}" for each in CONTROLS.values() if each.path in files and each.kind in kinds]
        text = "\n".join([f"name: {name}", "title: A part of the catalogue", "controls:", *listed])
        (folder / "profiles" / f"{name}.yaml").write_text(text + "\n")
    return folder


def _copy(path: Path, folder: Path) -> None:
    copy = folder / path.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, copy)
