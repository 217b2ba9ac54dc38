"""An account: its lists of resources, each read once, and the places where they could not be read."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

import pytest

from muster.errors import Unreadable
from muster.helpers import Helpers
from muster.judging.account import Account
from muster.judging.resource import Place, Resource, Scope
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, Call, Reads
from muster.reading.trace import Frame
from muster.run.ahead import AT_ONCE
from tests.engine.lamps import ABSENT_SERVICE, DENIED, NOW, FakeTransport, House, Lamp, account, as_sent, lamps, lit

REGIONS = ("eu-west-1", "us-east-1", "ap-south-1")


@pytest.fixture(autouse=True)
def own_nouns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever noun a test defines is forgotten afterwards."""
    monkeypatch.setattr("muster.judging.resource.NOUNS", {})


def asked_by_region(**told: Answer) -> Account:
    """An account whose lists of lamps are told a region, `eu_west_1=…`; no lamps elsewhere."""

    def listed(call: Call) -> Answer:
        return told.get(call.region.replace("-", "_"), lamps())

    return account({"lamps:list_lamps": listed, "lamps:get_lamp": lit}, regions=REGIONS)


@pytest.mark.parametrize(
    ("scope", "places"),
    [
        ("regional", [("eu-west-1", False), ("us-east-1", False), ("ap-south-1", False)]),
        ("global", [("us-east-1", True)]),
        ("both", [("eu-west-1", False), ("us-east-1", False), ("ap-south-1", False), ("us-east-1", True)]),
    ],
)
def test_resources_are_listed_where_their_noun_says(scope: Scope, places: list[tuple[str, bool]]) -> None:
    noun = type("Anywhere", (Lamp,), {"__doc__": "A noun."}, service="s", scope=scope)
    house = account({}, regions=REGIONS)
    assert [(place.region, place.is_global) for place in house.places(noun)] == places


def test_the_lists_of_all_regions_are_one_in_the_order_of_the_regions() -> None:
    house = asked_by_region(eu_west_1=lamps("a", "b"), ap_south_1=lamps("c"))
    assert [(lamp.name, lamp.region) for lamp in house.all(Lamp)] == [
        ("a", "eu-west-1"),
        ("b", "eu-west-1"),
        ("c", "ap-south-1"),
    ]


def test_all_regions_are_asked_at_once() -> None:
    gate = threading.Barrier(len(REGIONS), timeout=30)

    def listed(_: Call) -> Answer:
        gate.wait()
        return lamps("a")

    assert len(account({"lamps:list_lamps": listed}, regions=REGIONS).all(Lamp)) == 3


def test_a_list_is_read_once() -> None:
    transport = FakeTransport({"lamps:list_lamps": lamps("a")})
    house = account(transport, regions=REGIONS)
    assert house.all(Lamp) == house.all(Lamp)
    house.warm([Lamp, Lamp, House])
    assert sorted(call.region for call in transport.calls) == sorted(REGIONS)


def test_warming_asks_nothing_but_the_lists() -> None:
    transport = FakeTransport({"lamps:list_lamps": lamps("a")})
    account(transport).warm([Lamp])
    assert transport.names() == ["lamps:list_lamps"]


def test_warming_survives_what_goes_wrong_and_warming_nothing_is_fine() -> None:
    house = account({"lamps:list_lamps": DENIED})
    house.warm([Lamp])
    house.warm([])
    assert [gap.reason for gap in house.listing(Lamp).gaps] == [
        "lamps:list_lamps in eu-west-1: AccessDenied: no light for you"
    ]


def test_a_region_that_cannot_be_read_is_a_gap_beside_the_others() -> None:
    listing = asked_by_region(eu_west_1=lamps("a"), us_east_1=DENIED).listing(Lamp)
    assert [lamp.name for lamp in listing.resources] == ["a"]
    assert [(gap.place.region, len(gap.hashes)) for gap in listing.gaps] == [("us-east-1", 1)]


def test_a_part_of_a_list_is_never_given_to_who_asks_for_all() -> None:
    house = asked_by_region(eu_west_1=lamps("a"), us_east_1=DENIED)
    with Frame() as frame, pytest.raises(Unreadable, match="lamps:list_lamps in us-east-1"):
        house.all(Lamp)
    assert frame.unreadable is not None
    assert len(frame.hashes) == 3


@pytest.mark.parametrize(
    ("content", "complaint"),
    [({}, "KeyError"), ({"Lamps": None}, "TypeError"), ([], "TypeError"), (None, "TypeError")],
    ids=["a member is missing", "null for a list", "a list for an object", "null"],
)
def test_a_malformed_list_is_a_gap(content: object, complaint: str) -> None:
    (gap,) = account({"lamps:list_lamps": Answer(content)}).listing(Lamp).gaps
    assert gap.reason.startswith(f"the list of lamps in eu-west-1: malformed answer: {complaint}")


def test_a_region_without_the_service_has_none_of_its_resources_and_that_is_no_gap() -> None:
    listing = asked_by_region(eu_west_1=ABSENT_SERVICE, us_east_1=lamps("a")).listing(Lamp)
    assert [lamp.name for lamp in listing.resources] == ["a"]
    assert listing.gaps == []
    assert len(listing.hashes) == 3


def test_resources_are_not_lost_because_the_region_lacks_another_service() -> None:
    class Chandelier(Resource, service="lamps"):
        """A lamp whose list takes a second service to complete."""

        @classmethod
        def list_in(cls, place: Place) -> Iterable[Self]:
            names = place.read("lamps:list_lamps")["Lamps"]
            crystals = place.read("crystals:list_crystals")["Crystals"]
            yield from (cls(place=place, arn=f"{name}/{crystal}") for name in names for crystal in crystals)

    house = account({"lamps:list_lamps": lamps("a"), "crystals:list_crystals": ABSENT_SERVICE})
    listing = house.listing(Chandelier)
    assert listing.resources or listing.gaps, "there are lamps, and nobody would ever hear of them"


def test_a_list_that_swallows_what_it_could_not_read_is_a_gap() -> None:
    class Torch(Resource, service="lamps"):
        """A lamp whose author is careless."""

        @classmethod
        def list_in(cls, place: Place) -> Iterable[Self]:
            try:
                place.read("lamps:list_lamps")
            except Unreadable:
                return
            yield cls(place=place, arn="torch")

    (gap,) = account({"lamps:list_lamps": DENIED}).listing(Torch).gaps
    assert "AccessDenied" in gap.reason


def test_a_resource_knows_the_answers_that_its_list_came_from() -> None:
    house = account({"lamps:list_lamps": lamps("a")})
    (lamp,) = house.all(Lamp)
    assert lamp.sources == house.listing(Lamp).hashes
    assert len(lamp.sources) == 1


def test_looking_at_all_leaves_the_hashes_of_the_lists() -> None:
    house = asked_by_region(eu_west_1=lamps("a"))
    with Frame() as frame:
        house.all(Lamp)
    assert tuple(frame.hashes) == house.listing(Lamp).hashes
    assert len(frame.hashes) == 3


def test_an_account_that_is_let_go_is_gone_before_the_garbage_collector_looks() -> None:
    house = account({"lamps:list_lamps": lamps("a"), "lamps:get_lamp": lit})
    assert [lamp.is_on for lamp in house.all(Lamp)] == [True]
    known = weakref.ref(house)

    gc.disable()
    try:
        house.let_go()
        del house
        assert known() is None
    finally:
        gc.enable()


def test_what_an_account_listed_before_it_was_let_go_is_listed_again_from_what_was_answered() -> None:
    transport = FakeTransport({"lamps:list_lamps": lamps("a")})
    house = account(transport)
    before = house.all(Lamp)
    house.let_go()

    assert [lamp.name for lamp in house.all(Lamp)] == [lamp.name for lamp in before]
    assert len(transport.calls) == 1


MANY_REGIONS = tuple(f"region-{number}" for number in range(17))
MANY_NOUNS = 24


class StandsStill:
    """A transport whose first region answers when every other region was asked everything, the others at once."""

    def __init__(self) -> None:
        self._left = MANY_NOUNS * (len(MANY_REGIONS) - 1)
        self._lock = threading.Lock()
        self._all_others = threading.Event()
        self.in_vain = 0

    def send(self, call: Call) -> Answer:
        with self._lock:
            self._left -= call.region != MANY_REGIONS[0]
            if not self._left:
                self._all_others.set()
        if call.region == MANY_REGIONS[0] and not self._all_others.wait(timeout=10):
            self.in_vain += 1
        return Answer([])


def nouns_of_their_own() -> list[type[Resource]]:
    """Nouns that each ask a question of their own."""

    def noun(name: str) -> type[Resource]:
        listed = classmethod(lambda _, place: place.read(f"lamps:list_{name}"))
        return type(name, (Lamp,), {"__doc__": "A noun.", "list_in": listed}, service="lamps")

    return [noun(f"lamps_{number}") for number in range(MANY_NOUNS)]


def test_a_region_that_stands_still_holds_up_no_other() -> None:
    transport = StandsStill()
    reads = Reads("prod", transport, MemoryArchive(), as_sent)
    house = Account("prod", "1", "aws", "arn", MANY_REGIONS, MANY_REGIONS[1], NOW, reads)
    with ThreadPoolExecutor(AT_ONCE) as controls:
        listings = list(controls.map(house.listing, nouns_of_their_own()))

    assert transport.in_vain == 0
    assert [listing.gaps for listing in listings] == [[]] * MANY_NOUNS


def test_without_helpers_all_of_it_happens_in_the_thread_that_asks() -> None:
    threads = set()

    def listed(_: Call) -> Answer:
        threads.add(threading.current_thread())
        return lamps("desk")

    places = ("eu-west-1", "eu-central-1", "us-east-1")
    subject = account({"lamps:list_lamps": listed}, regions=places, helpers=Helpers(0))

    assert len(subject.all(Lamp)) == len(places)
    assert threads == {threading.current_thread()}


@pytest.mark.parametrize(
    ("moment", "age"),
    [
        pytest.param(NOW - timedelta(days=3), timedelta(days=3), id="before the run"),
        pytest.param(NOW + timedelta(minutes=15), timedelta(0), id="as far as clocks may differ"),
        pytest.param(NOW + timedelta(hours=5), timedelta(0), id="while the run went on, before the answer"),
        pytest.param(NOW + timedelta(hours=5, minutes=15), timedelta(0), id="while it went on, by another clock"),
        pytest.param(NOW + timedelta(hours=5, minutes=16), None, id="after the answer that tells it"),
    ],
)
def test_an_age_is_of_what_has_been_when_it_was_told(moment: datetime, age: timedelta | None) -> None:
    came = (NOW + timedelta(hours=5)).isoformat()
    house = account({"lamps:list_lamps": replace(lamps("hall"), at=came)})
    (lamp,) = house.all(Lamp)

    assert told_age(lamp, moment) == age


def test_an_answer_of_another_question_makes_no_moment_past() -> None:
    late = (NOW + timedelta(days=300)).isoformat()
    house = account(
        {"lamps:list_lamps": replace(lamps("hall"), at=NOW.isoformat()), "lamps:get_lamp": Answer({}, at=late)}
    )
    (lamp,) = house.all(Lamp)
    lamp.place.read("lamps:get_lamp", Name="hall")

    assert told_age(lamp, NOW + timedelta(days=1)) is None


def told_age(lamp: Lamp, moment: datetime) -> timedelta | None:
    """How old it says that the moment is; None where that is still to come, which marks the open frame."""
    with Frame() as frame:
        try:
            return lamp.age_of(moment)
        except Unreadable as to_come:
            return None if frame.unreadable == str(to_come) else timedelta(-1)
