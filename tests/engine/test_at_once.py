"""Asking ahead: questions go out side by side, and what comes of them is as if they had been asked one by one."""

from __future__ import annotations

import threading

import pytest

from muster import Unreadable, asked_at_once
from muster.reading.reads import Answer, Call
from muster.reading.trace import Frame
from tests.engine.lamps import DENIED, FakeTransport, Lamp, account, lamps, lit

PATIENCE = 10.0
REQUESTS = [{"Name": name} for name in "abc"]


def meeting(parties: int) -> FakeTransport:
    """Lamps that shine once so many of them are asked at one time."""
    barrier = threading.Barrier(parties, timeout=PATIENCE)

    def shine(_: Call) -> Answer:
        barrier.wait()
        return Answer({"On": True})

    return FakeTransport({"lamps:list_lamps": lamps("a", "b", "c"), "lamps:get_lamp": shine})


def test_several_resources_are_looked_at_side_by_side() -> None:
    transport = meeting(parties=3)
    found = asked_at_once(account(transport).all(Lamp), lambda lamp: lamp.is_on)
    assert [lamp.is_on for lamp in found] == [True] * 3


def test_several_questions_are_put_side_by_side_and_answered_in_their_order() -> None:
    transport = meeting(parties=3)
    (lamp, *_) = account(transport).all(Lamp)
    assert lamp.place.read_each("lamps:get_lamp", REQUESTS) == [{"On": True}] * 3
    assert sorted(call.request["Name"] for call in transport.calls if call.operation == "get_lamp") == ["a", "b", "c"]


def test_what_was_asked_ahead_is_not_asked_again() -> None:
    transport = FakeTransport({"lamps:list_lamps": lamps("a", "b"), "lamps:get_lamp": lit})
    for lamp in asked_at_once(account(transport).all(Lamp), lambda each: each.is_on):
        assert lamp.is_on
    assert len(transport.calls) == 3


def test_nothing_is_asked_for_no_resources() -> None:
    nothing: list[Lamp] = []
    assert asked_at_once(nothing, lambda lamp: lamp.is_on) == []


def test_what_cannot_be_read_is_said_when_it_is_looked_at() -> None:
    dark = account({"lamps:list_lamps": lamps("a", "b"), "lamps:get_lamp": DENIED}).all(Lamp)
    asked_at_once(dark, lambda lamp: lamp.is_on)
    with pytest.raises(Unreadable, match="AccessDenied"):
        _ = dark[1].is_on


def test_a_denial_among_several_questions_is_no_answer_to_any() -> None:
    def b_denied(call: Call) -> Answer:
        return DENIED if call.request["Name"] == "b" else lit(call)

    (lamp,) = account({"lamps:list_lamps": lamps("a"), "lamps:get_lamp": b_denied}).all(Lamp)
    with pytest.raises(Unreadable, match="AccessDenied"):
        lamp.place.read_each("lamps:get_lamp", REQUESTS)


def test_a_verdict_rests_on_what_is_looked_at_and_not_on_what_was_only_asked() -> None:
    found = account({"lamps:list_lamps": lamps("a", "b"), "lamps:get_lamp": lit}).all(Lamp)
    with Frame() as frame:
        asked_at_once(found, lambda lamp: lamp.is_on)
        assert not frame.hashes
        assert found[0].is_on
    assert len(frame.hashes) == 1


def test_a_verdict_rests_on_every_answer_of_several_questions() -> None:
    (lamp,) = account({"lamps:list_lamps": lamps("a"), "lamps:get_lamp": lit}).all(Lamp)
    with Frame() as frame:
        lamp.place.read_each("lamps:get_lamp", REQUESTS)
    assert len(frame.hashes) == 3
