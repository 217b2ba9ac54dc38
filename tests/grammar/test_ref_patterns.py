"""Patterns of refs and of owned files, as GitHub's pages on both have them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.ref_patterns import OwnedPattern, RefCondition, owned_patterns, owners_of

NAMES = st.text("ab*?[]/.-~", min_size=1, max_size=12)
EXAMPLE = """\
# The owners of everything, unless a later line says otherwise.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("include", "exclude", "applies"),
    [
        pytest.param(["~ALL"], [], True, id="all"),
        pytest.param([], [], False, id="none"),
        pytest.param(["refs/tags/v1.2.0"], [], True, id="by name"),
        pytest.param(["refs/tags/v1"], [], False, id="a beginning"),
        pytest.param(["refs/tags/v*"], [], True, id="star"),
        pytest.param(["refs/tags/v?.2.0"], [], True, id="one character"),
        pytest.param(["refs/tags/v[0-9].2.0"], [], True, id="a range"),
        pytest.param(["refs/tags/v[!1].2.0"], [], False, id="anything but"),
        pytest.param(["refs/*"], [], False, id="a star stops at a slash"),
        pytest.param(["refs/**/*"], [], True, id="two stars do not"),
        pytest.param(["refs/**/v1.2.0"], [], True, id="two stars between"),
        pytest.param(["v1.2.0"], [], False, id="a ref is named in full"),
        pytest.param(["~ALL"], ["refs/tags/v*"], False, id="excluded"),
        pytest.param(["~ALL"], ["refs/tags/w*"], True, id="others excluded"),
        pytest.param(["~DEFAULT_BRANCH"], [], False, id="no default branch"),
    ],
)
def test_to_which_refs_a_rule_set_applies(include: list[str], exclude: list[str], applies: bool) -> None:
    assert RefCondition(tuple(include), tuple(exclude)).applies_to("refs/tags/v1.2.0") is applies


def is_pattern(text: str) -> bool:
    try:
        RefCondition((text,)).applies_to("refs/heads/main")
    except ValueError as error:
        return not str(error).startswith(repr(text))
    return True


def test_a_set_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(ValueError, match="is no pattern of names"):
        RefCondition(("refs/tags/[9-0]",)).applies_to("refs/tags/v1")


PATTERNS = NAMES.filter(is_pattern)


@given(st.lists(PATTERNS), st.lists(PATTERNS), PATTERNS, NAMES)
def test_an_exclusion_never_adds_and_an_inclusion_never_takes(
    include: list[str], exclude: list[str], more: str, ref: str
) -> None:
    before = RefCondition(tuple(include), tuple(exclude)).applies_to(ref)

    assert RefCondition((*include, more), tuple(exclude)).applies_to(ref) >= before
    assert RefCondition(tuple(include), (*exclude, more)).applies_to(ref) <= before
    assert RefCondition(("~ALL",)).applies_to(ref)


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        pytest.param("README.md", ["@global-owner1", "@global-owner2"], id="everything"),
        pytest.param("src/deep/a.js", ["@js-owner"], id="an ending, anywhere"),
        pytest.param("a.go", ["docs@example.com"], id="an address"),
        pytest.param("a.txt", ["@octo-org/octocats"], id="a team"),
        pytest.param("build/logs/today/1.log", ["@octocat"], id="a folder of that name anywhere, the later line"),
        pytest.param("docs/getting-started.md", ["@doctocat"], id="a folder in the root, the later line"),
        pytest.param("lib/docs/getting-started.md", ["@global-owner1", "@global-owner2"], id="docs/* is of the root"),
        pytest.param("lib/apps/a/b.py", ["@octocat"], id="a folder anywhere"),
        pytest.param("apps/a.py", ["@octocat"], id="a folder in the root"),
        pytest.param("apps/github", [], id="nobody's"),
        pytest.param("apps/github/a.py", [], id="nobody's, with all in it"),
    ],
)
def test_the_example_of_githubs_documentation(path: str, owners: list[str]) -> None:
    assert list(owners_of(path, owned_patterns(EXAMPLE))) == owners


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="empty"),
        pytest.param("# /src/ @acme/team", id="a comment"),
        pytest.param("/src/ team", id="no owner at all"),
        pytest.param("/src/ @acme/team team", id="one of them no owner"),
        pytest.param("!/src/ @acme/team", id="a negation"),
        pytest.param("\\#src @acme/team", id="an escaped comment"),
        pytest.param("/src[0-9]/ @acme/team", id="a range"),
    ],
)
def test_lines_that_github_skips(line: str) -> None:
    assert owned_patterns(line) == []


def test_a_pattern_with_spaces() -> None:
    assert owned_patterns("/my\\ files/ @olga") == [OwnedPattern("/my files/", ("@olga",))]


@pytest.mark.parametrize(
    ("pattern", "path", "covers"),
    [
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/more/a.md", False),
        ("docs/**", "docs/more/a.md", True),
        ("workflows/", ".github/workflows/ci.yml", True),
        ("/workflows/", ".github/workflows/ci.yml", False),
        (".github/workflows", ".github/workflows/ci.yml", True),
        ("/.GitHub/", ".github/workflows/ci.yml", False),
        ("*", "a/b/c", True),
        ("/", "a/b/c", False),
    ],
)
def test_what_a_pattern_covers(pattern: str, path: str, covers: bool) -> None:
    assert OwnedPattern(pattern, ()).covers(path) is covers


@given(st.lists(st.builds(OwnedPattern, PATTERNS, st.sampled_from([(), ("@olga",)]))), NAMES)
def test_the_last_line_that_matches_decides(patterns: list[OwnedPattern], path: str) -> None:
    assert owners_of(path, [*patterns, OwnedPattern("*", ("@last",))]) == ("@last",)
    assert owners_of(path, [*patterns, OwnedPattern("*", ())]) == ()
