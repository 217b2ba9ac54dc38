"""Which requests meet a statement of a rule of AWS WAF: all, none, or some."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.web_acl_statements import is_always_met, is_never_met

GERMANY: dict[str, Any] = {"GeoMatchStatement": {"CountryCodes": ["DE"]}}


def path(text: str, where: str = "STARTS_WITH", field: str = "UriPath") -> dict[str, Any]:
    return {"ByteMatchStatement": {"FieldToMatch": {field: {}}, "SearchString": text, "PositionalConstraint": where}}


def pattern(text: str) -> dict[str, Any]:
    return {"RegexMatchStatement": {"FieldToMatch": {"UriPath": {}}, "RegexString": text}}


def size(operator: str, number: int, field: str = "QueryString") -> dict[str, Any]:
    return {"SizeConstraintStatement": {"FieldToMatch": {field: {}}, "ComparisonOperator": operator, "Size": number}}


def negated(statement: dict[str, Any]) -> dict[str, Any]:
    return {"NotStatement": {"Statement": statement}}


def one_of(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"OrStatement": {"Statements": list(statements)}}


def each_of(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"AndStatement": {"Statements": list(statements)}}


ALWAYS = [
    pytest.param(path("/"), id="the beginning of every path"),
    pytest.param(path("/", "CONTAINS"), id="what is in every path"),
    pytest.param(pattern(".*"), id="anything"),
    pytest.param(pattern("^/"), id="a path"),
    pytest.param(size("GE", 0), id="no size at least"),
    pytest.param(size("GT", 0, "UriPath"), id="a path that is not empty"),
    pytest.param(one_of(GERMANY, negated(GERMANY)), id="here or elsewhere"),
    pytest.param(one_of(GERMANY, path("/")), id="here, or anywhere"),
    pytest.param(each_of(path("/"), size("GE", 0)), id="always, and always"),
    pytest.param(negated(size("LT", 0)), id="not what never is"),
    pytest.param(negated(each_of(GERMANY, negated(GERMANY))), id="not here and elsewhere"),
]
SOMETIMES = [
    pytest.param(GERMANY, id="a country"),
    pytest.param(negated(GERMANY), id="all countries but one"),
    pytest.param(path("/health"), id="a path"),
    pytest.param(path("/", "EXACTLY"), id="the home page"),
    pytest.param(path("/", field="QueryString"), id="a slash in the query"),
    pytest.param(pattern(r"^/[a-z]*$"), id="plain paths"),
    pytest.param(pattern(r"\p{L}("), id="a pattern that is none"),
    pytest.param(size("GT", 0), id="a query"),
    pytest.param(size("LE", 8192), id="a size that is usual"),
    pytest.param(each_of(GERMANY, path("/")), id="here, and anywhere"),
    pytest.param(one_of(GERMANY, path("/health")), id="here, or a path"),
    pytest.param({}, id="nothing"),
]


@pytest.mark.parametrize("statement", ALWAYS)
def test_every_request_meets_it(statement: dict[str, Any]) -> None:
    assert is_always_met(statement)
    assert is_never_met(negated(statement))
    assert not is_never_met(statement)


@pytest.mark.parametrize("statement", SOMETIMES)
def test_some_requests_meet_it(statement: dict[str, Any]) -> None:
    assert not is_always_met(statement)
    assert not is_never_met(statement)
