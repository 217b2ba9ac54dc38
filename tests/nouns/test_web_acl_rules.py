"""Managed groups of rules: what makes one of them stop less than it should."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.web_acl_rules import WebAclRule, missing_groups
from muster.judging.typed import check_of

COMMON = "AWSManagedRulesCommonRuleSet"
ALL_PATHS = {"FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "STARTS_WITH", "SearchString": "/"}


def group(name: str = COMMON, *, vendor: str = "AWS", override: Any = None, **settings: Any) -> dict[str, Any]:
    managed = {"VendorName": vendor, "Name": name, **settings}
    statement = {"ManagedRuleGroupStatement": managed}
    return {"Name": name, "Priority": 1, "Statement": statement, "OverrideAction": override or {"None": {}}}


def own(action: str, **changed: Any) -> dict[str, Any]:
    statement = {"ByteMatchStatement": {**ALL_PATHS, **changed}}
    return {"Name": "ours", "Priority": 0, "Statement": statement, "Action": {action: {}}}


def overridden(action: str, *names: str) -> list[dict[str, Any]]:
    return [{"Name": name, "ActionToUse": {action: {}}} for name in names]


def missing(*rules: dict[str, Any], equivalents: tuple[str, ...] = ()) -> list[str]:
    parsed = check_of(tuple[WebAclRule, ...])(list(rules))
    return missing_groups(parsed, [COMMON], equivalents, max_counted_rules=1)


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([group()], id="as it comes"),
        pytest.param([group(override={"Count": {}}), group()], id="counted, and enforced behind that"),
        pytest.param([group(), group(override={"Count": {}})], id="enforced, and counted behind that"),
        pytest.param([group(RuleActionOverrides=overridden("Count", "a"))], id="as many counted as may be"),
        pytest.param([group(RuleActionOverrides=overridden("Count", "a"), ExcludedRules=[{"Name": "a"}])], id="twice"),
        pytest.param([group(RuleActionOverrides=overridden("Captcha", "a", "b"))], id="asked who is there"),
        pytest.param([own("Block"), group()], id="behind a rule that blocks every path"),
        pytest.param([own("Allow", SearchString="/health"), group()], id="behind a rule that lets one path pass"),
    ],
)
def test_a_group_judges_every_request(rules: list[dict[str, Any]]) -> None:
    assert missing(*rules) == []


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        pytest.param([], "is missing", id="none"),
        pytest.param([group(vendor="acme")], "is missing", id="another vendor's of the name"),
        pytest.param([group(override={"Count": {}})], "only counts", id="counted"),
        pytest.param([group(ScopeDownStatement={})], "judges only some requests", id="a scope"),
        pytest.param([group(ExcludedRules=[{"Name": "a"}, {"Name": "b"}])], "only counts a, b", id="excluded"),
        pytest.param(
            [group(ExcludedRules=[{"Name": "a"}], RuleActionOverrides=overridden("Count", "b"))],
            "only counts a, b",
            id="one more counted than may be",
        ),
        pytest.param([group(RuleActionOverrides=overridden("Allow", "a", "b"))], "only counts a, b", id="allowed"),
        pytest.param([group(RuleActionOverrides=overridden("Delay", "a", "b"))], "only counts a, b", id="of tomorrow"),
        pytest.param([own("Allow"), group()], "is not before ours", id="behind a rule that lets every path pass"),
    ],
)
def test_a_group_stops_too_little(rules: list[dict[str, Any]], why: str) -> None:
    assert missing(*rules) == [f"{COMMON} {why}"]


def test_an_equivalent_stands_for_the_groups_if_it_stops_what_it_should() -> None:
    sound, counted = group("OWASP", vendor="F5"), group("OWASP", vendor="F5", override={"Count": {}})

    assert missing(sound, equivalents=("F5/OWASP",)) == []
    assert missing(sound, equivalents=("OWASP",)) == [f"{COMMON} is missing"]
    assert missing(counted, equivalents=("F5/OWASP",)) == [f"{COMMON} is missing"]


@pytest.mark.parametrize("override", [None, {}, {"None": {}, "Count": {}}], ids=["gone", "empty", "both"])
def test_an_override_that_says_nothing_is_no_override(override: Any) -> None:
    with pytest.raises(ValueError, match="expected None or Count"):
        missing({**group(), "OverrideAction": override})
