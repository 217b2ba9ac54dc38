"""Filter policies of subscriptions, against messages that have no attributes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fixtures.grammar.filter_policies import OF_BODY, lets_through


@pytest.mark.parametrize(
    ("policy", "lets"),
    [
        pytest.param({}, True, id="nothing asked"),
        pytest.param({"severity": ["high"]}, False, id="an attribute"),
        pytest.param({"severity": [{"anything-but": "low"}]}, False, id="an attribute but one value"),
        pytest.param({"severity": [{"exists": True}]}, False, id="an attribute at all"),
        pytest.param({"severity": [{"exists": False}]}, True, id="no attribute"),
        pytest.param({"severity": ["high", {"exists": False}]}, True, id="a value or no attribute"),
        pytest.param({"severity": [{"exists": False}], "team": ["blue"]}, False, id="one of two"),
        pytest.param({"$or": [{"team": ["blue"]}, {"severity": [{"exists": False}]}]}, True, id="either"),
        pytest.param({"$or": [{"team": ["blue"]}, {"team": ["red"]}]}, False, id="neither"),
    ],
)
def test_a_message_without_attributes(policy: Any, lets: bool) -> None:
    assert lets_through({"FilterPolicy": json.dumps(policy)}, lambda _: False) is lets


@pytest.mark.parametrize("passes", [True, False])
def test_a_policy_on_the_body_is_somebody_elses_to_judge(passes: bool) -> None:
    assert lets_through({"FilterPolicy": '{"a": ["b"]}', "FilterPolicyScope": OF_BODY}, lambda _: passes) is passes


def test_without_a_policy_everything_comes() -> None:
    assert lets_through({}, lambda _: False)


@pytest.mark.parametrize(
    "attributes",
    [{"FilterPolicy": "no"}, {"FilterPolicy": "[]"}, {"FilterPolicy": "{}", "FilterPolicyScope": "MessageHeaders"}],
)
def test_what_is_none_is_refused(attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"Expecting|a filter policy is"):
        lets_through(attributes, lambda _: True)
