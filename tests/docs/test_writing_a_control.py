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
    assert list(blocks("python")) == ["fixtures/sqs.py", "controls/messaging/queues.py", "fixtures/sandbox/sqs.py"]


def test_the_new_control_audits_the_demo_company(copy: Path) -> None:
    done = run(copy, "--control=sqs-queue-encrypted")

    assert done.returncode == 1, done.stdout
    assert "FAIL arn:aws:sqs:eu-west-1:444455556666:acme-demo-mail" in done.stdout
    assert "keeps its messages in clear" in done.stdout


def test_the_new_control_is_proved_and_honest(copy: Path) -> None:
    done = run(copy, "tests/proofs", "tests/honesty", "-k", "sqs", "-q")

    assert done.returncode == 0, done.stdout
    assert re.search(r"\b1\d passed", done.stdout), done.stdout


def test_the_new_control_is_in_its_profile(copy: Path) -> None:
    done = run(copy, "--profile=regulated", "--collect-only", "-q", "-k", "sqs")

    assert "test_sqs_queue_encrypted[demo]" in done.stdout
