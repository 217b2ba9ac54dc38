"""The policy of whatever has one: where it is read from, when there is none, and how its statements are named."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Self

import pytest

from fixtures.resource_policy import HasPolicy, policy_from
from muster import Place, Resource, Unreadable
from muster.judging.resource import NOUNS
from muster.reading.reads import Answer, ApiError
from tests.engine.lamps import FakeTransport, account

OPEN = {"Effect": "Allow", "Principal": "*", "Action": "boxes:Open"}
CLOSED_BY_ADDRESS = {**OPEN, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}


class Box(HasPolicy, Resource, service="boxes"):
    """A box with a policy that says who may open it; an address closes none."""

    name: str
    policy = policy_from("boxes:get_lid", "Lid.Policy", absent="NoSuchLid", Box="name")
    closed_by = frozenset(("account",))

    @classmethod
    def list_in(cls, place: Place) -> Iterable[Self]:
        yield cls(place=place, arn="arn:aws:boxes:::b", name="b")


class Chest(Box, service="boxes"):
    """A box that always has a policy."""

    policy = policy_from("boxes:get_lid", "Lid.Policy", Box="name")


del NOUNS[Box.noun], NOUNS[Chest.noun]


def box(answer: Answer, noun: type[Box] = Box) -> tuple[Box, FakeTransport]:
    transport = FakeTransport({"boxes:get_lid": answer})
    (found,) = account(transport).all(noun)
    return found, transport


def lid(*statements: dict[str, Any]) -> Answer:
    return Answer({"Lid": {"Policy": json.dumps({"Statement": list(statements)})}})


def test_the_policy_is_read_by_the_fields_of_the_resource() -> None:
    found, transport = box(lid(OPEN))

    assert [each.actions for each in found.policy.statements] == [("boxes:Open",)]
    assert [dict(call.request) for call in transport.calls] == [{"Box": "b"}]


def test_open_statements_are_named_by_number_and_sid_as_the_resource_closes_them() -> None:
    found, _ = box(lid({**OPEN, "Effect": "Deny"}, {**OPEN, "Sid": "Everyone"}, CLOSED_BY_ADDRESS))

    assert found.open_statements == ["statement 2 (Everyone)", "statement 3"]


def test_the_declared_error_says_that_there_is_no_policy() -> None:
    found, _ = box(Answer(error=ApiError("NoSuchLid", "no lid")))

    assert found.policy.statements == ()


@pytest.mark.parametrize(
    ("answer", "noun"),
    [
        pytest.param(Answer({}), Box, id="an empty answer"),
        pytest.param(Answer({"Lid": {}}), Box, id="no document"),
        pytest.param(Answer({"Lid": {"Policy": None}}), Box, id="null as the document"),
        pytest.param(Answer({"Lid": {"Policy": ""}}), Box, id="an empty document"),
        pytest.param(Answer(error=ApiError("NoSuchBox", "no box")), Box, id="another error"),
        pytest.param(Answer(error=ApiError("NoSuchLid", "no lid")), Chest, id="the error, where there always is one"),
    ],
)
def test_what_says_nothing_of_a_policy_is_unreadable(answer: Answer, noun: type[Box]) -> None:
    found, _ = box(answer, noun)

    with pytest.raises(Unreadable):
        assert found.policy
