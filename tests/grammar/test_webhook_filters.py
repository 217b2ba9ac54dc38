"""Webhook filters of CodeBuild: which patterns fit whole texts only, and which groups build pull requests."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.webhook_filters import WebhookFilter, builds_pull_requests, is_anchored


@pytest.mark.parametrize(
    "pattern",
    [
        "^1111$",
        "^(1111|2222)$",
        "(^1111$|^2222$)",
        "(?:^1111$)|^2222$",
        r"^refs/heads/main$",
        r"^a\\$",
        "^[)|(]$",
        "^[]|]$",
    ],
)
def test_a_pattern_that_fits_whole_texts_is_anchored(pattern: str) -> None:
    assert is_anchored(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("1111", id="no anchor"),
        pytest.param("^1111", id="no end"),
        pytest.param("1111$", id="no beginning"),
        pytest.param("^1111|2222$", id="each anchor in another alternative"),
        pytest.param("(^1111|2222$)", id="each anchor in another alternative of a group"),
        pytest.param("^1111$|2222", id="one alternative without"),
        pytest.param("(^1111)(2222$)", id="two groups that are no alternatives"),
        pytest.param(r"^1111\$", id="the sign itself at the end"),
        pytest.param("^(1111$", id="a parenthesis that is not closed"),
        pytest.param("^1111)$|(2222", id="a parenthesis closed first"),
        pytest.param("^[1111$", id="a set that is not closed"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_pattern_that_fits_longer_texts_is_loose(pattern: str) -> None:
    assert not is_anchored(pattern)


@given(st.text(alphabet="1^$|()[]\\a", max_size=12))
def test_an_anchored_pattern_fits_no_text_around_what_it_fits(pattern: str) -> None:
    if is_anchored(pattern):
        try:
            compiled = re.compile(pattern)
        except re.error:
            return
        for text in ("1", "a", "11", "aa", "1a"):
            assert bool(compiled.search(f"~{text}~")) is False


def group(*filters: tuple[str, str]) -> list[WebhookFilter]:
    return [WebhookFilter(kind, pattern, False) for kind, pattern in filters]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "builds"),
    [
        pytest.param("PUSH", False, id="pushes"),
        pytest.param("PUSH,PULL_REQUEST_CREATED", True, id="pushes and pull requests"),
        pytest.param("PUSH, PULL_REQUEST_UPDATED", True, id="a space between"),
        pytest.param("PULL_REQUEST_MERGED", False, id="merged by somebody who may"),
        pytest.param("PULL_REQUEST_CLOSED", True, id="closed, perhaps by whoever opened it"),
        pytest.param("WORKFLOW_JOB_QUEUED", False, id="jobs of a workflow"),
    ],
)
def test_which_events_are_pull_requests(events: str, builds: bool) -> None:
    assert builds_pull_requests(group(("EVENT", events))) is builds


def test_a_group_without_events_is_for_pull_requests_too() -> None:
    assert builds_pull_requests(group(("HEAD_REF", "^refs/heads/main$")))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        pytest.param("^(1111|2222)$", True, id="two accounts"),
        pytest.param("^.*$", False, id="anything, though anchored"),
        pytest.param(r"^\d+$", False, id="any account"),
        pytest.param("^11?$", False, id="one sign more or less"),
        pytest.param("^[0-9]$", False, id="a set"),
        pytest.param("1111", False, id="loose"),
    ],
)
def test_which_filters_name_people(pattern: str, names: bool) -> None:
    assert WebhookFilter("ACTOR_ACCOUNT_ID", pattern, False).names_actors is names


def test_who_is_kept_out_by_a_filter_is_not_who_is_let_in() -> None:
    excluding = WebhookFilter("ACTOR_ACCOUNT_ID", "1111", True)
    assert (excluding.is_loose, excluding.names_actors) == (False, False)
