"""What is looked at in an answer: each way of looking is noted, so that no change that could be seen is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from muster.judging.control import Control
from muster.proving.changes import changes
from muster.proving.half_answers import noticed_changes
from muster.proving.looked_at import LookedAt, noting, was_looked_at
from muster.proving.recorded import Recording

CONTENT: dict[str, Any] = {"Name": "a", "Tags": {"env": "prod"}, "Keys": [{"Id": 1}, {"Id": 2, "On": True}]}
ALL = {"Name", "Tags", "Keys"}
ONE_KEY: dict[str, Callable[[Any], object]] = {
    "looked up": lambda answer: answer["Name"],
    "got": lambda answer: answer.get("Name"),
    "asked for": lambda answer: "Name" in answer,
    "matched": lambda answer: [name for each in [answer] if (name := each.get("Name"))],
}
WHOLE: dict[str, Callable[[Any], object]] = {
    "its keys": lambda answer: answer.keys(),
    "its values": lambda answer: answer.values(),
    "its items": lambda answer: answer.items(),
    "a loop": lambda answer: [None for _ in answer],
    "a loop from the end": lambda answer: [None for _ in reversed(answer)],
    "a count": len,
    "whether it is empty": bool,
    "a comparison": lambda answer: answer == {},
    "another comparison": lambda answer: answer != {},
    "a dict of it": dict,
    "its members in another": lambda answer: {**answer},
    "a union": lambda answer: answer | {},
    "a union from the left": lambda answer: {} | answer,
    "a copy": lambda answer: answer.copy(),
    "a copy by the library": copy,
    "a deep copy": deepcopy,
    "its JSON": json.dumps,
    "its text": str,
    "its names": set,
    "its names in order": sorted,
}


def looked_at(look: Callable[[Any], object], content: Any = CONTENT) -> set[str]:
    noted: set[str] = set()
    look(noting(content, "", noted))
    return noted


@pytest.mark.parametrize("look", [pytest.param(look, id=way) for way, look in ONE_KEY.items()])
def test_a_key_that_is_looked_up_is_noted_alone(look: Callable[[Any], object]) -> None:
    assert looked_at(look) == {"Name"}


@pytest.mark.parametrize("look", [pytest.param(look, id=way) for way, look in WHOLE.items()])
def test_whoever_takes_the_whole_has_looked_at_each_key(look: Callable[[Any], object]) -> None:
    assert looked_at(look) >= ALL


@pytest.mark.parametrize(
    ("look", "noted"),
    [
        pytest.param(lambda answer: [key["Id"] for key in answer["Keys"]], {"Keys", "Keys[].Id"}, id="in a list"),
        pytest.param(lambda answer: answer["Tags"]["env"], {"Tags", "Tags.env"}, id="in a structure"),
        pytest.param(lambda answer: answer["Keys"][0].get("On"), {"Keys", "Keys[].On"}, id="a key that is not there"),
    ],
)
def test_what_is_within_is_noted_by_its_shape(look: Callable[[Any], object], noted: set[str]) -> None:
    assert looked_at(look) == noted


@pytest.mark.parametrize(
    ("where", "noticed"),
    [("the whole", True), ("Keys[]", True), ("Keys[][]", True), ("[]", True), ("Keys[].Id", False), ("Name", False)],
)
def test_a_member_is_seen_where_its_list_is(where: str, noticed: bool) -> None:
    assert was_looked_at(where, {"Keys"}) is noticed


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=3),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text("abc", min_size=1), inner, max_size=3),
)


@given(VALUES)
def test_an_answer_that_notes_is_the_same_answer(content: Any) -> None:
    assert noting(content, "", set()) == content
    assert json.loads(json.dumps(noting(content, "", set()))) == content
    assert isinstance(noting(content, "", set()), LookedAt) is isinstance(content, dict)


@given(VALUES)
def test_whoever_reads_an_answer_through_notices_every_change_of_it(content: Any) -> None:
    noted: set[str] = set()
    json.dumps(noting(content, "", noted))

    assert [change.where for change in changes(content) if not was_looked_at(change.where, noted)] == []


def test_a_change_that_nobody_notices_changes_nothing(control: Control, demo: Recording) -> None:
    for call in demo.reads_of(control)[:1]:
        answer = demo.answer_to(call)
        noticed = {str(change) for change in noticed_changes(demo, control, call)}
        unnoticed = [change for change in changes(answer.content) if str(change) not in noticed]
        for change in unnoticed[-1:]:
            after = demo.judged_with(control, call, replace(answer, content=change.content))
            assert [(each.resource, each.region, each.status, each.reason) for each in after] == [
                (each.resource, each.region, each.status, each.reason) for each in demo.findings[control.id]
            ]
