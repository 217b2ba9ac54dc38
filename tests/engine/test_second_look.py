"""A thing that was listed and is not there when it is asked about: gone during the run, if a second look says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from muster.judging.judgement import Finding
from muster.reading.archive import FolderArchive, parse_recorded, recorded_text
from muster.reading.reads import Answer, ApiError, Call
from muster.run.replay import past_answers
from tests.engine.lamps import DENIED, FakeTransport, Lamp, Told, lamps
from tests.engine.test_judgement import judged, registry

__all__ = ["registry"]

NOT_FOUND = Answer(error=ApiError("ResourceNotFoundException", "there is no such lamp", 404))


def passes(lamp: Lamp) -> None:
    assert lamp.is_on


def passes_whatever_happens(lamp: Lamp) -> None:
    assert lamp.is_on_or_so


def looks(first: Answer, second: Answer) -> Callable[[Call], Answer]:
    """A list that is another one on a second look."""
    return lambda call: first if call.look == 1 else second


def finding(
    detail: Answer, second: Answer, function: Callable[..., None] = passes, first: Answer | None = None
) -> Finding:
    told: dict[str, Told] = {"lamps:list_lamps": looks(first or lamps("a"), second), "lamps:get_lamp": detail}
    (found,) = judged(function, told)
    return found


@pytest.mark.parametrize(
    ("detail", "second", "status"),
    [
        pytest.param(NOT_FOUND, lamps(), "not_applicable", id="it is listed no more"),
        pytest.param(NOT_FOUND, lamps("b"), "not_applicable", id="another is listed in its place"),
        pytest.param(NOT_FOUND, lamps("a"), "error", id="it is listed still"),
        pytest.param(NOT_FOUND, DENIED, "error", id="the list cannot be read again"),
        pytest.param(NOT_FOUND, NOT_FOUND, "error", id="the list itself is not found"),
        pytest.param(NOT_FOUND, Answer({}), "error", id="the list is half an answer"),
        pytest.param(DENIED, lamps(), "error", id="what was denied is not gone, whatever is listed"),
    ],
)
def test_what_is_not_found(detail: Answer, second: Answer, status: str) -> None:
    assert finding(detail, second).status == status


@pytest.mark.parametrize(
    "code", ["NoSuchBucket", "InvalidInstanceID.NotFound", "DBInstanceNotFound", "QueueDoesNotExist", "404"]
)
def test_each_spelling_of_it_is_looked_at_again(code: str) -> None:
    assert finding(Answer(error=ApiError(code, "gone")), lamps()).status == "not_applicable"


def test_a_control_that_swallows_it_is_told_all_the_same() -> None:
    assert finding(NOT_FOUND, lamps("a"), passes_whatever_happens).status == "error"
    assert finding(NOT_FOUND, lamps(), passes_whatever_happens).status == "not_applicable"


def test_the_reason_says_both() -> None:
    reason = finding(NOT_FOUND, lamps()).reason

    assert reason.startswith("was gone during the run: it was listed, and no more on a second look")
    assert "lamps:get_lamp in eu-west-1: ResourceNotFoundException" in reason


def test_both_looks_are_kept_and_judged_again_alike(tmp_path: Path) -> None:
    told: dict[str, Told] = {"lamps:list_lamps": looks(lamps("a"), lamps()), "lamps:get_lamp": NOT_FOUND}
    (now,) = judged(passes, told, archive=FolderArchive(tmp_path / "reads"))
    again = FolderArchive(tmp_path / "again", past=past_answers(tmp_path))
    (then,) = judged(passes, FakeTransport(), archive=again)

    assert len(now.reads) == 3
    assert (then.status, then.reason, then.reads) == (now.status, now.reason, now.reads)


def test_a_hundred_that_are_gone_take_one_second_look() -> None:
    names = [f"lamp-{number}" for number in range(100)]
    told: dict[str, Told] = {"lamps:list_lamps": looks(lamps(*names), lamps()), "lamps:get_lamp": NOT_FOUND}
    transport = FakeTransport(told)
    found = judged(passes, transport)

    assert {each.status for each in found} == {"not_applicable"}
    assert transport.names().count("lamps:list_lamps") == 2


def test_where_nothing_is_gone_nobody_looks_twice() -> None:
    transport = FakeTransport({"lamps:list_lamps": lamps("a"), "lamps:get_lamp": DENIED})
    judged(passes, transport)

    assert transport.names() == ["lamps:list_lamps", "lamps:get_lamp"]


def test_a_second_look_is_another_question_and_recorded_as_one() -> None:
    first, second = (Call("prod", "eu-west-1", "lamps", "list_lamps", {}, look) for look in (1, 2))

    assert first.key != second.key
    assert '"look"' not in recorded_text(first, lamps())
    assert parse_recorded(recorded_text(second, lamps()))[0] == second


@pytest.mark.parametrize("look", ['"2"', "0", "-1", "true", "null"])
def test_a_look_that_is_none_is_no_recorded_answer(look: str) -> None:
    text = recorded_text(Call("prod", "eu-west-1", "lamps", "list_lamps", {}, 2), lamps())

    with pytest.raises(ValueError, match="look"):
        parse_recorded(text.replace('"look":2', f'"look":{look}'))
