"""Expressions of workflows: what the text in their place is taken from."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.event_text import is_head, is_text_of_strangers
from fixtures.grammar.workflow_expressions import BadExpression, expressions_in, taken_by, taken_in, with_marks

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"true", "false", "null", "nan", "infinity"}
)
PATHS = st.lists(NAMES, min_size=1, max_size=5).map(tuple)


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        ("github.event.issue.title", {"github.event.issue.title"}),
        ("GitHub.Event.Issue.Title", {"github.event.issue.title"}),
        ("github['event']['issue'].title", {"github.event.issue.title"}),
        ("github . event [ 'issue' ] . title", {"github.event.issue.title"}),
        ("github.event.commits[0].message", {"github.event.commits.*.message"}),
        ("github.event.commits.*.message", {"github.event.commits.*.message"}),
        ("github.event[matrix.which]", {"github.event.*"}),
        ("github.event['it''s']", {"github.event.it's"}),
        ("a.b || c.d", {"a.b", "c.d"}),
        ("a.b && c.d", {"c.d"}),
        ("a.b && c.d || e.f", {"c.d", "e.f"}),
        ("!a.b", set()),
        ("a.b == c.d", set()),
        ("a.b != 'x' && c.d", {"c.d"}),
        ("contains(a.b, 'x')", set()),
        ("hashFiles(a.b)", set()),
        ("format('{0} {1}', a.b, c.d)", {"a.b", "c.d"}),
        ("toJSON(github)", {"github"}),
        ("fromJSON(a.b).number", {"a.b"}),
        ("(a.b).number", {"a.b"}),
        ("case(a.b, c.d, e.f)", {"a.b", "c.d", "e.f"}),
        ("success() && a.b", {"a.b"}),
        ("'github.event.issue.title'", set()),
        ("-1.5e3", set()),
        ("true", set()),
        ("0xff >= 1", set()),
    ],
)
def test_what_a_value_is_taken_from(source: str, taken: set[str]) -> None:
    assert {".".join(path) for path in taken_by(source)} == taken


@pytest.mark.parametrize(
    "text",
    [
        "${{ }}", "${{ a", "${{ 'a }}", "${{ a b }}", "${{ a. }}", "${{ a.[0] }}", "${{ (a }}", "${{ a) }}",
        "${{ f(a }}", "${{ a ? b }}", '${{ "a" }}', "${{ && }}", "${{ " + "(" * 99 + "a" + ")" * 99 + " }}",
    ],
)  # fmt: skip
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(BadExpression):
        taken_in(text)


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        pytest.param("none at all, $X and ${X} and {{ x }}", [], id="none"),
        pytest.param("${{ a }}-${{b.c}}", ["a", "b.c"], id="two"),
        pytest.param("${{ format('}}', a) }} }}", ["format('}}', a)"], id="braces in quotes"),
        pytest.param("${{ 'it''s }}' }}", ["'it''s }}'"], id="a quote in quotes"),
        pytest.param("a\n${{\n  a\n}}", ["a"], id="over lines"),
    ],
)
def test_expressions_in_a_text(text: str, sources: list[str]) -> None:
    found = list(expressions_in(text))

    assert [each.source for each in found] == sources
    assert all(text.startswith("${{", each.start) for each in found)


@given(path=PATHS, index=st.booleans(), upper=st.booleans())
def test_a_context_is_taken_however_it_is_written(path: tuple[str, ...], index: bool, upper: bool) -> None:
    source = path[0] + "".join(f"['{step}']" if index else f".{step}" for step in path[1:])

    assert taken_by(source.upper() if upper else source) == {path}


@given(first=PATHS, second=PATHS)
def test_an_alternative_hides_nothing(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    one, other = ".".join(first), ".".join(second)

    assert taken_by(f"{one} || {other}") == {first, second}
    assert taken_by(f"format('{{0}}{{1}}', {one}, ({other}))") == {first, second}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for written in (text, "${{" + text + "}}"):
        with suppress(BadExpression):
            taken_in(written)


@pytest.mark.parametrize(
    ("context", "is_theirs"),
    [
        ("github.event.issue.title", True),
        ("github.event.issue.body", True),
        ("github.event.comment.body", True),
        ("github.event.review.body", True),
        ("github.event.pull_request.head.ref", True),
        ("github.event.pull_request.head.label", True),
        ("github.event.pull_request.head.repo.default_branch", True),
        ("github.event.pages.*.page_name", True),
        ("github.event.commits.*.author.email", True),
        ("github.event.head_commit.author.name", True),
        ("github.event.workflow_run.head_branch", True),
        ("github.event.workflow_run.display_title", True),
        ("github.event.client_payload.ref", True),
        ("github.head_ref", True),
        ("github.event", True),
        ("github", True),
        ("github.*", True),
        ("github.event.pull_request.number", False),
        ("github.event.pull_request.head.sha", False),
        ("github.event.pull_request.head.repo.full_name", False),
        ("github.event.pull_request.head.repo.name", False),
        ("github.event.pull_request.user.login", False),
        ("github.event.pull_request.base.ref", False),
        ("github.event.repository.default_branch", False),
        ("github.event.inputs.version", False),
        ("github.event.action", False),
        ("github.sha", False),
        ("github.ref_name", False),
        ("github.actor", False),
        ("inputs.title", False),
        ("secrets.title", False),
        ("event.issue.title", False),
    ],
)
def test_what_strangers_write(context: str, is_theirs: bool) -> None:
    assert is_text_of_strangers(tuple(context.split("."))) == is_theirs


@pytest.mark.parametrize(
    ("context", "is_theirs"),
    [
        ("github.event.pull_request.head.sha", True),
        ("github.event.pull_request.head.repo.full_name", True),
        ("github.event.pull_request.merge_commit_sha", True),
        ("github.event.workflow_run.head_sha", True),
        ("github.event.workflow_run.pull_requests.*.head.sha", True),
        ("github.event.workflow_run.head_repository.full_name", True),
        ("github.event.after", True),
        ("github.head_ref", True),
        ("github.event", True),
        ("github.event.pull_request.base.sha", False),
        ("github.event.pull_request.number", False),
        ("github.sha", False),
        ("github.base_ref", False),
        ("github.event.repository.default_branch", False),
    ],
)
def test_what_is_the_head_of_a_pull_request(context: str, is_theirs: bool) -> None:
    assert is_head(tuple(context.split("."))) == is_theirs


def test_an_expression_over_several_lines_is_one_mark() -> None:
    text = "a ${{ b\n }} c\n${{ '}}' }}d"
    marked, marks = with_marks(text)

    assert len(marked) == len(text)
    assert [(line[0], line[-1]) for line in marked.split("\n")] == [("a", "c"), (list(marks)[1], "d")]
    assert [each.source for each in marks.values()] == ["b", "'}}'"]
