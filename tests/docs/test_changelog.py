"""Fragments of the changelog have the form that changelog.d/README.md gives, and become a section of CHANGELOG.md."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "changelog.d"
NO_FRAGMENTS = {"README.md", "template.md.jinja"}
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
KINDS = [kind["directory"] for kind in SETTINGS["type"]]


def problem_of(name: str, text: str) -> str | None:
    """What is wrong with a fragment."""
    if not re.fullmatch(rf"[a-z0-9-]+\.({'|'.join(KINDS)})\.md", name):
        return "its name is not of the form NAME.KIND.md"
    if re.search(r"^\s*([-*#]|\d+\.)\s|\n\s*\n", text, re.MULTILINE):
        return "it is more than a few sentences: a heading, a list or paragraphs"
    if not text.endswith(".\n"):
        return "it does not end with a full stop and one line break"
    return None


def test_fragments_have_the_form() -> None:
    fragments = [path for path in sorted(FOLDER.iterdir()) if path.name not in NO_FRAGMENTS]

    assert {path.name: found for path in fragments if (found := problem_of(path.name, path.read_text()))} == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("buckets.md", "Buckets are private.\n", id="no kind"),
        pytest.param("buckets.feature.md", "Buckets are private.\n", id="unknown kind"),
        pytest.param("Buckets.night.md", "Buckets are private.\n", id="capital"),
        pytest.param("buckets.night.md", "- Buckets are private.\n", id="list"),
        pytest.param("buckets.night.md", "# Buckets\n", id="heading"),
        pytest.param("buckets.night.md", "Buckets are private.\n\nAll of them.\n", id="paragraphs"),
        pytest.param("buckets.night.md", "Buckets are private\n", id="no full stop"),
        pytest.param("buckets.night.md", "", id="empty"),
    ],
)
def test_what_has_another_form_is_found(name: str, text: str) -> None:
    assert problem_of("buckets.night.md", "Buckets are private.\n") is None
    assert problem_of(name, text)


def test_the_page_tells_the_kinds() -> None:
    page = (FOLDER / "README.md").read_text()

    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == KINDS


def test_fragments_become_the_newest_section(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "changelog.d").mkdir()
    for name in NO_FRAGMENTS:
        shutil.copy(FOLDER / name, tmp_path / "changelog.d")
    (tmp_path / "changelog.d" / "buckets.night.md").write_text("Buckets are private,\nall of them.\n")
    (tmp_path / "changelog.d" / "page.evidence.md").write_text("The page names them.\n")
    before = (ROOT / "CHANGELOG.md").read_text()

    build = ["build", "--version", "0.2.0", "--date", "2026-12-01", "--keep"]
    done = subprocess.run(
        [sys.executable, "-m", "towncrier", *build], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr
    head, start, rest = before.partition(SETTINGS["start_string"])
    assert start
    section = """
## 0.2.0 (2026-12-01)

**Look at these first: they may turn a night red that was green.**

- Buckets are private,
  all of them.

**Evidence**

- The page names them.

"""
    assert (tmp_path / "CHANGELOG.md").read_text() == head + start + section + rest.lstrip("\n")
