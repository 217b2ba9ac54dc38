"""Stopping early: -x, --maxfail and -n mean what they mean in any pytest suite, and what was not judged says so."""

from __future__ import annotations

import pytest

from muster.verdict import Verdict
from tests.runs.audits import Audits, Outcome

ALL = ("--profile=baseline", "--account=demo")
BAD = {"fail", "error"}


def by_control(outcome: Outcome) -> dict[str, list[Verdict]]:
    """The rows of each control."""
    found: dict[str, list[Verdict]] = {name: [] for name in outcome.run["controls"]}
    for row in outcome.rows:
        found[row.control].append(row)
    return found


def judged(outcome: Outcome) -> set[str]:
    """The controls that were judged to their end."""
    return {name for name, rows in by_control(outcome).items() if {row.status for row in rows} != {"not_run"}}


def failed(outcome: Outcome) -> set[str]:
    """The controls of which something failed, or could not be read."""
    return {name for name, rows in by_control(outcome).items() if BAD & {row.status for row in rows}}


@pytest.mark.parametrize(("option", "failures"), [("-x", 1), ("--maxfail=3", 3)])
def test_as_many_failures_end_a_run_as_it_was_told(audits: Audits, option: str, failures: int) -> None:
    outcome = audits(*ALL, option)

    assert outcome.code == outcome.run["exit_code"] == 1
    assert f"stopping after {failures} failures" in outcome.output
    assert len(failed(outcome)) == failures
    assert all(by_control(outcome).values()), "each control has a row"
    left = set(outcome.run["controls"]) - judged(outcome)
    assert left
    assert sum(problem["kind"] == "not_run" for problem in outcome.run["problems"]) == len(left)


def test_workers_stop_after_as_many_failures_and_what_is_under_way(audits: Audits) -> None:
    outcome = audits(*ALL, "--maxfail=2", "-n", "2")

    assert outcome.run["exit_code"] == outcome.code != 0
    assert 2 <= len(failed(outcome)) < len(outcome.run["controls"])
    assert all(by_control(outcome).values()), "each control has a row"
    left = set(outcome.run["controls"]) - judged(outcome)
    assert left
    assert sum(problem["kind"] == "not_run" for problem in outcome.run["problems"]) == len(left)


def test_workers_find_what_one_process_finds(audits: Audits) -> None:
    alone, spread = audits(*ALL, "--maxfail=1000"), audits(*ALL, "-n", "3")

    assert judged(alone) == set(alone.run["controls"]), "fewer failures than --maxfail end nothing"
    assert spread.statuses == alone.statuses
    assert (spread.code, spread.run["counts"]) == (alone.code, alone.run["counts"])
    told = [(read["region"], read["service"], read["operation"], str(read["request"])) for read in spread.reads()]
    assert len(told) == len(set(told)), "nothing was asked twice"
