"""No requirement loses its last control unnoticed: profiles/frameworks/covered.json holds those that had one."""

from __future__ import annotations

import json

import pytest

from muster.selection.frameworks import resolved_requirements
from muster.selection.profiles import Profiles, load_profiles
from tests.conftest import ROOT
from tests.made_files import hold

RECORD = ROOT / "profiles" / "frameworks" / "covered.json"
Covered = dict[str, list[str]]


def covered(profiles: Profiles) -> Covered:
    """The requirements of each framework of which a machine decides the whole or a part."""
    return {
        name: [
            id_ for id_, each in resolved_requirements(framework, profiles.frameworks).items() if each.judged != "not"
        ]
        for name, framework in profiles.frameworks.items()
    }


def lost(recorded: Covered, now: Covered) -> list[str]:
    """What was decided once and is no more, a framework that is gone among it."""
    return [f"{name} {id_}" for name, ids in recorded.items() for id_ in ids if id_ not in now.get(name, [])]


def as_text(recorded: Covered) -> str:
    """The record, a requirement a line, so that two additions do not conflict."""
    return json.dumps(recorded, indent=1) + "\n"


def test_no_requirement_has_lost_its_last_control() -> None:
    """What is gained is written down by itself; what goes on purpose is taken out of covered.json by hand."""
    now = covered(load_profiles(ROOT / "profiles"))
    recorded = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}

    assert lost(recorded, now) == []
    hold(RECORD, as_text(now))


@pytest.mark.parametrize(
    ("now", "gone"),
    [
        pytest.param({"a": ["1", "2"]}, [], id="as it was"),
        pytest.param({"a": ["1", "2", "3"], "b": ["1"]}, [], id="more than it was"),
        pytest.param({"a": ["2", "3"]}, ["a 1"], id="one is lost, and another gained"),
        pytest.param({"b": ["1", "2"]}, ["a 1", "a 2"], id="the framework is gone"),
    ],
)
def test_what_is_lost_is_named(now: Covered, gone: list[str]) -> None:
    assert lost({"a": ["1", "2"]}, now) == gone
