"""Reads: each question is put once, waited for if it must be, and its errors are told apart."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.errors import ServiceAbsent, Unreadable
from muster.reading.archive import MemoryArchive
from muster.reading.reads import (
    OF_A_SERVICE,
    THREADS,
    Answer,
    ApiError,
    Call,
    Reads,
    Transport,
    canonical_json,
    utc_now,
)
from muster.reading.redaction import Redactor
from muster.reading.trace import Frame
from tests.engine.lamps import ABSENT_SERVICE, DENIED, FakeTransport, as_sent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PENDING = Answer(error=ApiError("ReportInProgress", "come again"))


def reads(transport: Transport, **arguments: Any) -> Reads:
    return Reads("prod", transport, MemoryArchive(), as_sent, **{"pause": 0.0, **arguments})


def turned(value: Any) -> Any:
    """The same JSON with the names of every object in the opposite order."""
    match value:
        case dict():
            return {name: turned(item) for name, item in reversed(value.items())}
        case list():
            return [turned(item) for item in value]
        case _:
            return value


@settings(max_examples=50, deadline=None)
@given(JSON)
def test_canonical_json_says_what_it_was_given(value: Any) -> None:
    assert json.loads(canonical_json(value)) == value


@settings(max_examples=50, deadline=None)
@given(JSON)
def test_the_order_of_names_does_not_matter_to_canonical_json(value: Any) -> None:
    assert canonical_json(turned(value)) == canonical_json(value)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), JSON, max_size=3), st.dictionaries(st.text(), JSON, max_size=3))
def test_calls_have_one_key_exactly_if_they_ask_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    keys = [Call("a", "r", "s", "o", request).key for request in (one, turned(one), other)]
    assert keys[0] == keys[1]
    assert (keys[0] == keys[2]) == (canonical_json(one) == canonical_json(other))


@pytest.mark.parametrize(
    "other", [("b", "r", "s", "o"), ("a", "x", "s", "o"), ("a", "r", "x", "o"), ("a", "r", "s", "x")]
)
def test_calls_of_another_account_region_service_or_operation_are_other_calls(other: tuple[str, str, str, str]) -> None:
    assert Call(*other, {}).key != Call("a", "r", "s", "o", {}).key


def test_times_are_utc_and_end_in_z() -> None:
    assert utc_now().endswith("Z")
    assert "+" not in utc_now()


def test_the_same_question_is_put_once_and_another_one_again() -> None:
    transport = FakeTransport({"lamps:get_lamp": Answer({"On": True})})
    asking = reads(transport)
    for name in ("a", "a", "b"):
        asking.content("lamps:get_lamp", "eu-west-1", {"Name": name})
    assert [call.request["Name"] for call in transport.calls] == ["a", "b"]


def test_an_error_is_not_asked_for_again_either() -> None:
    transport = FakeTransport({"lamps:get_lamp": DENIED})
    asking = reads(transport)
    for _ in range(2):
        with pytest.raises(Unreadable):
            asking.content("lamps:get_lamp", "eu-west-1", {})
    assert len(transport.calls) == 1


ERROR = ApiError("AccessDeniedException", "Macie is not enabled.")


@pytest.mark.parametrize(
    ("absent", "is_absent"),
    [
        pytest.param(["AccessDeniedException"], True, id="by code"),
        pytest.param(["AccessDeniedException: Macie is not enabled"], True, id="by code and part of the message"),
        pytest.param(["NoSuchThing", "AccessDeniedException: not enabled"], True, id="one of several"),
        pytest.param(["AccessDeniedException: no permission"], False, id="the code with another message"),
        pytest.param(["AccessDenied"], False, id="part of the code"),
        pytest.param(["accessdeniedexception"], False, id="the code in other letters"),
        pytest.param(["Macie is not enabled"], False, id="the message alone"),
        pytest.param([], False, id="nothing declared"),
    ],
)
def test_absent_is_what_was_declared_to_be_and_nothing_else(absent: list[str], is_absent: bool) -> None:
    asking = reads(FakeTransport({"macie2:get_macie_session": Answer(error=ERROR)}))
    if is_absent:
        assert asking.content("macie2:get_macie_session", "eu-west-1", {}, absent=absent) is None
        return
    with pytest.raises(Unreadable, match=r"macie2:get_macie_session in eu-west-1: AccessDeniedException: Macie is not"):
        asking.content("macie2:get_macie_session", "eu-west-1", {}, absent=absent)


def test_an_error_marks_the_open_frame_and_an_absence_does_not() -> None:
    asking = reads(FakeTransport({"lamps:get_lamp": DENIED}))
    with Frame() as clean:
        asking.content("lamps:get_lamp", "eu-west-1", {}, absent=["AccessDenied"])
    with Frame() as marked, pytest.raises(Unreadable):
        asking.content("lamps:get_lamp", "eu-west-1", {})
    assert clean.unreadable is None
    assert len(clean.hashes) == 1
    assert marked.unreadable == "lamps:get_lamp in eu-west-1: AccessDenied: no light for you"
    assert list(marked.hashes) == list(clean.hashes)


def test_a_service_that_the_region_lacks_is_told_from_other_errors() -> None:
    asking = reads(FakeTransport({"lamps:list_lamps": ABSENT_SERVICE}))
    with pytest.raises(ServiceAbsent):
        asking.content("lamps:list_lamps", "eu-west-1", {})


def pending_for(rounds: int) -> FakeTransport:
    """A report that is pending for some rounds."""
    left = iter([PENDING] * rounds)
    return FakeTransport({"lamps:get_report": lambda _: next(left, Answer({"Report": "done"}))})


def test_an_answer_that_is_not_ready_is_asked_for_until_it_is() -> None:
    transport = pending_for(3)
    assert reads(transport).content("lamps:get_report", "eu-west-1", {}, wait_while=["ReportInProgress"]) == {
        "Report": "done"
    }
    assert len(transport.calls) == 4


def test_patience_ends_in_the_error_that_was_waited_for() -> None:
    transport = pending_for(1_000_000)
    with pytest.raises(Unreadable, match="ReportInProgress: come again"):
        reads(transport, patience=0.2, pause=0.02).content(
            "lamps:get_report", "eu-west-1", {}, wait_while=["ReportInProgress"]
        )
    assert 1 < len(transport.calls) < 20


def test_another_error_is_not_waited_for() -> None:
    transport = FakeTransport({"lamps:get_report": DENIED})
    with pytest.raises(Unreadable, match="AccessDenied"):
        reads(transport).content("lamps:get_report", "eu-west-1", {}, wait_while=["ReportInProgress"])
    assert len(transport.calls) == 1


SECRET = "AKIA" + "IOSFODNN7EXAMPLE"


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(Answer({"Text": SECRET}), id="the content"),
        pytest.param(Answer(error=ApiError("NoSuchKey", f"The key {SECRET} does not exist")), id="an error's message"),
        pytest.param(Answer(error=ApiError(f"NoSuchKey.{SECRET}", "It does not exist")), id="an error's code"),
        pytest.param(Answer({}, request_ids=("r-1", SECRET)), id="a request id"),
        pytest.param(Answer(error=ApiError("NoSuchKey", ""), request_ids=(SECRET,)), id="a request id of an error"),
    ],
)
def test_all_that_an_answer_says_is_redacted_before_anybody_sees_it(told: Answer) -> None:
    asking = Reads("prod", FakeTransport({"a:b": told}), MemoryArchive(), Redactor(b"k"))
    recorded = asking.ask("a:b", "eu-west-1", {})
    assert SECRET not in f"{recorded.answer}"
    assert "[redacted secret: AWS" in f"{recorded.answer}"


def test_redaction_keeps_the_request_ids_and_the_time() -> None:
    told = Answer({"A": 1}, None, ("r-1", "r-2"), "2026-11-23T00:00:00Z")
    answer = reads(FakeTransport({"a:b": told})).ask("a:b", "eu-west-1", {}).answer
    assert (answer.request_ids, answer.at) == (("r-1", "r-2"), "2026-11-23T00:00:00Z")


class AtOnce:
    """A transport that holds every question back until as many have come as are expected, and counts them."""

    def __init__(self, expected: int) -> None:
        self._expected = expected
        self._lock = threading.Lock()
        self._is_full = threading.Event()
        self._now = Counter[str]()
        self.most = Counter[str]()

    def send(self, call: Call) -> Answer:
        with self._lock:
            for what in ("all", call.service):
                self._now[what] += 1
                self.most[what] = max(self.most[what], self._now[what])
            if self._now["all"] == self._expected:
                self._is_full.set()
        self._is_full.wait(5)
        time.sleep(0.01)  # so long could one too many come
        with self._lock:
            self._now.subtract(("all", call.service))
        return Answer({})


@pytest.mark.parametrize(
    ("services", "most"),
    [
        pytest.param(1, OF_A_SERVICE, id="one service"),
        pytest.param(2, 2 * OF_A_SERVICE, id="two services"),
        pytest.param(5, THREADS, id="many services"),
    ],
)
def test_an_account_is_asked_so_many_questions_at_a_time(services: int, most: int) -> None:
    transport = AtOnce(most)
    asked = reads(transport)
    names = [f"service{number % services}:list" for number in range(4 * THREADS)]
    with ThreadPoolExecutor(4 * THREADS) as pool:
        list(pool.map(lambda numbered: asked.ask(numbered[1], "r", {"Number": numbered[0]}), enumerate(names)))

    told = transport.most.pop("all")
    assert told == most
    assert max(transport.most.values()) <= OF_A_SERVICE
