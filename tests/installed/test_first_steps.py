"""docs/first-steps.md is carried out as somebody new does, with Muster installed from its wheel."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.page import Page
from tests.installed.conftest import Installed

PAGE = Page("first-steps.md")
_, _, AUDIT, SANDBOX, FILL, OWN_ACCOUNT, OWN_CONTROL, OWN_PROFILE, OWN_TESTS = PAGE.commands
PORT = "5005"
CONTROL = "s3-bucket-named-by-team"


@dataclass(frozen=True)
class Steps:
    """The folder in which somebody takes the page's steps; a port of the page's that is taken is another here."""

    folder: Path
    installed: Installed
    port: str = PORT

    def write(self, *names: str) -> None:
        files = PAGE.files("yaml", "python")
        for name in names:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(files[name].replace(PORT, self.port))

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return self.installed.run(command, self.folder)

    def statuses(self, control: str) -> set[str]:
        rows = (self.folder / "reports/latest/verdicts.jsonl").read_text().splitlines()
        return {row["status"] for row in map(json.loads, rows) if row["control"] == control}


@pytest.fixture
def steps(installed: Installed, tmp_path: Path) -> Steps:
    made = Steps(tmp_path, installed)
    made.write("estate/accounts.yaml")
    return made


@pytest.fixture
def mine(installed: Installed, tmp_path: Path) -> Iterator[Steps]:
    """After the second step: an account of one's own, served and filled."""
    command = SANDBOX.replace(PORT, "0").split()
    process = subprocess.Popen(
        [installed.folder / "bin" / command[0], *command[1:]], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        endpoint = next(line for line in process.stdout if "AWS_ENDPOINT_URL" in line).strip()
        made = Steps(tmp_path, installed, endpoint.rpartition(":")[2])
        made.write("estate/accounts.yaml", "fill.py")
        more = PAGE.more_of("estate/accounts.yaml").replace(PORT, made.port)
        with (tmp_path / "estate/accounts.yaml").open("a") as accounts:
            accounts.write(more)
        filled = made.run(FILL)
        assert filled.returncode == 0, filled.stderr
        yield made
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_the_demo_company_is_audited(steps: Steps) -> None:
    done = steps.run(AUDIT)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL arn:aws:s3:::" in done.stdout
    assert (steps.folder / "reports/latest/index.html").is_file()


def test_an_account_of_ones_own_is_judged(mine: Steps) -> None:
    done = mine.run(OWN_ACCOUNT)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "arn:aws:s3:::acme-orders" in done.stdout
    assert mine.statuses("s3-bucket-versioned") == {"fail"}


def test_a_control_and_a_profile_of_ones_own_are_asked(mine: Steps) -> None:
    mine.write("controls/storage/names.py", "profiles/acme.yaml")
    by_file = mine.run(OWN_CONTROL)
    by_file_found = mine.statuses(CONTROL)
    by_profile = mine.run(OWN_PROFILE)

    assert (by_file.returncode, by_file_found) == (0, {"pass"}), by_file.stdout + by_file.stderr
    assert by_profile.returncode == 1, by_profile.stdout + by_profile.stderr
    assert mine.statuses(CONTROL) == {"pass"}


def test_tests_of_ones_own_judge_what_they_make(steps: Steps, installed: Installed) -> None:
    steps.write("tests/test_buckets.py")
    done = steps.run(OWN_TESTS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
