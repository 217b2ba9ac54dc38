"""Every change of an answer: each key gone and of another type, everywhere and in one place alone."""

from __future__ import annotations

from typing import Any

import pytest

from muster.proving.changes import changes


def made(content: Any) -> dict[str, Any]:
    return {str(change): change.content for change in changes(content)}


def test_each_key_goes_and_has_another_type() -> None:
    assert made({"Name": "a", "On": True}) == {
        "the whole of another type": [],
        "Name gone": {"On": True},
        "Name as dict": {"Name": {"Value": "another shape"}, "On": True},
        "On gone": {"Name": "a"},
        "On as str": {"Name": "a", "On": "false"},
    }


def test_members_of_a_list_change_together_and_lose_a_key_one_by_one_too() -> None:
    found = made({"Keys": [{"Id": 1}, {"Id": 2}, {"Other": 3}]})

    assert found["Keys[].Id gone"] == {"Keys": [{}, {}, {"Other": 3}]}
    assert found["Keys[].Id gone in one"] == {"Keys": [{"Id": 1}, {}, {"Other": 3}]}
    assert found["Keys[].Id as str"] == {"Keys": [{"Id": "1"}, {"Id": "1"}, {"Other": 3}]}
    assert found["Keys[].Other gone"] == {"Keys": [{"Id": 1}, {"Id": 2}, {}]}
    assert found["Keys[] as str"] == {"Keys": ["no structure"] * 3}


@pytest.mark.parametrize(("content", "other"), [([], {}), ({}, [])])
def test_the_whole_is_changed_into_the_other_structure(content: Any, other: Any) -> None:
    assert made(content) == {"the whole of another type": other}


def test_what_is_changed_is_a_copy() -> None:
    content = {"Keys": [{"Id": 1}]}
    list(changes(content))

    assert content == {"Keys": [{"Id": 1}]}
