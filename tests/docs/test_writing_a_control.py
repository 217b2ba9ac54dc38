"""docs/writing-a-control.md is carried out, step by step, in a copy of the project: from the command to the gate."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import CONTROLS, ROOT
from tests.docs.page import Page

PAGE = Page("writing-a-control.md")
LEFT_OUT = {".git", ".venv", "__pycache__", "images", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
ID = "dax-cluster-encrypted"
WRITTEN = [
    "fixtures/dax.py",
    "controls/database/dax_clusters.py",
    "fixtures/sandbox/dax.py",
    "profiles/regulated.yaml",
    "tests/hostile/cases/dax-cluster-encrypted.yaml",
    "tests/hostile/baseline/dax.yaml",
]
# The tests that a new control concerns: its own, those of the whole catalogue, those that write down what follows.
CONCERNED = " or ".join(
    [
        "dax",
        "architecture",
        "fill_in",
        "discriminating",
        "permissions",
        "record",
        "output_shown",
        "seeds_break",
        "shipped",
    ]
)
IN = ["architecture", "proofs", "honesty", "nouns/test_contracts.py", "hostile", "files", "docs/test_readme.py"]
MADE = ["controls/proved.json", "controls/permissions.json", "docs/audit-role-policy-1.json"]


COMMANDS = PAGE.commands


def left_out(folder: str, names: list[str]) -> set[str]:
    """What the copy needs not: what is made by tools, and the evidence of earlier runs."""
    made = {"runs", "latest"} if Path(folder) == ROOT / "reports" else set()
    return (LEFT_OUT | made) & set(names)


@dataclass(frozen=True)
class Project:
    """A copy of the project, in which commands are carried out as the page writes them."""

    folder: Path

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        program, *arguments = shlex.split(command)
        module = ["-m", program] if program != "python" else []
        # Where it is written: CI would only find fault with what tests write.
        environment = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
        return subprocess.run(
            [sys.executable, *module, *arguments],
            cwd=self.folder,
            env={**environment, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def lint(self) -> str:
        """What the lint finds."""
        python = [path for path in WRITTEN if path.endswith(".py")]
        done = [
            self.run("ruff format --check --quiet --no-cache ."),
            self.run("ruff check --quiet --no-cache ."),
            self.run(f"mypy --no-error-summary --cache-dir={self.folder.parent / 'mypy'} {' '.join(python)}"),
        ]
        return "".join(each.stdout + each.stderr for each in done)


@dataclass(frozen=True)
class Step:
    """What the page's command said, and what lint and proof say then."""

    project: Project
    said: str
    lint: str
    proof: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Step:
    """The project as the page's first command leaves it."""
    project = Project(tmp_path_factory.mktemp("copy") / "muster")
    shutil.copytree(ROOT, project.folder, ignore=left_out)
    said = project.run(COMMANDS[0])
    assert said.returncode == 0, said.stderr
    proof = project.run(f"pytest tests/architecture tests/proofs -q -k 'architecture or {ID} or fill_in'")
    return Step(project, said.stdout, project.lint(), proof)


@pytest.fixture(scope="module")
def filled(begun: Step) -> Step:
    """The project as the page fills it in, with what its gate says of the new control."""
    folder = begun.project.folder
    for name, text in PAGE.files("python", "yaml").items():
        if not name.startswith("profiles/"):
            (folder / name).write_text(text)
    gate = begun.project.run(f"pytest {' '.join(f'tests/{each}' for each in IN)} -q -k '{CONCERNED}'")
    return Step(begun.project, "", begun.project.lint(), gate)


def test_the_page_shows_every_file_that_the_command_writes(begun: Step) -> None:
    assert sorted(PAGE.files("python", "yaml")) == sorted(WRITTEN)
    assert [line.split()[0] for line in begun.said.splitlines()[: len(WRITTEN)]] == WRITTEN


def test_the_command_names_those_that_the_page_goes_on_with(begun: Step) -> None:
    _, audit, proof, gate = COMMANDS

    assert f"    {audit}\n    {proof}\n" in begun.said
    assert gate == "make lint test"


def test_what_the_command_writes_passes_the_lint(begun: Step) -> None:
    assert begun.lint == ""


def test_what_the_command_writes_fails_the_proof_and_nothing_else(begun: Step) -> None:
    wrong = re.findall(r"^(?:FAILED|ERROR) (\S+)", begun.proof.stdout, re.MULTILINE)

    assert {Path(name).parts[1] for name in wrong} == {"proofs"}, begun.proof.stdout
    assert "fill in" in begun.proof.stdout


def test_the_line_in_the_profile_is_the_pages(begun: Step) -> None:
    added = (begun.project.folder / "profiles/regulated.yaml").read_text().splitlines()[-1]

    assert f"{added}\n" == PAGE.files("yaml")["profiles/regulated.yaml"]


def test_what_the_page_writes_passes_the_lint(filled: Step) -> None:
    assert filled.lint == ""


def test_the_gate_lets_the_new_control_through(filled: Step) -> None:
    assert filled.proof.returncode == 0, filled.proof.stdout
    assert int(re.findall(r"(\d+) passed", filled.proof.stdout)[0]) > len(CONTROLS), filled.proof.stdout


def test_what_follows_from_a_control_was_written_by_its_tests(filled: Step) -> None:
    proved, permissions, role = (json.loads((filled.project.folder / each).read_text()) for each in MADE)

    assert ID in proved
    assert permissions["dax:describe_clusters"] == "dax:DescribeClusters"
    assert "dax:DescribeClusters" in role["Statement"][0]["Action"]


def test_the_new_control_audits_the_demo_company(filled: Step) -> None:
    done = filled.project.run(COMMANDS[1])

    assert done.returncode == 1, done.stdout
    assert "FAIL arn:aws:dax:eu-west-1:444455556666:cache/acme-demo-orders-2" in done.stdout
    assert "keeps what it caches with encryption DISABLED" in done.stdout


def test_an_id_is_given_once(filled: Step) -> None:
    done = filled.project.run(COMMANDS[0])

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{ID}: there is such a control, in " in done.stderr
