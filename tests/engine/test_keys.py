"""Keys: where in an answer a field stands."""

from __future__ import annotations

from typing import Any

import pytest

from muster.errors import ControlError
from muster.judging.keys import Key, Mismatch, at, key, steps_of

ENTRY: dict[str, Any] = {
    "Name": "hall",
    "State": {"Name": "on", "Since": None},
    "Bulbs": [{"Watts": 40, "Ends": [{"Id": 1}, {"Id": 2}]}, {"Watts": 60, "Ends": []}],
    "Tags": [],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Name", "hall"),
        ("State.Name", "on"),
        ("State.Since", None),
        ("Bulbs[].Watts", [40, 60]),
        ("Bulbs[]", ENTRY["Bulbs"]),
        ("Bulbs[].Ends[]", [{"Id": 1}, {"Id": 2}]),
        ("Bulbs[].Ends[].Id", [1, 2]),
        ("Bulbs[].Ends", [[{"Id": 1}, {"Id": 2}], []]),
        ("Tags[].Key", []),
    ],
)
def test_a_path_leads_to_what_stands_there(path: str, value: Any) -> None:
    assert at(ENTRY, steps_of(path)) == value


@pytest.mark.parametrize(
    ("entry", "path", "complaint"),
    [
        pytest.param(ENTRY, "Colour", "Colour is missing", id="no such key"),
        pytest.param(ENTRY, "State.Colour", "Colour is missing", id="no such key within"),
        pytest.param(ENTRY, "Name.First", "expected an object with First, found 'hall'", id="text for an object"),
        pytest.param(ENTRY, "State[].Name", "expected State to be a list", id="an object for a list"),
        pytest.param(ENTRY, "Name[]", "expected Name to be a list", id="text for a list"),
        pytest.param(ENTRY, "Bulbs[].Colour", "Colour is missing", id="no such key inside a list"),
        pytest.param({"Bulbs": ["a"]}, "Bulbs[].Watts", "expected an object with Watts, found 'a'", id="text inside"),
        pytest.param(None, "Name", "expected an object with Name, found None", id="no entry"),
        pytest.param(["Name"], "Name", "expected an object with Name", id="a list for an entry"),
    ],
)
def test_a_path_that_leads_nowhere_is_a_mismatch(entry: Any, path: str, complaint: str) -> None:
    with pytest.raises(Mismatch, match=complaint):
        at(entry, steps_of(path))


@pytest.mark.parametrize(
    "path", ["Colour", "State.Colour", "Colours[].Name", "Shade?.Colour", "Shade?.Holes[].Size", "Shade.Colour?"]
)
def test_a_key_that_is_left_out_has_the_value_that_its_absence_means(path: str) -> None:
    entry = {**ENTRY, "Shade": {}} if path.startswith("Shade.") else ENTRY

    assert Key(path, absent="white").value_in(entry) == "white"


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        pytest.param("Shade.Colour", {}, id="what it would be in is missing"),
        pytest.param("Shade?.Colour", {"Shade": {}}, id="a key that is not marked is missing"),
        pytest.param("Bulbs[].Colour", {"Bulbs": [{}]}, id="a hole in a list"),
        pytest.param("Name.First", {"Name": "hall"}, id="text for an object"),
        pytest.param("Shade?.Colour", {"Shade": None}, id="null for an object"),
    ],
)
def test_absence_excuses_nothing_else(path: str, entry: dict[str, Any]) -> None:
    with pytest.raises(Mismatch):
        Key(path, absent="white").value_in(entry)


def test_without_such_a_value_it_is_missing() -> None:
    with pytest.raises(Mismatch, match="Colour is missing"):
        Key("Colour").value_in(ENTRY)


def test_what_is_null_is_not_left_out() -> None:
    assert Key("State.Since", absent="always").value_in(ENTRY) is None


@pytest.mark.parametrize("path", ["", "A..b", "A[]b", "A.b[", "A b"])
def test_what_is_no_path_is_a_mistake_of_its_author(path: str) -> None:
    with pytest.raises(ControlError, match="is no path of keys"):
        key(path)


def test_an_author_who_marks_a_key_says_what_its_absence_means() -> None:
    with pytest.raises(ControlError, match="what does it mean if it is left out"):
        key("Shade?.Colour")
