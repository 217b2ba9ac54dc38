"""Rules of security groups that were to be closed: the day before their end, on it, and after it."""

from __future__ import annotations

from datetime import date

import pytest

from fixtures.temporary_rules import GroupRule

TODAY = date(2026, 11, 23)
WORDS = ("temp", "for now")


def overdue(description: str | None, **tags: str) -> str | None:
    return GroupRule(id="sgr-1", group="sg-1", description=description, tags=tags).overdue(TODAY, WORDS, 14)


@pytest.mark.parametrize(
    "description",
    [
        pytest.param("temp expires=2026-11-24", id="ends tomorrow"),
        pytest.param("temp expires=2026-11-23", id="today is its last day"),
        pytest.param("temp expires=2026-12-07", id="ends on the last day there may be"),
        pytest.param("Temp, Expires = 2026-11-30", id="in capitals, with spaces"),
        pytest.param("office", id="not temporary"),
        pytest.param("office expires=2030-01-01", id="not temporary, and ends some day"),
        pytest.param("template", id="a word that begins so"),
        pytest.param(None, id="no description"),
        pytest.param("", id="an empty one"),
    ],
)
def test_an_opening_whose_end_is_near_may_stay(description: str | None) -> None:
    assert overdue(description) is None


@pytest.mark.parametrize(
    ("description", "why"),
    [
        pytest.param("temp expires=2026-11-22", "was to be closed after 2026-11-22", id="ended yesterday"),
        pytest.param(
            "office expires=2026-11-22", "was to be closed after 2026-11-22", id="ended, whatever it is called"
        ),
        pytest.param("temp expires=2026-12-08", "temporary until 2026-12-08, in 15 days", id="a day too far"),
        pytest.param("temp", "without an end", id="no end"),
        pytest.param("open for now", "without an end", id="two words"),
        pytest.param("temp expires=2026-02-30", "without an end", id="no such day"),
        pytest.param("temp expires=2026-11-301", "without an end", id="no day"),
        pytest.param("temp reexpires=2026-11-30", "without an end", id="another word"),
        pytest.param("temp expires=2026-11-22 expires=2026-11-30", "after 2026-11-22", id="the earlier of two ends"),
    ],
)
def test_an_opening_without_a_near_end_is_overdue(description: str, why: str) -> None:
    assert why in (overdue(description) or "")


@pytest.mark.parametrize(
    ("tags", "is_overdue"),
    [
        pytest.param({"purpose": "temp"}, True, id="a mark and no end"),
        pytest.param({"temp": ""}, True, id="a mark for a name"),
        pytest.param({"purpose": "temp", "expires": "2026-11-30"}, False, id="an end in a tag of its own"),
        pytest.param({"expires": "2026-11-22"}, True, id="an end that is over"),
        pytest.param({"expires": "soon", "purpose": "temp"}, True, id="an end that is no day"),
    ],
)
def test_tags_say_it_as_well(tags: dict[str, str], is_overdue: bool) -> None:
    assert (overdue("office", **tags) is not None) is is_overdue
