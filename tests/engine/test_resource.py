"""Resources: what a noun is called, and reads that cannot be turned into a guess."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from typing import Any, Self

import pytest

from muster.errors import ControlError, Unreadable
from muster.judging.account import Account
from muster.judging.read import read
from muster.judging.resource import NOUNS, Place, Resource
from muster.reading.reads import Answer, ApiError, Call
from muster.reading.trace import Frame
from tests.engine.lamps import ABSENT_SERVICE, DENIED, FakeTransport, Lamp, account, lamps, lit


@pytest.fixture(autouse=True)
def own_nouns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever noun a test defines is forgotten afterwards."""
    monkeypatch.setattr("muster.judging.resource.NOUNS", {})


def a_lamp(told: Answer | Callable[[Call], Answer] = DENIED, **more: Answer) -> Lamp:
    house = account({"lamps:list_lamps": lamps("a"), "lamps:get_lamp": told, **more})
    (lamp,) = house.all(Lamp)
    return lamp


@pytest.mark.parametrize(
    ("name", "plural", "noun", "plurals"),
    [
        ("Bucket", None, "bucket", "buckets"),
        ("AccessKey", None, "access_key", "access_keys"),
        ("Policy", None, "policy", "policies"),
        ("NetworkAcl", None, "network_acl", "network_acls"),
        ("LoadBalancerV2Listener", None, "load_balancer_v2_listener", "load_balancer_v2_listeners"),
        ("EC2", "machines", "ec2", "machines"),
        ("EbsDefaults", None, "ebs_defaults", "all_ebs_defaults"),
    ],
)
def test_a_noun_is_called_in_arguments_as_its_class_is(name: str, plural: str | None, noun: str, plurals: str) -> None:
    made: Any = type(name, (Resource,), {"__doc__": "A noun."}, service="s", one="account", plural=plural)
    assert (made.noun, made.plural) == (noun, plurals)


def test_a_noun_without_a_docstring_is_refused() -> None:
    with pytest.raises(ControlError, match=r"Bare: a noun needs a docstring that says what it is$"):
        type("Bare", (Resource,), {}, service="s")


def test_a_noun_is_frozen_keyword_only_and_its_own_equal() -> None:
    lamp = a_lamp(lit)
    with pytest.raises(FrozenInstanceError):
        lamp.name = "b"  # type: ignore[misc]  # what is refused
    with pytest.raises(TypeError):
        Lamp(lamp.place, lamp.arn, "a")  # type: ignore[call-arg]  # what is refused
    assert lamp != Lamp(place=lamp.place, arn=lamp.arn, name=lamp.name)


def test_the_nouns_of_these_tests_are_not_among_the_catalogues() -> None:
    assert not {"lamp", "house", "hub"} & set(NOUNS)


def test_a_read_works_out_once_for_good() -> None:
    worked: list[str] = []

    class Clock(Resource, service="clocks"):
        """A clock."""

        @classmethod
        def list_in(cls, place: Place) -> Iterable[Self]:
            yield cls(place=place, arn="clock")

        @read
        def time(self) -> str | None:
            """The time; a clock that stands still has none."""
            worked.append(self.arn)
            return None

    (clock,) = account({}).all(Clock)
    assert [clock.time, clock.time] == [None, None]
    assert worked == ["clock"]


def test_a_read_is_sent_once_however_many_threads_look_at_it() -> None:
    transport = FakeTransport({"lamps:list_lamps": lamps("a"), "lamps:get_lamp": lit})
    (lamp,) = account(transport).all(Lamp)
    gate = threading.Barrier(32)

    def look(_: int) -> bool:
        gate.wait()
        return lamp.is_on

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(look, range(32))) == [True] * 32
    assert transport.names() == ["lamps:list_lamps", "lamps:get_lamp"]


def test_each_look_leaves_the_hashes_of_the_answers_behind_it() -> None:
    lamp = a_lamp(lit)
    frames = []
    for _ in range(2):
        with Frame() as frame:
            assert lamp.is_bright
        frames.append(list(frame.hashes))
    assert frames[0] == frames[1]
    assert len(frames[0]) == 1


def swallow(lamp: Lamp) -> bool:
    try:
        return lamp.is_on
    except Unreadable:
        return True


SWALLOWING: dict[str, Callable[[Lamp], Any]] = {
    "try and except": swallow,
    "any": lambda lamp: any(swallow(one) for one in (lamp,)),
    "or": lambda lamp: swallow(lamp) or True,
    "a careless read": lambda lamp: lamp.is_on_or_so,
    "a careless read, looked at again": lambda lamp: (lamp.is_on_or_so, lamp.is_on_or_so),
}


@pytest.mark.parametrize("look", SWALLOWING.values(), ids=SWALLOWING.keys())
@pytest.mark.parametrize("told", [DENIED, ABSENT_SERVICE], ids=["denied", "a service that the region lacks"])
def test_what_could_not_be_read_marks_the_frame_even_if_the_exception_is_swallowed(
    look: Callable[[Lamp], Any], told: Answer
) -> None:
    lamp = a_lamp(told)
    with Frame() as frame, contextlib.suppress(Unreadable):
        look(lamp)
    assert frame.unreadable is not None
    assert "lamps:get_lamp in eu-west-1" in frame.unreadable


RAISING: dict[str, Callable[[Lamp], Any]] = {
    "a plain look": lambda lamp: lamp.is_on,
    "a nested read": lambda lamp: lamp.is_bright,
    "getattr with a default": lambda lamp: getattr(lamp, "is_on", True),
    "hasattr": lambda lamp: hasattr(lamp, "is_on"),
    "any": lambda lamp: any(one.is_on for one in (lamp,)),
    "or": lambda lamp: lamp.is_on or True,
}


@pytest.mark.parametrize("look", RAISING.values(), ids=RAISING.keys())
def test_what_could_not_be_read_is_raised_at_every_look(look: Callable[[Lamp], Any]) -> None:
    lamp = a_lamp(DENIED)
    for _ in range(2):
        with Frame() as frame, pytest.raises(Unreadable, match="AccessDenied: no light for you"):
            look(lamp)
        assert frame.unreadable is not None
        assert len(frame.hashes) == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param({}, "KeyError", id="a member is missing"),
        pytest.param([], "TypeError", id="a list for an object"),
        pytest.param("on", "TypeError", id="text for an object"),
        pytest.param(None, "TypeError", id="null"),
    ],
)
def test_a_malformed_answer_is_unreadable_and_never_a_guess(content: Any, complaint: str) -> None:
    lamp = a_lamp(Answer(content))
    with Frame() as frame, pytest.raises(Unreadable, match=rf"^Lamp\.is_on: malformed answer: {complaint}"):
        _ = lamp.is_on
    assert frame.unreadable is not None
    assert len(frame.hashes) == 1


@pytest.mark.parametrize(
    ("told", "shade"),
    [
        pytest.param(Answer({"Colour": "red"}), "red", id="there"),
        pytest.param(lit, None, id="absent"),
    ],
)
def test_what_is_declared_to_mean_absent_reads_as_none(told: Answer, shade: str | None) -> None:
    absent = Answer(error=ApiError("NoSuchShade", "bare"))
    lamp = a_lamp(lit, **{"lamps:get_shade": told if shade else absent})
    with Frame() as frame:
        assert lamp.shade == shade
    assert frame.unreadable is None


def test_a_mistake_that_no_answer_explains_is_not_called_malformed() -> None:
    class Broken(Resource, service="s"):
        """A noun whose author divides by zero."""

        @classmethod
        def list_in(cls, place: Place) -> Iterable[Self]:
            yield cls(place=place, arn="broken")

        @read
        def ratio(self) -> float:
            """Never worked out."""
            return 1 / 0

    (broken,) = account({}).all(Broken)
    with pytest.raises(Unreadable, match=r"^Broken\.ratio: broke: ZeroDivisionError\('division by zero'\)$"):
        _ = broken.ratio


def test_a_place_in_another_region_is_of_the_same_account() -> None:
    house: Account = account({})
    there = Place(house, "eu-west-1", is_global=True).at("us-east-1")
    assert (there.account, there.region, there.is_global) == (house, "us-east-1", True)


def test_the_region_of_what_has_none_is_global() -> None:
    house = account({})
    assert Lamp(place=Place(house, "us-east-1", True), arn="a", name="a").region == "global"
    assert Lamp(place=Place(house, "us-east-1"), arn="a", name="a").region == "us-east-1"


def test_a_read_is_documentation_on_the_class() -> None:
    assert Lamp.is_on.__doc__ == "Whether it shines."
