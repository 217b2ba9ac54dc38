"""Decisions have a number each, and say it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def test_no_number_is_given_twice() -> None:
    numbers = [path.name[:4] for path in PAGES]

    assert sorted(set(numbers)) == numbers


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_begins_with_its_number(path: Path) -> None:
    assert re.match(rf"# {int(path.name[:4])}\. ", path.read_text())
