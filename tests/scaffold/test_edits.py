"""Additions to files that are there: nothing that somebody wrote is lost, and what is added is where it belongs."""

from __future__ import annotations

import pytest

from muster.errors import UsageError
from muster.scaffold.edits import maker_in, with_control, with_entry, with_imports, with_last, with_line_in

MODULE = '''"""Keys: ours rotate."""

from __future__ import annotations

from fixtures.kms import KmsKey
from muster import control

BROKEN_BY = {"a": {"x": 1}}


def demo(seed: Seed) -> None:
    """Keys."""
    make(
        seed,
    )


def make(seed: Seed) -> None:
    """One."""
'''


def test_a_name_joins_those_of_its_module() -> None:
    assert "from muster import control, not_applicable\n" in with_imports(MODULE, {"muster": ["not_applicable"]})


def test_a_new_module_is_imported_beside_the_others() -> None:
    text = with_imports(MODULE, {"fixtures.tags": ["Tags"]})

    assert "from muster import control\nfrom fixtures.tags import Tags\n" in text
    assert text.replace("from fixtures.tags import Tags\n", "") == MODULE


def test_what_is_imported_already_is_left_alone() -> None:
    assert with_imports(MODULE, {"muster": ["control"]}) == MODULE


def test_a_piece_is_the_last() -> None:
    assert with_last(MODULE, "\nX = 1\n") == f"{MODULE}\n\nX = 1\n"


def test_a_function_does_something_more_in_the_end() -> None:
    added = with_line_in(MODULE, "demo", '    seed.breaks("x", "y")\n')

    assert '        seed,\n    )\n    seed.breaks("x", "y")\n\n\ndef make' in added


def test_a_function_that_is_not_there_takes_nothing() -> None:
    with pytest.raises(UsageError, match="no function model"):
        with_line_in(MODULE, "model", "    pass\n")


ONE = 'queue = Maker("sqs:create_queue", keeps={"ä": 1}, broken_by={"a": {"x": 1}})\n'
TWO = f'{ONE}topic = Maker("sns:create_topic", broken_by={{"b": {{}}}})\n'
NONE = 'BROKEN_BY = {"a": {"x": 1}}\nqueue = Maker("sqs:create_queue", keeps={})\n'


@pytest.mark.parametrize(
    ("seeds", "noun", "maker", "expected"),
    [
        pytest.param(ONE, "letter", "queue", ONE.replace("}})", '}, "new": {}})'), id="the only one"),
        pytest.param(TWO, "topic", "topic", TWO.replace('"b": {}}', '"b": {}, "new": {}}'), id="the noun's of several"),
        pytest.param(TWO, "letter", None, TWO, id="several of other nouns"),
        pytest.param(NONE, "queue", None, NONE, id="none that breaks anything"),
    ],
)
def test_a_maker_can_break_something_more(seeds: str, noun: str, maker: str | None, expected: str) -> None:
    assert maker_in(seeds, noun) == maker
    assert with_entry(seeds, noun, '"new": {}') == expected


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        pytest.param("controls:\n  - a\n", "controls:\n  - a\n  - new-one\n", id="the last list"),
        pytest.param(
            "controls:\n  # A\n  - a\n\n  # B\n  - b: {days: 3}\n\nextends: [x]\n",
            "controls:\n  # A\n  - a\n\n  # B\n  - b: {days: 3}\n  - new-one\n\nextends: [x]\n",
            id="with something behind it",
        ),
        pytest.param(
            "controls:\n  - new-two\n  - a\n  - newer\n",
            "controls:\n  - new-two\n  - new-one\n  - a\n  - newer\n",
            id="behind its like",
        ),
    ],
)
def test_a_control_is_listed_in_its_profile(profile: str, expected: str) -> None:
    assert with_control(profile, "new-one") == expected


def test_a_profile_in_another_form_is_left_to_its_author() -> None:
    with pytest.raises(UsageError, match="add new-one by hand"):
        with_control("controls: [a, b]\n", "new-one")
