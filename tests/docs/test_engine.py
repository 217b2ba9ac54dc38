"""docs/engine.md is a map of what is there: its rooms, their order, and every place on the way of one bucket."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.test_imports import ENGINE_ROOMS
from tests.conftest import ROOT

MAP = (ROOT / "docs" / "engine.md").read_text()
ROOMS = re.findall(r"^\| `(\w+)` \|.*\| `(\S+\.py)` \|$", MAP, re.MULTILINE)
PLACES = re.findall(r"`((?:muster|fixtures|controls|reports)/\S+\.py)(?:: ([\w.]+))?`", MAP)
LINES_OF_ONE_PAGE = 70


def test_the_map_shows_every_room_and_no_other() -> None:
    assert {room for room, _ in ROOMS} == set(ENGINE_ROOMS)


def test_the_rooms_stand_in_the_order_of_the_way() -> None:
    order = [room for room, _ in ROOMS]

    for room, above in ENGINE_ROOMS.items():
        assert all(order.index(other) < order.index(room) for other in above), room


@pytest.mark.parametrize(("room", "file"), ROOMS)
def test_reading_can_begin_there(room: str, file: str) -> None:
    assert file.startswith(f"{room}/")
    assert (ROOT / "muster" / file).is_file()


@pytest.mark.parametrize(("path", "name"), PLACES, ids=lambda part: part)
def test_a_place_on_the_map_is_there(path: str, name: str) -> None:
    names = defined_in(ROOT / path)

    assert not name or name in names


def test_the_map_is_one_page() -> None:
    assert len(MAP.splitlines()) <= LINES_OF_ONE_PAGE


def defined_in(path: Path) -> set[str]:
    """The functions and classes of a file, and the members of its classes."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{member.name}" for member in node.body if isinstance(member, ast.FunctionDef)}
    return found
