"""Values against annotations: nothing of another type gets through, and nothing is made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, ClassVar, Literal, Protocol, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.errors import ControlError
from muster.judging.keys import Mismatch, key
from muster.judging.typed import check_of, field_checks

T = TypeVar("T")


@dataclass(frozen=True)
class Shade:
    """What a key a field makes out of an object."""

    colour: str = key("Colour")
    holes: tuple[int, ...] = key("Holes[].Size", absent=())


@dataclass(frozen=True)
class Bulb:
    """What code makes, and no answer."""

    watts: int


def upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

TAKEN: list[tuple[Any, Any, Any]] = [
    (str, "a", "a"),
    (str, "", ""),
    (int, 7, 7),
    (float, 7, 7.0),
    (float, 0.5, 0.5),
    (bool, False, False),
    (None, None, None),
    (str | None, None, None),
    (int | str, "7", "7"),
    (datetime, "2026-11-23T12:00:00Z", NOON),
    (datetime, "2026-11-23T13:00:00+01:00", NOON),
    (datetime, "2026-11-23T12:00:00.000+0000", NOON),
    (datetime, NOON, NOON),
    (datetime | None, None, None),
    (date, "2026-11-23", date(2026, 11, 23)),
    (date, date(2026, 11, 23), date(2026, 11, 23)),
    (Literal["on", "off"], "off", "off"),
    (Literal[1], 1, 1),
    (tuple[str, ...], ["a", "b"], ("a", "b")),
    (tuple[str, ...], [], ()),
    (tuple[str, int], ["a", 1], ("a", 1)),
    (list[datetime], ["2026-11-23T12:00:00Z"], [NOON]),
    (Sequence[int], [1], (1,)),
    (frozenset[str], ["a", "a"], frozenset("a")),
    (Mapping[str, int], {"a": 1}, {"a": 1}),
    (dict[str, Any], {"a": None}, {"a": None}),
    (Mapping[str, Mapping[str, datetime]], {"a": {"b": "2026-11-23T12:00:00Z"}}, {"a": {"b": NOON}}),
    (Any, "whatever", "whatever"),
    (object, 1, 1),
    (Annotated[str, upper], "a", "A"),
    (Shade, {"Colour": "red", "Holes": [{"Size": 3}]}, Shade(colour="red", holes=(3,))),
    (Shade, {"Colour": "red"}, Shade(colour="red", holes=())),
    (tuple[Shade, ...], [{"Colour": "red"}], (Shade(colour="red", holes=()),)),
    (Shade, Shade(colour="red", holes=()), Shade(colour="red", holes=())),
    (Bulb, Bulb(60), Bulb(60)),
    (list, [1], [1]),
]

REFUSED: list[tuple[Any, Any, str]] = [
    (bool, "false", "expected true or false, found 'false'"),
    (bool, "true", "expected true or false"),
    (bool, 0, "expected true or false, found 0"),
    (bool, None, "expected true or false, found None"),
    (str, None, "expected text, found None"),
    (str, 1, "expected text, found 1"),
    (str, ["a"], "expected text"),
    (int, True, "expected a whole number, found True"),
    (int, "7", "expected a whole number, found '7'"),
    (int, 7.0, "expected a whole number, found 7.0"),
    (float, True, "expected a number, found True"),
    (float, "0.5", "expected a number"),
    (str | None, 1, "expected text or nothing, found 1"),
    (datetime, "soon", "expected a time, found 'soon'"),
    (datetime, 1_795_000_000, "expected a time"),
    (datetime, "2026-11-23T12:00:00", "expected a time with its offset from UTC"),
    (datetime, "2026-11-23", "expected a time with its offset from UTC"),
    (date, "2026-11-23T12:00:00Z", "expected a day"),
    (date, NOON, "expected a day"),
    (Literal["on", "off"], "On", "expected one of 'on', 'off', found 'On'"),
    (Literal[1], True, "expected one of 1, found True"),
    (Literal[1], [1], "expected one of 1"),
    (tuple[str, ...], "ab", "expected a list, found 'ab'"),
    (tuple[str, ...], None, "expected a list"),
    (tuple[str, ...], {"a": 1}, "expected a list"),
    (tuple[str, ...], ["a", 1], "expected text, found 1"),
    (tuple[str, int], ["a"], "expected a list of 2"),
    (Mapping[str, int], [1], "expected an object"),
    (Mapping[str, int], {"a": "1"}, "expected a whole number, found '1'"),
    (Mapping[str, Any], "a", "expected an object"),
    (Annotated[str, upper], 1, "expected text, found 1"),
    (Shade, {}, r"Shade.colour \(Colour\): Colour is missing"),
    (Shade, {"Colour": 1}, r"Shade.colour \(Colour\): expected text, found 1"),
    (Shade, {"Colour": "red", "Holes": [{}]}, r"Shade.holes \(Holes\[\].Size\): Size is missing"),
    (Shade, {"Colour": "red", "Holes": [{"Size": "3"}]}, "expected a whole number, found '3'"),
    (Shade, "red", "expected Shade, found 'red'"),
    (Bulb, {"watts": 60}, "expected Bulb"),
    (list, (1,), "expected list"),
]


def named(case: tuple[Any, Any, Any]) -> str:
    return f"{getattr(case[0], '__name__', case[0])} of {case[1]!r}"


@pytest.mark.parametrize(("annotation", "value", "expected"), TAKEN, ids=map(named, TAKEN))
def test_a_value_of_the_type_is_taken(annotation: Any, value: Any, expected: Any) -> None:
    found = check_of(annotation)(value)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(("annotation", "value", "complaint"), REFUSED, ids=map(named, REFUSED))
def test_a_value_of_another_type_is_a_mismatch(annotation: Any, value: Any, complaint: str) -> None:
    with pytest.raises(Mismatch, match=complaint):
        check_of(annotation)(value)


def test_a_time_keeps_its_moment_whatever_its_offset() -> None:
    there = timezone(timedelta(hours=9))

    assert check_of(datetime)("2026-11-23T21:00:00+09:00") == datetime(2026, 11, 23, 21, tzinfo=there) == NOON


def test_a_long_value_is_cut_in_the_complaint() -> None:
    with pytest.raises(Mismatch, match=r"found 'x{79}…$"):
        check_of(int)("x" * 5_000)


class Switch(Protocol):
    """Nothing that a value can be checked against."""


@dataclass(frozen=True)
class Lost:
    """Its annotation is not imported."""

    where: Nowhere  # type: ignore[name-defined]  # noqa: F821  # what is refused


@dataclass(frozen=True)
class Wired:
    """A field that cannot be checked, and one that need not be."""

    place: ClassVar[str]
    switch: Switch


@pytest.mark.parametrize("annotation", [T, Switch, type[str], ClassVar[str]], ids=str)
def test_an_annotation_that_says_nothing_of_a_value_is_a_mistake_of_its_author(annotation: Any) -> None:
    with pytest.raises(ControlError, match="is none that a value can be checked against"):
        check_of(annotation)


@pytest.mark.parametrize(
    ("owner", "complaint"),
    [
        pytest.param(Lost, r"test_typed\.Lost: an annotation names nothing: .*Nowhere", id="not imported"),
        pytest.param(Wired, r"test_typed\.Wired\.switch: the annotation .*Switch.* is none", id="not checkable"),
    ],
)
def test_the_author_is_told_where(owner: type, complaint: str) -> None:
    with pytest.raises(ControlError, match=complaint):
        field_checks(owner)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
ANNOTATIONS: list[Any] = [str, int, float, bool, datetime, date, str | None, list[int], Mapping[str, bool], Shade]


@given(value=JSON, annotation=st.sampled_from(ANNOTATIONS))
def test_whatever_an_api_answers_is_taken_or_a_mismatch(value: Any, annotation: Any) -> None:
    try:
        found = check_of(annotation)(value)
    except Mismatch:
        return
    assert check_of(annotation)(found) == found
