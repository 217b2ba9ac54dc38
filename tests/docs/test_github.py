"""docs/github.md names every permission that controls need, as the fake GitHub says of each question."""

from __future__ import annotations

import re
from pathlib import Path

from fixtures.sandbox.hub.server import permission_of
from muster.estate.accounts import AccountsFile
from muster.files.strict_yaml import load, validate
from muster.judging.closure import operations_of
from tests.conftest import CONTROLS
from tests.docs.page import DOCS, Page

PAGE = "github.md"


def test_the_entries_of_the_page_are_read(tmp_path: Path) -> None:
    entries = tmp_path / "accounts.yaml"
    entries.write_text(Page(PAGE).files("yaml")["estate/accounts.yaml"])
    assert list(validate(load(entries), AccountsFile).accounts) == ["code", "labs", "inside"]


def test_every_permission_that_controls_need_is_named_and_no_other() -> None:
    asked = (name.removeprefix("github:") for name in operations_of(CONTROLS.values()) if name.startswith("github:"))
    needed = {
        each.partition("=")[0] for name in asked if (told := permission_of(name)) for each in re.split("[,;] ?", told)
    }
    rows = (DOCS / PAGE).read_text().partition("| permission, each to read |")[2].partition("\n\n")[0]
    named = {name for row in rows.splitlines() for name in re.findall(r"`([a-z_]+)`", row.split("|")[1] if row else "")}
    assert named == needed
