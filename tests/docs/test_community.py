"""What contributors are told holds: links, owners, forms, and the hooks before a commit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
OWNERS = [
    line.split() for line in (ROOT / ".github" / "CODEOWNERS").read_text().splitlines() if line and line[0] != "#"
]


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "changelog.d/README.md"])
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    path = ROOT / page

    for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_the_gate_of_contributors_is_that_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text()
    commands = re.findall(r"^make ([a-z -]+?)(?:  |$)", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)

    assert len(commands) >= 3
    for target in " ".join(commands).split():
        assert f"\n{target}: $(INSTALLED)" in makefile, target


def test_owned_paths_are_there() -> None:
    paths = [pattern for pattern, *_ in OWNERS if pattern != "*"]

    assert [path for path in paths if not (ROOT / path.strip("/")).exists()] == []
    assert OWNERS[0][0] == "*", "of the patterns that fit, the last one counts"


def test_each_domain_of_controls_has_an_owner() -> None:
    domains = {path.parent.name for path in (ROOT / "controls").glob("*/__init__.py")}
    owned = {match[1] for pattern, *_ in OWNERS if (match := re.fullmatch(r"/controls/(\w+)/", pattern))}

    assert owned == domains


def test_owners_are_the_placeholders_that_the_file_speaks_of() -> None:
    assert all(team.startswith("@acme/") for _, *teams in OWNERS for team in teams)
    assert all(teams for _, *teams in OWNERS)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_of_an_issue_has_what_github_asks_of_it(path: Path) -> None:
    """https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema"""
    form: dict[str, Any] = yaml.safe_load(path.read_text())
    asked = [part for part in form["body"] if part["type"] != "markdown"]

    assert form["name"]
    assert form["description"]
    assert asked
    assert len({part["id"] for part in asked}) == len(asked)
    for part in asked:
        assert part["type"] in {"input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"]["label"]


def test_hooks_are_the_lint_of_the_gate() -> None:
    """`make format` mends what the hooks only tell."""
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    lint = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    commands = {hook["entry"].removesuffix(" --force-exclude") for hook in repository["hooks"]}

    assert commands == {f".venv/bin/{command.removesuffix(' .')}" for command in re.findall(r"\$\(BIN\)/(.+)", lint)}
