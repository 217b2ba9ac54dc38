"""What robots that update dependencies are told: Dependabot's and Renovate's files, and what makes them careless."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.update_robots import (
    NotUnderstoodError,
    age_of,
    dependabot_gaps,
    renovate_configuration,
    renovate_gaps,
)

WEEK = {"default-days": 7}
NAMES = ("updates", "cooldown", "packageRules", "extends", "minimumReleaseAge", "default-days", "exclude")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=8,
)


def dependabot(**entry: Any) -> list[str]:
    """The gaps of a configuration with one entry."""
    text = json.dumps({"version": 2, "updates": [{"package-ecosystem": "npm", "cooldown": WEEK, **entry}]})
    return list(dependabot_gaps(text, 7))


def renovate(trusts_presets: bool = True, **content: Any) -> list[str]:
    return list(renovate_gaps(content, 7, trusts_presets=trusts_presets))


@pytest.mark.parametrize(
    ("entry", "gap"),
    [
        pytest.param({}, None, id="a week"),
        pytest.param({"cooldown": {"default-days": 6}}, "default-days is 6, not 7", id="a day less"),
        pytest.param({"cooldown": {"default-days": 8}}, None, id="a day more"),
        pytest.param({"cooldown": None}, "without a cooldown", id="an empty cooldown"),
        pytest.param({"cooldown": {"semver-major-days": 30}}, "default-days is 0", id="no default"),
        pytest.param({"cooldown": {**WEEK, "semver-patch-days": 6}}, "semver-patch-days is 6", id="patches sooner"),
        pytest.param({"cooldown": {**WEEK, "include": ["left-handed"]}}, "some dependencies only", id="for one"),
        pytest.param({"cooldown": {**WEEK, "include": ["left-handed", "*"]}}, None, id="for one and for all"),
        pytest.param({"cooldown": {**WEEK, "exclude": ["left-handed"]}}, None, id="but for one"),
        pytest.param({"cooldown": {**WEEK, "exclude": ["**"]}}, "excludes everything", id="but for all"),
        pytest.param({"insecure-external-code-execution": "allow"}, "lets code of dependencies run", id="code runs"),
        pytest.param({"insecure-external-code-execution": "deny"}, None, id="no code runs"),
        pytest.param({"open-pull-requests-limit": 0}, "switched off", id="no pull request"),
        pytest.param({"open-pull-requests-limit": 1}, None, id="one pull request"),
    ],
)
def test_how_careful_dependabot_is(entry: dict[str, Any], gap: str | None) -> None:
    found = dependabot(**entry)

    assert found == [] if gap is None else gap in found[0]


def test_dependabot_updates_nothing_by_an_empty_list() -> None:
    assert list(dependabot_gaps("updates: []", 7)) == ["updates nothing: its list of updates is empty"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("updates: [", id="no YAML"),
        pytest.param("- updates", id="a list"),
        pytest.param("", id="nothing"),
        pytest.param("version: 2", id="no updates"),
        pytest.param("updates: {package-ecosystem: npm}", id="updates that are no list"),
        pytest.param("updates: [npm]", id="an entry that is a word"),
        pytest.param("updates: [{cooldown: 7}]", id="a cooldown that is a number"),
        pytest.param("updates: [{cooldown: {default-days: '7'}}]", id="days as text"),
        pytest.param("updates: [{cooldown: {default-days: true}}]", id="days that are true"),
        pytest.param("updates: [{cooldown: {default-days: 7, include: '*'}}]", id="patterns that are no list"),
        pytest.param("[" * 5000, id="nested without end"),
    ],
)
def test_what_dependabot_could_not_make_sense_of_is_told(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        list(dependabot_gaps(text, 7))


@pytest.mark.parametrize(
    ("content", "gap"),
    [
        pytest.param({"minimumReleaseAge": "7 days"}, None, id="a week"),
        pytest.param({"minimumReleaseAge": "6 days"}, "waits 6 days", id="a day less"),
        pytest.param({"minimumReleaseAge": None}, "waits for nothing", id="switched off"),
        pytest.param({}, "without a minimumReleaseAge", id="nothing said"),
        pytest.param({"minimumReleaseAge": "7 days", "ignorePaths": ["**"]}, "looks into no file", id="no path"),
        pytest.param({"minimumReleaseAge": "7 days", "ignorePaths": ["**/test/**"]}, None, id="some paths"),
        pytest.param({"extends": ["config:recommended", ":semanticCommits"]}, "without", id="presets of Renovate's"),
        pytest.param({"extends": ["security:minimumReleaseAgeNpm"]}, "without", id="the preset for npm alone"),
        pytest.param({"extends": ["local>acme/renovate-config"]}, None, id="a preset of our own"),
        pytest.param(
            {
                "minimumReleaseAge": "14 days",
                "packageRules": [{"matchPackageNames": ["@acme/*"], "minimumReleaseAge": None}],
            },
            None,
            id="our own packages do not wait",
        ),
        pytest.param(
            {
                "minimumReleaseAge": "14 days",
                "packageRules": [{"matchUpdateTypes": ["patch"], "minimumReleaseAge": "1 day"}],
            },
            "in a rule of packageRules",
            id="patches sooner, by a rule",
        ),
        pytest.param(
            {"minimumReleaseAge": "14 days", "packageRules": [{"matchPackageNames": ["*"], "enabled": False}]},
            "switches all updates off",
            id="a rule switches all off",
        ),
        pytest.param(
            {"packageRules": [{"matchPackageNames": ["*"], "minimumReleaseAge": "14 days"}]},
            None,
            id="a rule for all",
        ),
        pytest.param(
            {"minimumReleaseAge": "14 days", "patch": {"minimumReleaseAge": "1 day"}}, "in patch", id="patches"
        ),
        pytest.param(
            {"minimumReleaseAge": "14 days", "vulnerabilityAlerts": {"minimumReleaseAge": None}},
            None,
            id="fixes of flaws",
        ),
    ],
)
def test_how_careful_renovate_is(content: dict[str, Any], gap: str | None) -> None:
    found = renovate(**content)

    assert found == [] if gap is None else gap in found[0]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"extends": ["local>acme/renovate-config"]}, id="a preset that is not trusted"),
        pytest.param({"extends": "local>acme/renovate-config"}, id="presets that are no list"),
        pytest.param({"packageRules": {}}, id="rules that are no list"),
        pytest.param({"packageRules": ["all"]}, id="a rule that is a word"),
        pytest.param({"minimumReleaseAge": 14}, id="an age without a unit"),
        pytest.param({"minimumReleaseAge": "a while"}, id="an age of words"),
    ],
)
def test_what_leaves_open_how_long_renovate_waits_is_told(content: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstoodError):
        renovate(trusts_presets=False, **content)


@pytest.mark.parametrize(
    ("age", "days"),
    [
        ("14 days", 14),
        ("1 week", 7),
        ("72 hours", 3),
        ("1d", 1),
        ("2 months", 60),
        ("1 year", 365),
        ("1 day 12 hours", 1.5),
    ],
)
def test_ages_are_in_renovates_words(age: str, days: float) -> None:
    assert age_of(age) == timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        pytest.param('{"minimumReleaseAge": "7 days"}', "7 days", id="JSON"),
        pytest.param("{\n  // minimumReleaseAge: '14 days'\n  minimumReleaseAge: '1 day',\n}", "1 day", id="JSON5"),
    ],
)
def test_renovates_files_are_json_or_json5(text: str, age: str) -> None:
    assert renovate_configuration(text) == {"minimumReleaseAge": age}


@pytest.mark.parametrize("text", ["", "[]", "{", "{'a': " + "'b', " * 30_000 + "}", "[" * 100_000])
def test_what_renovate_could_not_make_sense_of_is_told(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        renovate_configuration(text)


@given(anything)
def test_whatever_a_file_holds_it_is_understood_or_told_not_to_be(content: Any) -> None:
    text = json.dumps(content)
    with suppress(NotUnderstoodError):
        list(dependabot_gaps(text, 7))
    with suppress(NotUnderstoodError):
        list(renovate_gaps(renovate_configuration(text), 7, trusts_presets=False))
