"""The forms of a noun: listed by keys, one a region or account, by hand; and what is refused when it is defined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

import pytest

from muster.errors import ControlError, Unreadable
from muster.judging.keys import key
from muster.judging.read import read
from muster.judging.resource import NOUNS, Place, Resource
from muster.reading.reads import Answer
from tests.engine.lamps import FakeTransport, account


class Candle(Resource, lists=("lamps:describe_candles", "Shelves[].Candles[]")):
    """A candle."""

    arn: str = key("CandleArn")
    id: str = key("CandleId")
    is_lit: bool = key("State.Lit")
    colour: str | None = key("Colour", absent=None)
    bought: datetime = key("Bought")


class Wick(Resource, lists=("lamps:list_wicks", "Wicks"), arn="arn:{partition}:lamps:{region}:{account}:wick/{id}"):
    """A wick, which the list gives no ARN."""

    id: str = key("WickId")


class Fuse(Resource, service="lamps", one="region"):
    """The fuse of a region."""

    @read
    def amperes(self) -> int:
        """When it blows."""
        answer: int = self.place.read("lamps:get_fuse")["Amperes"]
        return answer


class Meter(Resource, service="lamps", one="account"):
    """The meter of the house."""


class Switch(Resource, service="lamps", scope="global"):
    """A switch, listed in one place and to be found in another; `number` is what the list does not say."""

    arn: str = key("Arn")
    number: int

    @classmethod
    def list_in(cls, place: Place) -> Iterable[Self]:
        for number, entry in enumerate(place.read("lamps:list_switches")["Switches"], start=1):
            yield cls.of(place, entry, home=entry["Region"], number=number)


class Named(Resource, lists=("lamps:list_named", "Named")):
    """A lamp with a name and tags."""

    arn: str = key("Arn")
    name: str | None = key("Name", absent=None)
    tags: Mapping[str, str] = key("Tags", absent={})


class Room(Resource, lists=("lamps:list_rooms", "Rooms"), request={"Kinds": ["all"]}, owner="OwnerId", arn="arn:{id}"):
    """A room, which its owner may share."""

    id: str = key("RoomId")


for _noun in (Room, Named, Candle, Wick, Fuse, Meter, Switch):
    del NOUNS[_noun.noun]


@pytest.fixture(autouse=True)
def own_nouns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever noun a test defines is forgotten afterwards."""
    monkeypatch.setattr("muster.judging.resource.NOUNS", {})


def candle(**changed: Any) -> dict[str, Any]:
    whole = {"CandleArn": "arn:1", "CandleId": "c-1", "State": {"Lit": True}, "Bought": "2026-11-23T12:00:00Z"}
    return {name: value for name, value in {**whole, **changed}.items() if value is not ...}


def candles(*shelves: list[Any]) -> FakeTransport:
    return FakeTransport({"lamps:describe_candles": Answer({"Shelves": [{"Candles": each} for each in shelves]})})


def test_a_listed_noun_is_taken_from_its_keys() -> None:
    (found,) = account(candles([candle(Colour="red")])).all(Candle)

    assert (found.arn, found.id, found.is_lit, found.colour) == ("arn:1", "c-1", True, "red")
    assert found.bought == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert (Candle.service, Candle.scope, Candle.noun) == ("lamps", "regional", "candle")


def test_a_path_leads_through_lists_within_lists() -> None:
    house = account(candles([candle(CandleId="a"), candle(CandleId="b")], [], [candle(CandleId="c")]))

    assert [each.id for each in house.all(Candle)] == ["a", "b", "c"]


def test_a_key_that_may_be_left_out_says_what_that_means() -> None:
    (found,) = account(candles([candle()])).all(Candle)

    assert found.colour is None


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param(candle(State={"Lit": "false"}), "expected true or false, found 'false'", id="text for a flag"),
        pytest.param(candle(State={"Lit": 0}), "expected true or false, found 0", id="a number for a flag"),
        pytest.param(candle(State={"Lit": None}), "expected true or false, found None", id="null"),
        pytest.param(candle(State={}), "Candle.is_lit (State.Lit): Lit is missing", id="a key is missing"),
        pytest.param(candle(State=...), "Candle.is_lit (State.Lit): State is missing", id="an object is missing"),
        pytest.param(candle(Bought="yesterday"), "expected a time, found 'yesterday'", id="no time"),
        pytest.param(candle(Colour=5), "expected text or nothing, found 5", id="of no type that it may have"),
        pytest.param("c-1", "expected an object with CandleArn, found 'c-1'", id="text for an entry"),
    ],
)
def test_a_malformed_entry_makes_the_place_unreadable_and_hides_no_other(entry: Any, reason: str) -> None:
    listing = account(candles([candle(), entry, candle()])).listing(Candle)

    assert listing.resources == []
    (gap,) = listing.gaps
    assert gap.reason.startswith("the list of candles in eu-west-1: malformed answer: ")
    assert reason in gap.reason


@pytest.mark.parametrize(
    "content", [{}, {"Shelves": None}, {"Shelves": {}}, {"Shelves": [{}]}, {"Shelves": [{"Candles": "c-1"}]}, [], None]
)
def test_a_list_that_is_none_is_unreadable(content: Any) -> None:
    house = account({"lamps:describe_candles": Answer(content)})

    with pytest.raises(Unreadable, match="the list of candles in eu-west-1: malformed answer: "):
        house.all(Candle)


@pytest.mark.parametrize("content", [{"Shelves": []}, {"Shelves": [{"Candles": []}]}])
def test_an_empty_list_is_nothing(content: Mapping[str, Any]) -> None:
    listing = account({"lamps:describe_candles": Answer(content)}).listing(Candle)

    assert (listing.resources, listing.gaps) == ([], [])


def test_an_arn_that_the_list_leaves_out_is_made_of_its_form() -> None:
    (wick,) = account({"lamps:list_wicks": Answer({"Wicks": [{"WickId": "w-1"}]})}).all(Wick)

    assert wick.arn == "arn:aws:lamps:eu-west-1:111122223333:wick/w-1"


def test_there_is_one_a_region_and_no_call_is_made_for_it() -> None:
    transport = FakeTransport({})
    fuses = account(transport, regions=("eu-west-1", "us-east-1")).all(Fuse)

    assert [(fuse.arn, fuse.region) for fuse in fuses] == [
        ("arn:aws:iam::111122223333:root", "eu-west-1"),
        ("arn:aws:iam::111122223333:root", "us-east-1"),
    ]
    assert transport.calls == []


def test_there_is_one_an_account() -> None:
    (meter,) = account({}, regions=("eu-west-1", "us-east-1")).all(Meter)

    assert (meter.arn, meter.region) == ("arn:aws:iam::111122223333:root", "global")


def test_a_noun_that_lists_by_hand_takes_what_has_a_key_and_is_given_the_rest() -> None:
    entries = [{"Arn": "arn:1", "Region": "eu-west-1"}, {"Arn": "arn:2", "Region": "us-east-1"}]
    transport = FakeTransport({"lamps:list_switches": Answer({"Switches": entries})})
    switches = account(transport).all(Switch)

    assert [(each.arn, each.number, each.region) for each in switches] == [
        ("arn:1", 1, "eu-west-1"),
        ("arn:2", 2, "us-east-1"),
    ]


@pytest.mark.parametrize("amperes", ["16", True, None, 16.5])
def test_what_a_read_returns_is_of_the_type_that_it_says(amperes: Any) -> None:
    (fuse,) = account({"lamps:get_fuse": Answer({"Amperes": amperes})}).all(Fuse)

    with pytest.raises(Unreadable, match=r"^Fuse\.amperes: malformed answer: expected a whole number, found "):
        _ = fuse.amperes


@pytest.mark.parametrize("region", [5, {}, ["eu-west-1"], True])
def test_a_home_that_is_no_text_is_malformed(region: Any) -> None:
    entries = [{"Arn": "arn:1", "Region": region}]

    with pytest.raises(Unreadable, match="malformed answer: expected text, found "):
        account({"lamps:list_switches": Answer({"Switches": entries})}).all(Switch)


def test_what_others_share_is_not_listed_and_what_names_no_owner_is_an_error() -> None:
    ours, theirs = {"RoomId": "a", "OwnerId": "111122223333"}, {"RoomId": "b", "OwnerId": "444455556666"}
    transport = FakeTransport({"lamps:list_rooms": Answer({"Rooms": [ours, theirs]})})

    assert [room.id for room in account(transport).all(Room)] == ["a"]
    assert transport.calls[0].request == {"Kinds": ["all"]}
    with pytest.raises(Unreadable, match="OwnerId is missing"):
        account({"lamps:list_rooms": Answer({"Rooms": [ours, {"RoomId": "c"}]})}).all(Room)


def test_a_field_that_is_given_by_hand_is_checked_too() -> None:
    entries = [{"Arn": 1, "Region": "eu-west-1"}]

    with pytest.raises(Unreadable, match=r"Switch\.arn \(Arn\): expected text, found 1"):
        account({"lamps:list_switches": Answer({"Switches": entries})}).all(Switch)


def test_the_name_and_the_tags_of_a_noun_are_shown() -> None:
    (wick,) = account({"lamps:list_wicks": Answer({"Wicks": [{"WickId": "w-1"}]})}).all(Wick)
    named = Named(place=wick.place, arn="arn:1", name="left", tags={"Room": "hall"})

    tagged = Named(place=wick.place, arn="arn:1", name=None, tags={"Name": "right"})

    assert (named.shown_name, named.shown_tags) == ("left", {"Room": "hall"})
    assert tagged.shown_name == "right"
    assert (wick.shown_name, wick.shown_tags) == (None, None)


@pytest.mark.parametrize("name", ["name", "tags"])
def test_what_every_verdict_shows_costs_no_read(name: str) -> None:
    def worked_out(_: Any) -> str:
        """Asked of an API."""
        return ""

    with pytest.raises(ControlError, match=rf"Torch\.{name}: no read, because every verdict shows it"):
        defined("Torch", {name: read(worked_out)}, service="lamps", one="region")


def defined(name: str, fields: Mapping[str, Any], **keywords: Any) -> type[Resource]:
    """A noun with these annotations; a value that is no type is an attribute."""
    annotations = {field: kind for field, kind in fields.items() if isinstance(kind, type)}
    attributes = {field: value for field, value in fields.items() if not isinstance(value, type)}
    made: type[Resource] = type(
        name, (Resource,), {"__doc__": "A noun.", "__annotations__": annotations, **attributes}, **keywords
    )
    return made


ENGINES_OWN = ["service", "scope", "kind", "noun", "plural", "place", "sources", "region", "account", "lists", "of"]


@pytest.mark.parametrize("name", ENGINES_OWN)
def test_a_field_named_as_the_engine_names_its_own_is_refused(name: str) -> None:
    with pytest.raises(ControlError, match=rf"test_noun_forms\.Torch: {name}: a name of the engine's own"):
        defined("Torch", {name: str}, lists=("lamps:list_torches", "Torches"))


@pytest.mark.parametrize("name", ["service", "kind", "account", "sources"])
def test_so_is_a_property_of_such_a_name(name: str) -> None:
    with pytest.raises(ControlError, match=f"Torch: {name}: a name of the engine's own"):
        defined("Torch", {name: property(lambda _: "x")}, service="lamps", one="region")


def test_a_second_noun_of_one_name_is_refused_and_both_are_named() -> None:
    defined("Torch", {}, service="lamps", one="region")
    here = r"tests\.engine\.test_noun_forms"
    with pytest.raises(ControlError, match=rf"elsewhere\.Torch: the noun torch is taken by {here}\.Torch"):
        defined("Torch", {"__module__": "elsewhere"}, service="lamps", one="region")


def test_a_file_that_is_imported_again_defines_its_nouns_again() -> None:
    first = defined("Torch", {}, service="lamps", one="region")
    second = defined("Torch", {}, service="lamps", one="region")

    assert first is not second


@pytest.mark.parametrize(
    ("fields", "keywords", "complaint"),
    [
        pytest.param({}, {"service": "lamps"}, "needs lists=, one= or a list_in of its own", id="no list"),
        pytest.param(
            {"id": str},
            {"lists": ("lamps:list_torches", "Torches"), "arn": "arn:{region}"},
            "no key says where the list has id",
            id="a field without a key",
        ),
        pytest.param(
            {}, {"lists": ("lamps:list_torches", "Torches")}, "no key says where the list has arn", id="no ARN"
        ),
        pytest.param(
            {"id": str},
            {"service": "lamps", "one": "region"},
            "no key says where the list has id",
            id="one with fields",
        ),
        pytest.param(
            {},
            {"lists": ("lamps:list_torches", "Torches"), "arn": "arn:{region}:{id}"},
            r"its arn names id, which is no field",
            id="an ARN of what is not there",
        ),
    ],
)
def test_a_noun_that_cannot_be_listed_is_refused(
    fields: Mapping[str, Any], keywords: Mapping[str, Any], complaint: str
) -> None:
    with pytest.raises(ControlError, match=complaint):
        defined("Torch", fields, **keywords)


def test_a_read_without_a_type_is_refused() -> None:
    def brightness(_: Any):  # type: ignore[no-untyped-def]  # what is refused
        """How bright it is."""

    with pytest.raises(ControlError, match=r"Torch\.brightness: returns what\? annotate it"):
        defined("Torch", {"brightness": read(brightness)}, service="lamps", one="region")
