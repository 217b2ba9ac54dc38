"""What nobody foresaw: whatever a list, a read or a control raises is an error of that one thing and of no other."""

from __future__ import annotations

import asyncio
import json
import sys
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Self

import pytest

from muster.errors import NotApplicable, Unreadable, drop_frames
from muster.estate.declarations import Facts
from muster.judging.account import Account
from muster.judging.control import control
from muster.judging.judgement import Finding, judge_control
from muster.judging.read import read
from muster.judging.resource import Place, Resource
from muster.reading.reads import Answer, Call
from muster.reading.trace import Frame
from tests.engine.lamps import Lamp, account, lamps, lit

# By import_module, because the package has the function `control` in the place of its module.
MODULE = import_module("muster.judging.control")


class Unprintable(Exception):
    """An exception that cannot even say what it is."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")

    __str__ = __repr__


def deep() -> None:
    """What a walk over a document nested without end comes to."""
    json.loads("[" * 100_000)


def large() -> None:
    """What reading a date far away comes to."""
    float(10**400)


def told_to_raise(error: BaseException) -> Callable[[], None]:
    def breaks() -> None:
        raise error

    return breaks


BREAKS: dict[str, Callable[[], None]] = {
    "RecursionError": deep,
    "OverflowError": large,
    "RuntimeError": told_to_raise(RuntimeError("dictionary changed size during iteration")),
    "MemoryError": told_to_raise(MemoryError()),
    "StopIteration": told_to_raise(StopIteration()),
    "UnicodeEncodeError": told_to_raise(UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")),
    "OSError": told_to_raise(OSError("no route")),
    "NotImplementedError": told_to_raise(NotImplementedError()),
    "KeyError": told_to_raise(KeyError("On")),
    "Unprintable": told_to_raise(Unprintable()),
    # What pytest takes for the outcome of a test, and what ends a process, is none of Exception.
    "pytest.skip": lambda: pytest.skip("not today"),
    "pytest.xfail": lambda: pytest.xfail("known"),
    "pytest.importorskip": lambda: pytest.importorskip("a_module_of_nobody"),
    "pytest.fail": lambda: pytest.fail("no"),
    "pytest.exit": lambda: pytest.exit("enough", 0),
    "sys.exit": lambda: sys.exit(0),
    "CancelledError": told_to_raise(asyncio.CancelledError()),
}
EACH = pytest.mark.parametrize("breaks", BREAKS.values(), ids=BREAKS)


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever noun and control a test defines are forgotten afterwards."""
    monkeypatch.setattr("muster.judging.resource.NOUNS", {})
    monkeypatch.setattr(MODULE, "CONTROLS", {})


@dataclass(frozen=True)
class Shown:
    """What a finding comes down to."""

    resource: str
    region: str
    status: str


def judged(function: Callable[..., None], house: Account) -> list[Finding]:
    """What a control finds of the lamps `a`, `bad` and `c`."""
    function.__doc__ = "Lamps are sound.\n\nWhy: so.\n\nFix: so.\n\nSee: so.\n"
    control(severity="low")(function)
    (found,) = MODULE.CONTROLS.values()
    return judge_control(found, house, found.parameters, Facts())


def a_house(**told: Any) -> Account:
    return account({"lamps:list_lamps": lamps("a", "bad", "c"), "lamps:get_lamp": lit, **told})


def by_name(findings: list[Finding]) -> dict[str, str]:
    return {finding.resource.rpartition("/")[2]: finding.status for finding in findings}


@EACH
def test_a_control_that_breaks_at_one_resource_spares_the_others(breaks: Callable[[], None]) -> None:
    def test_lamp_sound(lamp: Lamp) -> None:
        if lamp.name == "bad":
            breaks()

    assert by_name(judged(test_lamp_sound, a_house())) == {"a": "pass", "bad": "error", "c": "pass"}


@pytest.mark.parametrize(
    ("leave", "said"),
    [
        (BREAKS["pytest.skip"], "Skipped: not today"),
        (BREAKS["pytest.xfail"], "XFailed: known"),
        (BREAKS["sys.exit"], "SystemExit: 0"),
    ],
    ids=["skip", "xfail", "exit"],
)
def test_a_control_that_leaves_in_another_way_than_by_an_assert_is_told_how_to(
    leave: Callable[[], None], said: str
) -> None:
    def test_lamp_sound(lamp: Lamp) -> None:
        leave()

    assert [finding.reason for finding in judged(test_lamp_sound, a_house())] == [
        f"the control ended by {said}: it must assert, or call not_applicable(reason)"
    ] * 3


def test_ctrl_c_is_no_finding() -> None:
    def test_lamps_sound(lamps: list[Lamp]) -> None:
        raise KeyboardInterrupt

    test_lamps_sound.__annotations__["lamps"] = list[Lamp]
    with pytest.raises(KeyboardInterrupt):
        judged(test_lamps_sound, a_house())


@EACH
def test_a_read_that_breaks_is_an_error_whatever_the_control_makes_of_it(breaks: Callable[[], None]) -> None:
    class Torch(Lamp, service="lamps"):
        """A lamp whose brightness cannot always be worked out."""

        @read
        def brightness(self) -> int:
            """How bright it is."""
            if self.name == "bad":
                breaks()
            return 1

    def test_torch_sound(torch: Torch) -> None:
        try:
            assert torch.brightness
        except Exception:  # noqa: BLE001  # the carelessness under test
            return

    test_torch_sound.__annotations__["torch"] = Torch
    assert by_name(judged(test_torch_sound, a_house())) == {"a": "pass", "bad": "error", "c": "pass"}


@EACH
@pytest.mark.parametrize("warmed", [False, True], ids=["as it is judged", "ahead"])
def test_a_list_that_breaks_is_an_error_of_its_place(breaks: Callable[[], None], warmed: bool) -> None:
    class Torch(Resource, service="lamps"):
        """A torch, of which one region has a list that cannot be read."""

        @classmethod
        def list_in(cls, place: Place) -> Iterable[Self]:
            yield cls(place=place, arn=f"torch/{place.region}")
            if place.region == "us-east-1":
                breaks()

    def test_torch_sound(torch: Torch) -> None:
        assert torch.arn

    test_torch_sound.__annotations__["torch"] = Torch
    house = account({}, regions=("eu-west-1", "us-east-1", "ap-south-1"))
    if warmed:
        house.warm([Torch])
    found = [Shown(finding.resource, finding.region, finding.status) for finding in judged(test_torch_sound, house)]

    assert found == [
        Shown(house.arn, "us-east-1", "error"),
        Shown("torch/eu-west-1", "eu-west-1", "pass"),
        Shown("torch/ap-south-1", "ap-south-1", "pass"),
    ]


@EACH
def test_a_question_that_breaks_is_an_error_of_whoever_asked_it(breaks: Callable[[], None]) -> None:
    def answer(call: Call) -> Answer:
        if call.request["Name"] == "bad":
            breaks()
        return lit(call)

    def test_lamp_sound(lamp: Lamp) -> None:
        assert lamp.is_on_or_so

    house = a_house(**{"lamps:get_lamp": answer})
    assert by_name(judged(test_lamp_sound, house)) == {"a": "pass", "bad": "error", "c": "pass"}


def test_what_a_question_raised_is_named_and_not_quoted() -> None:
    def answer(_: Call) -> Answer:
        raise RuntimeError("xoxb-1234")

    house = account({"lamps:list_lamps": answer})
    with Frame() as frame, pytest.raises(Unreadable) as raised:
        house.reads.content("lamps:list_lamps", "eu-west-1", {})
    assert str(raised.value) == "lamps:list_lamps in eu-west-1: RuntimeError"
    assert frame.unreadable == str(raised.value)


@EACH
def test_a_resource_that_cannot_say_what_it_is_is_an_error_of_the_account(breaks: Callable[[], None]) -> None:
    class Torch(Lamp, service="lamps"):
        """A lamp whose region is worked out."""

        @property
        def region(self) -> str:
            if self.name == "bad":
                breaks()
            return "eu-west-1"

    def test_torch_sound(torch: Torch) -> None:
        assert torch.arn

    test_torch_sound.__annotations__["torch"] = Torch
    assert by_name(judged(test_torch_sound, a_house())) == {
        "a": "pass",
        "arn:aws:iam::111122223333:root": "error",
        "c": "pass",
    }


def test_a_noun_cannot_exempt_what_it_could_not_read() -> None:
    class Torch(Lamp, service="lamps"):
        """A lamp that calls itself exempt."""

        @read
        def brightness(self) -> int:
            """How bright it is."""
            raise NotApplicable("it is dark anyhow")

    def test_torch_sound(torch: Torch) -> None:
        assert torch.brightness

    test_torch_sound.__annotations__["torch"] = Torch
    assert set(by_name(judged(test_torch_sound, a_house())).values()) == {"error"}


def test_a_debugger_is_given_what_was_raised_where_it_was_raised() -> None:
    class Torch(Lamp, service="lamps"):
        """A lamp whose brightness cannot be worked out."""

        @read
        def brightness(self) -> int:
            """How bright it is."""
            deep()
            return 1

    def test_torch_sound(torch: Torch) -> None:
        assert torch.brightness

    test_torch_sound.__annotations__["torch"] = Torch
    findings = judged(test_torch_sound, a_house())
    assert {type(finding.exception) for finding in findings} == {RecursionError}
    assert all(finding.exception is not None and finding.exception.__traceback__ for finding in findings)


def test_an_exception_whose_frames_are_dropped_holds_nothing_of_what_it_was_raised_in() -> None:
    class House:
        """Something large."""

    def raise_in(house: House) -> None:
        try:
            deep()
        except RecursionError as error:
            raise Unreadable(f"{type(house).__name__} could not be read") from error

    house = House()
    known = weakref.ref(house)
    kept: BaseException | None = None
    try:
        raise_in(house)
    except Unreadable as error:
        kept = error
    del house
    assert known() is not None, "the frames hold it"
    drop_frames(kept)
    assert known() is None
    assert str(kept) == "House could not be read"
