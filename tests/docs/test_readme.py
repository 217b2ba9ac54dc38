"""README.md says nothing that does not hold."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from muster.judging.control import Control
from tests.conftest import ESTATES, ROOT
from tests.made_files import hold
from tests.runs.audits import Audits, Outcome, write_estate

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for _, block in BLOCKS for line in block.splitlines() if line.startswith("pytest")]


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_control_read_aloud_is_the_control() -> None:
    (block,) = [code for language, code in BLOCKS if language == "python" and "@control" in code]

    assert block.strip() in (ROOT / "controls" / "identity" / "access_keys.py").read_text()


def test_the_make_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text()

    for target in re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE):
        assert f"\n{target}: $(INSTALLED)" in makefile, target


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_one(command: str, pytestconfig: pytest.Config) -> None:
    _, *words = shlex.split(command, comments=True)
    known, unknown = pytestconfig._parser.parse_known_and_unknown_args(words)

    assert unknown == [], command
    assert known is not None


def test_every_folder_is_there() -> None:
    folders = re.findall(r"^(\w+)/ ", BLOCKS[-1][1], re.MULTILINE)

    assert len(folders) >= 8
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_example_in_python_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = [code for language, code in BLOCKS if language == "python" and "judge(" in code]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        boto3.client("iam", region_name="us-east-1").create_user(UserName="anna")
        exec(block, {})

    printed = capsys.readouterr().out
    assert "fail s3-account-public-access-blocked arn:aws:iam::123456789012:root" in printed
    assert "fail iam-root-mfa" in printed


def test_the_files_of_a_run_are_those_named(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    for path in whole_run.folder.iterdir():
        name = path.name + ("/" if path.is_dir() else "")
        assert f"`{name}`" in README, name


def test_the_demo_company_gives_the_output_shown(tmp_path: Path, sandbox: dict[str, Any]) -> None:
    """It is written here, so that nobody has to when the demo company or the form of the output changes."""
    (shown,) = [block for language, block in BLOCKS if "domain " in block]
    (command,) = re.findall(r"`pytest (--control=\S+)`:\n\n```\n", README)
    estate = write_estate(tmp_path / "estate", ESTATES["demo"], "demo", sandbox)
    outcome = Audits(estate, tmp_path / "runs")(command, "--account=demo")
    printed = "…\n".join(printed_again(part, outcome.output) for part in shown.split("…\n"))

    hold(ROOT / "README.md", README.replace(shown, printed))


def printed_again(part: str, output: str) -> str:
    """What an audit prints now from the first line of a part to its last one; lines go by how they begin."""
    begin = [line.strip().split("  ")[0] for line in part.splitlines()]
    lines = output.splitlines(keepends=True)
    first = number_of(begin[0], lines)
    last = first + number_of(begin[-1], lines[first:])
    return "".join(lines[first : last + 1])


def number_of(beginning: str, lines: list[str]) -> int:
    found = [number for number, line in enumerate(lines) if line.strip().startswith(beginning)]
    assert found, f"nothing is printed that begins with {beginning!r}"
    return found[0]


def test_the_sandbox_ends_as_the_readme_says(whole_run: Outcome, controls: dict[str, Control]) -> None:
    assert whole_run.code == 1
    assert "The worst of it" in whole_run.output
    assert Path("report.html").name in whole_run.output
