"""One answer of each kind stands for the others, until there is nothing more to learn of the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from muster.permissions.first_answers import REPEATS, TRIES, FirstAnswers
from muster.reading.reads import Answer, ApiError, Call
from tests.engine.lamps import DENIED, FakeTransport, Told

LAMPS = Answer({"Lamps": ["a", "b"], "NextToken": "x"})
NONE = Answer({"Lamps": []})
BROKEN = Answer(error=ApiError("InternalError", "oh", 500))
SILENT = Answer(error=ApiError("EndpointConnectionError", "nobody"))
NO_SHADE = Answer(error=ApiError("NoSuchShade", "bare", 404))


def listed(region: str) -> Call:
    return Call("prod", region, "lamps", "list_lamps", {})


def looked_at(name: str) -> Call:
    return Call("prod", "eu-west-1", "lamps", "get_lamp", {"Name": name})


def asking(answer: Told, calls: Sequence[Call]) -> tuple[list[Answer], int, FirstAnswers]:
    transport = FakeTransport({"lamps:list_lamps": answer, "lamps:get_lamp": answer})
    first = FirstAnswers(transport)
    return [first.send(call) for call in calls], len(transport.calls), first


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        pytest.param(LAMPS, 1, id="a list that holds something"),
        pytest.param(NONE, 3, id="an empty list may hold something in another region"),
        pytest.param(DENIED, 1, id="denied"),
        pytest.param(BROKEN, 1, id="broken"),
        pytest.param(SILENT, 1, id="no answer"),
    ],
)
def test_a_list_is_asked_until_it_tells_something(answer: Answer, asked: int) -> None:
    _, calls, _ = asking(answer, [listed(region) for region in ("eu-west-1", "us-east-1", "ap-south-1")])
    assert calls == asked


@pytest.mark.parametrize(
    ("answer", "asked"),
    [pytest.param(LAMPS, 1, id="an answer"), pytest.param(NO_SHADE, 2, id="what is not there is asked of the next")],
)
def test_a_thing_is_looked_at_for_all_others(answer: Answer, asked: int) -> None:
    answers, calls, _ = asking(answer, [looked_at("a"), looked_at("b")])
    assert (calls, answers[1].content) == (asked, answer.content)


def test_what_one_region_has_is_not_asked_of_another() -> None:
    answers, _, _ = asking(LAMPS, [listed("eu-west-1"), listed("eu-west-1"), listed("us-east-1")])
    assert [answer.content["Lamps"] for answer in answers] == [["a", "b"], ["a", "b"], []]


@pytest.mark.parametrize(("answer", "calls"), [(LAMPS, 1 + REPEATS), (NO_SHADE, TRIES)], ids=["answered", "not there"])
def test_nothing_goes_on_for_ever(answer: Answer, calls: int) -> None:
    answers, _, _ = asking(answer, [looked_at(str(number)) for number in range(calls + 1)])
    codes = [each.error.code if each.error else None for each in answers]
    assert codes.count("NotTried") == 1
    assert codes[-1] == "NotTried"


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (DENIED, {"lamps:get_lamp": "AccessDenied"}),
        (SILENT, {"lamps:get_lamp": "EndpointConnectionError"}),
        (NO_SHADE, {}),
    ],
    ids=["denied", "silent", "not there"],
)
def test_what_gave_no_answer_is_told(answer: Answer, refused: Mapping[str, Any]) -> None:
    _, _, first = asking(answer, [looked_at("a")])
    assert {name: error.code for name, error in first.refused()} == refused
    assert first.asked() == {"lamps:get_lamp"}
