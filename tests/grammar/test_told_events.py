"""Event patterns against events of which all is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.told_events import matches_all

EVENT = {
    "source": "aws.guardduty",
    "detail-type": "GuardDuty Finding",
    "account": "111122223333",
    "detail": {"severity": 8, "findings": [{"Severity": {"Label": "LOW"}}, {"Severity": {"Label": "HIGH"}}]},
}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        pytest.param({}, True, id="anything"),
        pytest.param({"source": ["aws.guardduty"]}, True, id="a value"),
        pytest.param({"source": ["aws.health", "aws.guardduty"]}, True, id="one of two values"),
        pytest.param({"source": ["aws.health"]}, False, id="another value"),
        pytest.param({"source": "aws.guardduty"}, False, id="a text where a list belongs"),
        pytest.param({"source": []}, False, id="no value"),
        pytest.param({"source": ["aws.guardduty"], "account": ["444455556666"]}, False, id="one field of two"),
        pytest.param({"region": ["eu-west-1"]}, False, id="a field of which nothing is told"),
        pytest.param({"detail": {"findings": {"Severity": {"Label": ["HIGH"]}}}}, True, id="one of a list of objects"),
        pytest.param({"detail": {"findings": {"Severity": {"Label": ["CRITICAL"]}}}}, False, id="none of the list"),
        pytest.param({"source": {"prefix": ["aws"]}}, False, id="an object where the event has a text"),
        pytest.param({"source": [{"prefix": "aws."}]}, True, id="prefix"),
        pytest.param({"source": [{"suffix": ".health"}]}, False, id="another suffix"),
        pytest.param({"source": [{"equals-ignore-case": "AWS.GuardDuty"}]}, True, id="in other letters"),
        pytest.param({"source": [{"wildcard": "aws.*duty"}]}, True, id="wildcard"),
        pytest.param({"source": [{"wildcard": "aws.?uardduty"}]}, False, id="a question mark is one"),
        pytest.param({"source": [{"anything-but": ["aws.health"]}]}, True, id="anything but others"),
        pytest.param({"source": [{"anything-but": "aws.guardduty"}]}, False, id="anything but this"),
        pytest.param({"source": [{"anything-but": {"prefix": "aws."}}]}, False, id="anything but its prefix"),
        pytest.param({"source": [{"exists": True}]}, True, id="exists"),
        pytest.param({"source": [{"exists": False}]}, False, id="is not there"),
        pytest.param({"detail": {"severity": [{"numeric": [">=", 8]}]}}, True, id="on the limit"),
        pytest.param({"detail": {"severity": [{"numeric": [">", 8]}]}}, False, id="above it"),
        pytest.param({"detail": {"severity": [{"numeric": [">", 7, "<=", 9]}]}}, True, id="within a range"),
        pytest.param({"detail": {"severity": [{"numeric": ["~", 8]}]}}, False, id="a comparison that is none"),
        pytest.param({"detail": {"severity": [{"numeric": []}]}}, False, id="no comparison"),
        pytest.param({"source": [{"cidr": "10.0.0.0/8"}]}, False, id="an operator of something else"),
        pytest.param({"source": [{"tomorrow": "aws.guardduty"}]}, False, id="an operator that nobody knows yet"),
        pytest.param({"$or": [{"source": ["aws.health"]}, {"account": ["111122223333"]}]}, True, id="or"),
        pytest.param({"$or": [{"source": ["aws.health"]}, {"account": ["1"]}]}, False, id="neither"),
    ],
)
def test_a_pattern_matches_an_event(pattern: dict[str, Any], matches: bool) -> None:
    assert matches_all(json.dumps(pattern), [EVENT]) is matches


def test_it_has_to_match_all_events() -> None:
    others = [EVENT, {**EVENT, "detail": {"severity": 7}}]

    assert matches_all('{"detail": {"severity": [8, 7]}}', others)
    assert not matches_all('{"detail": {"severity": [8]}}', others)


@pytest.mark.parametrize("text", ["", "[]", '"aws.guardduty"', '{"source": ['])
def test_what_is_no_pattern_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        matches_all(text, [EVENT])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
)
def test_whatever_stands_in_a_field_is_answered(wanted: Any) -> None:
    assert matches_all(json.dumps({"source": wanted}), [EVENT]) in (True, False)
