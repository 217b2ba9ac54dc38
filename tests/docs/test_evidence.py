"""docs/evidence.md describes the run folder as it is: file by file and key by key."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any, get_args

import pytest

from muster.evidence.verification import DefectKind
from muster.verdict import STATUSES, Verdict
from tests.conftest import ROOT
from tests.runs.audits import Outcome

PAGE = (ROOT / "docs" / "evidence.md").read_text()


def section(title: str) -> str:
    """The text under a heading; the page's head for the empty title."""
    parts = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    return dict(zip(["", *parts[1::2]], parts[::2], strict=True))[title]


def keys(title: str) -> list[str]:
    """The names in the first column of a section's table."""
    return re.findall(r"^\| `([^`]+)` \|", section(title), re.MULTILINE)


def test_every_file_is_described(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    names = {path.name + ("/" if path.is_dir() else "") for path in whole_run.folder.iterdir()}

    assert set(keys("")) == names


def test_every_key_of_a_row_is_described() -> None:
    assert keys("verdicts.jsonl") == [field.name for field in fields(Verdict)]


def test_every_status_is_described() -> None:
    assert set(STATUSES) <= set(re.findall(r"`([a-z_]+)`", section("verdicts.jsonl")))


def test_every_key_of_an_answer_is_described(whole_run: Outcome) -> None:
    for read in whole_run.reads():
        assert set(read) | {"look", "validator", "unchanged"} == set(keys("reads/"))
        if read["error"]:
            assert all(f"`{name}`" in section("reads/") for name in read["error"])


def test_every_key_of_the_run_is_described(whole_run: Outcome) -> None:
    assert set(keys("run.json")) == set(whole_run.run)


@pytest.mark.parametrize("key", ["controls", "git", "calls", "problems"])
def test_what_is_inside_is_described(key: str, whole_run: Outcome) -> None:
    value: Any = whole_run.run[key]
    inner = (
        next(iter(value.values()))
        if key in ("controls", "calls")
        else value
        if key == "git"
        else {"kind": 0, "text": 0}
    )
    (line,) = [line for line in section("run.json").splitlines() if line.startswith(f"| `{key}` |")]

    for name in inner:
        assert f"`{name}`" in line, name


def test_every_kind_of_finding_is_described() -> None:
    assert set(keys("Checking a run folder")) == set(get_args(DefectKind))


def test_every_key_of_the_manifest_is_described(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    manifest = json.loads((whole_run.folder / "manifest.json").read_text())

    assert set(keys("manifest.json")) == set(manifest)
