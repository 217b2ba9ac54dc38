"""Verdicts: a row a line, and back again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.verdict import STATUSES, Verdict, count_by_status

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
MAYBE = st.none() | st.text()
VERDICTS = st.builds(
    Verdict,
    run=st.text(),
    control=st.text(),
    account=st.text(),
    region=st.text(),
    resource=st.text(),
    status=st.sampled_from(STATUSES),
    reason=st.text(),
    parameters=st.dictionaries(st.text(), PLAIN, max_size=3),
    reads=st.lists(st.text(), max_size=3).map(tuple),
    waiver=MAYBE,
    judged_in=MAYBE,
    at=st.text(),
    name=MAYBE,
    tags=st.none() | st.dictionaries(st.text(), st.text(), max_size=3),
    scope=MAYBE,
)


@settings(deadline=None)
@given(VERDICTS)
def test_a_row_comes_back_as_it_was(verdict: Verdict) -> None:
    assert Verdict.from_line(verdict.as_line()) == verdict
    assert Verdict.from_line(verdict.as_line().encode()) == verdict


@settings(deadline=None)
@given(VERDICTS)
def test_a_row_is_one_line_whatever_is_in_it(verdict: Verdict) -> None:
    line = verdict.as_line().encode()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert line.splitlines() == [line[:-1]]


LINE = Verdict("r", "c", "a", "global", "arn", "pass", "", {}, ("h",), None, None, "2026-11-23T00:00:00Z").as_line()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(LINE[:-20], id="torn"),
        pytest.param("", id="empty"),
        pytest.param("[]", id="a list"),
        pytest.param("7", id="a number"),
        pytest.param("{}", id="nothing in it"),
        pytest.param(LINE.replace('"at"', '"when"'), id="a member under another name"),
        pytest.param(LINE.replace('["h"]', "null"), id="no reads"),
        pytest.param(LINE.replace('["h"]', "[[]]"), id="reads that are no names"),
        pytest.param(LINE.replace('"pass"', "[]"), id="a status that is a list"),
        pytest.param(LINE.replace('"pass"', '"passed"'), id="a status that is none"),
        pytest.param(LINE.replace('"a"', "7"), id="an account that is a number"),
        pytest.param(LINE.replace("{}", "[" * 100_000), id="deep"),
        pytest.param(b"\xff\xfe", id="no text"),
    ],
)
def test_what_is_no_whole_row_is_an_error(line: Any) -> None:
    with pytest.raises(ValueError):  # what is wrong with a line is told by its number
        Verdict.from_line(line)


def test_statuses_are_counted_in_their_order_zeros_included() -> None:
    counts = count_by_status(["pass", "error", "pass"])
    assert list(counts) == list(STATUSES)
    assert {status: number for status, number in counts.items() if number} == {"pass": 2, "error": 1}


def test_a_row_of_before_there_were_names_is_one_still() -> None:
    row = Verdict.from_line(LINE.replace(',"name":null,"tags":null', ""))

    assert (row.name, row.tags) == (None, None)


@pytest.mark.parametrize(
    ("resource", "name", "called"),
    [
        pytest.param("arn:aws:ec2:::security-group/sg-1", "web", "arn:aws:ec2:::security-group/sg-1 “web”", id="named"),
        pytest.param("arn:aws:s3:::invoices", "invoices", "arn:aws:s3:::invoices", id="the ARN says it already"),
        pytest.param("arn:aws:ec2:::vpc/vpc-1", None, "arn:aws:ec2:::vpc/vpc-1", id="without a name"),
    ],
)
def test_a_person_is_told_the_name(resource: str, name: str | None, called: str) -> None:
    assert replace(Verdict.from_line(LINE), resource=resource, name=name).called == called
