"""The recipes of examples/ and deploy/: each linted by its own tool, and run as far as it goes on this machine."""

from __future__ import annotations

import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reports.formats import FORMATS
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"
BIN = Path(sys.executable).parent
TEXTS = {path.relative_to(EXAMPLES).as_posix(): path.read_text() for path in EXAMPLES.rglob("*") if path.is_file()}

LINTS = [
    pytest.param(
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", "examples/github-actions/muster.yml"],
        id="github's own schema",
    ),
    pytest.param(["zizmor", "--offline", "--quiet", "examples/github-actions/muster.yml"], id="zizmor"),
    pytest.param(
        [
            *("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
            "examples/gitlab-ci/.gitlab-ci.yml",
        ],
        id="gitlab's own schema",
    ),
    pytest.param(["cfn-lint", "examples/codebuild/nightly.yaml"], id="the CodeBuild project"),
    pytest.param(["cfn-lint", "examples/step-functions/fleet.yaml"], id="the fleet"),
    pytest.param(["cfn-lint", "deploy/evidence-bucket.yaml"], id="the bucket"),
    pytest.param(["hadolint", "examples/container/Containerfile"], id="hadolint"),
    pytest.param(["shellcheck", "examples/cron/nightly.sh"], id="shellcheck"),
]


@pytest.mark.parametrize("command", LINTS)
def test_its_own_lint_finds_nothing(command: list[str]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def commands() -> dict[str, list[str]]:
    """The arguments of pytest in each example, as a shell would take them apart."""
    found = {}
    for name, text in TEXTS.items():
        joined = re.sub(r"\\\n\s*|\n\s*(?=-{2})", " ", text).replace('", "', " ").replace('["', "").replace('"]', "")
        joined = joined.replace("\nCMD ", " ")
        match = re.search(r"\bpytest\s+(--(?:profile|reports)=[^\n|`]*)", joined)
        if match is not None:
            found[name] = [each for each in shlex.split(match[1]) if each.startswith("--")]
    return found


def test_each_example_runs_the_command() -> None:
    asked = {"--profile", "--account", "--reports", "--since", "--fail-on", "--notify"}

    assert {name: asked - {each.partition("=")[0] for each in given} for name, given in commands().items()} == {
        "README.md": set(),
        "github-actions/muster.yml": set(),
        "gitlab-ci/.gitlab-ci.yml": set(),
        "codebuild/nightly.yaml": set(),
        "container/Containerfile": set(),
        "cron/nightly.sh": set(),
    }


def test_muster_takes_every_option_of_the_examples() -> None:
    """Options that mean nothing would end pytest with 4; none that is given is taken twice."""
    options = sorted({each for given in commands().values() for each in given if "$" not in each})
    command = [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest", *options, "--list-controls"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_files_that_are_handed_on_are_made() -> None:
    made = {known.file_name: name for name, known in FORMATS.items()}
    for name, text in TEXTS.items():
        for file in re.findall(r"reports/latest/([a-z.]+\.[a-z]+)", text):
            assert f"{made[file]}" in (re.search(r"--report=(\S+)", text) or [""])[0], (name, file)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with the script, and with stand-ins for pytest and muster that note how they were called."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name, code in (("pytest", "${MUSTER_TEST_CODE:-0}"), ("muster", "0")):
        tool = tmp_path / ".venv" / "bin" / name
        tool.write_text(f'#!/bin/sh\necho {name} "$@" "$MUSTER_EXTERNAL_ID" >> called\nexit {code}\n')
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    script = tmp_path / "nightly.sh"
    script.write_text(TEXTS["cron/nightly.sh"])
    script.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("code", [0, 1, 4])
def test_cron_ends_as_the_night_ended_and_prunes_either_way(machine: Path, code: int) -> None:
    (machine / "secrets.env").write_text(f"MUSTER_EXTERNAL_ID=said-by-us\nMUSTER_TEST_CODE={code}\n")
    done = subprocess.run([machine / "nightly.sh"], capture_output=True, text=True, check=False)

    assert done.returncode == code, done.stderr
    audit, prune = (machine / "called").read_text().splitlines()
    assert audit.startswith("pytest --profile=baseline --account=all --reports=s3://acme-evidence/nights")
    assert audit.endswith("said-by-us")
    assert prune.startswith("muster prune reports/runs --keep-days=14 --yes")


def test_cron_does_not_start_while_the_night_before_is_running(machine: Path) -> None:
    with (machine / ".nightly.lock").open("w") as lock:
        done = subprocess.run(
            ["bash", "-c", f'flock --exclusive {lock.fileno()} && exec "$0"', machine / "nightly.sh"],
            pass_fds=[lock.fileno()],
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 75
    assert not (machine / "called").exists()
