"""Why an assertion failed, as a reader of the verdict is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muster.judging.judgement import explanation


def failure(function: Callable[[], None]) -> AssertionError:
    try:
        function()
    except AssertionError as error:
        return error
    raise AssertionError("nothing failed")


def plain(source: str) -> Callable[[], None]:
    """A function that pytest did not rewrite."""
    names: dict[str, Any] = {}
    exec(compile(f"def check():\n    {source}\n", "/nowhere/plain.py", "exec"), names)
    return names["check"]  # type: ignore[no-any-return]  # made of text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(AssertionError("leaves off: acls"), "leaves off: acls", id="the author's message"),
        pytest.param(AssertionError("is old\nassert 91 <= 90"), "is old", id="the message before pytest's explanation"),
        pytest.param(AssertionError("assert 91 <= 90\n + where"), "assert 91 <= 90\n + where", id="pytest's alone"),
        pytest.param(failure(plain("assert 1 == 2")), "the assertion does not hold", id="nothing to go by"),
        pytest.param(AssertionError(""), "the assertion does not hold", id="an empty message"),
    ],
)
def test_a_failure_is_explained_by_the_best_there_is(error: AssertionError, text: str) -> None:
    assert explanation(error) == text


def test_the_source_explains_an_assert_that_pytest_did_not_rewrite(tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text("def check():\n    lamp = 'dark'\n    assert lamp == 'lit'\n")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    assert explanation(failure(names["check"])) == "assert lamp == 'lit' does not hold"
