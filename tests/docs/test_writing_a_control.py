"""docs/writing-a-control.md is carried out, step by step, in a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "writing-a-control.md").read_text()
LEFT_OUT = {".git", ".venv", "__pycache__", "images", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def blocks(language: str) -> dict[str, str]:
    """The page's code blocks that name a file, by that name."""
    found = re.findall(rf"```{language}\n# ([^\s,]+)[^\n]*\n(.*?)```", PAGE, re.DOTALL)
    return dict(found)


def left_out(folder: str, names: list[str]) -> set[str]:
    """What the copy needs not: what is made by tools, and the evidence of earlier runs."""
    made = {"runs", "latest"} if Path(folder) == ROOT / "reports" else set()
    return (LEFT_OUT | made) & set(names)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the page's control written into it."""
    folder = tmp_path_factory.mktemp("copy") / "muster"
    shutil.copytree(ROOT, folder, ignore=left_out)
    for name, code in blocks("python").items():
        (folder / name).write_text(code)
    profile = folder / "profiles" / "regulated.yaml"
    profile.write_text(profile.read_text().rstrip() + "\n" + blocks("yaml")["profiles/regulated.yaml"])
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_page_writes_three_files() -> None:
    assert list(blocks("python")) == ["fixtures/dax.py", "controls/database/caches.py", "fixtures/sandbox/dax.py"]


def test_the_new_control_audits_the_demo_company(copy: Path) -> None:
    done = run(copy, "--control=dax-cluster-encrypted")

    assert done.returncode == 1, done.stdout
    assert "FAIL arn:aws:dax:eu-west-1:444455556666:cache/acme-demo-mail" in done.stdout
    assert "keeps its data in clear" in done.stdout


def test_the_new_control_is_proved_and_honest(copy: Path) -> None:
    done = run(copy, "tests/proofs", "tests/honesty", "-k", "dax", "-q")

    assert done.returncode == 0, done.stdout
    assert re.search(r"\b[1-9]\d passed", done.stdout), done.stdout


def test_the_new_control_is_in_its_profile(copy: Path) -> None:
    done = run(copy, "--profile=regulated", "--collect-only", "-q", "-k", "dax")

    assert "test_dax_cluster_encrypted[demo]" in done.stdout


def test_the_new_noun_keeps_the_contract_of_all_nouns(copy: Path) -> None:
    done = run(copy, "tests/nouns/test_contracts.py", "-k", "dax or Dax", "-q")

    assert done.returncode == 0, done.stdout
    assert re.search(r"\b\d\d passed", done.stdout), done.stdout


@pytest.mark.parametrize("gate", [("format", "--check"), ("check",)], ids=["format", "lint"])
def test_the_new_files_pass_the_gate(copy: Path, gate: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "ruff", *gate, "--no-cache", *blocks("python")]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
