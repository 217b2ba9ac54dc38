"""profiles/README.md says which profile holds which control; it is written here, and held true in CI."""

from __future__ import annotations

import re

import pytest

from muster.judging.control import Control
from muster.selection.profiles import Profiles, load_profiles
from tests.conftest import ROOT
from tests.made_files import hold
from tests.proofs.profiles_table import profiles_table

PAGE = ROOT / "profiles" / "README.md"


@pytest.fixture(scope="module")
def shipped() -> Profiles:
    return load_profiles(ROOT / "profiles")


def test_the_page_is_of_these_profiles_and_controls(controls: dict[str, Control], shipped: Profiles) -> None:
    hold(PAGE, profiles_table(controls, shipped))


def test_each_control_has_one_line_and_leads_to_its_file(controls: dict[str, Control], shipped: Profiles) -> None:
    lines = re.findall(r"^\| \[([a-z0-9-]+)\]\(([^)]+)\)", profiles_table(controls, shipped), re.MULTILINE)

    assert sorted(id_ for id_, _ in lines) == sorted(controls)
    assert all((PAGE.parent / path).resolve() == controls[id_].path for id_, path in lines)


def test_every_control_is_in_a_profile(controls: dict[str, Control], shipped: Profiles) -> None:
    assert [id_ for id_, held in shipped.members(controls).items() if not held] == []
