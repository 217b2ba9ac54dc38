"""The manifest: every file under its hash, and every run chained to the one before."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from muster.evidence.manifest import sha256_of, write_manifest
from muster.evidence.run_folder import RunFolder


def a_run(runs: Path, name: str) -> RunFolder:
    folder = RunFolder(runs / name)
    folder.create()
    (folder.reads / "answer.json").write_text(name)
    write_manifest(folder)
    return folder


def manifest(folder: RunFolder) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(folder.manifest.read_text())
    return data


def test_every_file_but_the_manifest_is_in_it_under_its_hash(tmp_path: Path) -> None:
    folder = a_run(tmp_path, "20261123")
    assert manifest(folder)["files"] == {
        "reads/answer.json": hashlib.sha256(b"20261123").hexdigest(),
        "verdicts.jsonl": hashlib.sha256(b"").hexdigest(),
    }
    assert (manifest(folder)["run"], manifest(folder)["algorithm"]) == ("20261123", "sha256")


def test_the_first_run_follows_none(tmp_path: Path) -> None:
    assert manifest(a_run(tmp_path, "20261123"))["previous"] is None


def test_runs_are_a_chain(tmp_path: Path) -> None:
    runs = [a_run(tmp_path, name) for name in ("20261121", "20261122", "20261123")]
    assert [manifest(run)["previous"] for run in runs[1:]] == [
        {"run": before.path.name, "manifest_sha256": sha256_of(before.manifest)} for before in runs[:-1]
    ]


def test_a_change_to_an_earlier_run_breaks_the_chain(tmp_path: Path) -> None:
    first, second = a_run(tmp_path, "20261122"), a_run(tmp_path, "20261123")
    (first.reads / "answer.json").write_text("forged")
    write_manifest(first)
    assert manifest(second)["previous"]["manifest_sha256"] != sha256_of(first.manifest)


@pytest.mark.parametrize("other", ["20261124", "latest"], ids=["a later run", "the link to the newest"])
def test_a_run_follows_an_earlier_one_only(tmp_path: Path, other: str) -> None:
    a_run(tmp_path, other)
    assert manifest(a_run(tmp_path, "20261123"))["previous"] is None


def test_a_run_that_was_killed_before_it_was_sealed_is_passed_over(tmp_path: Path) -> None:
    first = a_run(tmp_path, "20261121")
    RunFolder(tmp_path / "20261122").create()
    assert manifest(a_run(tmp_path, "20261123"))["previous"]["run"] == first.path.name
