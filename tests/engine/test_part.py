"""A run that is a part of what was asked says so."""

from __future__ import annotations

from datetime import date

import pytest

from muster.estate.declarations import Facts
from muster.run.conclusion import Tally, exit_fails, problems
from muster.run.part import Part, part_of

ASKED = {("s3-versioned", "prod"), ("s3-versioned", "stage"), ("iam-mfa", "prod")}


def test_a_run_of_all_that_was_asked_is_no_part() -> None:
    assert part_of(ASKED, ASKED, ["-k s3"]) is None


@pytest.mark.parametrize(
    ("selected", "left_out"),
    [
        (set(), {"iam-mfa": ("prod",), "s3-versioned": ("prod", "stage")}),
        ({("iam-mfa", "prod"), ("s3-versioned", "prod")}, {"s3-versioned": ("stage",)}),
    ],
    ids=["nothing is left", "an account is left out"],
)
def test_what_is_left_out_is_named(selected: set[tuple[str, str]], left_out: dict[str, tuple[str, ...]]) -> None:
    assert part_of(ASKED, selected, ["-k x"]) == Part(3, len(selected), left_out, ("-k x",))


def test_a_part_is_a_problem_of_the_run_though_nothing_fails() -> None:
    selected = {("iam-mfa", "prod")}
    found = problems(
        Tally(),
        waivers=(),
        selected=selected,
        finished=selected,
        account_ids={},
        facts=Facts(),
        facts_read=(),
        today=date(2026, 11, 26),
        part=part_of(ASKED, selected, ["-k iam"]),
    )

    assert [problem.kind for problem in found] == ["part"]
    assert "1 of 3" in found[0].text
    assert "-k iam" in found[0].text
    assert exit_fails({}, found)
