"""An organization whose rate limit does not do: the run is complete, or it is red, and nothing between the two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.github import TOKEN, Nights
from benchmarks.late_hub import LateHub, Manner, late_hub
from muster.errors import UsageError
from muster.run.run import Run
from tests.conftest import CONTROLS

REPOSITORIES = 6
ASKED = ("gh-members-mfa", "gh-repo-private", "gh-branch-protected", "gh-deploy-keys", "gh-secret-scanning")


@pytest.fixture(scope="module")
def hub() -> Iterator[LateHub]:
    with late_hub(REPOSITORIES) as server:
        yield server


@pytest.fixture
def nights(hub: LateHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    monkeypatch.setenv(TOKEN, "ghp_nobody")
    return Nights(hub, tmp_path, {name: CONTROLS[name] for name in ASKED})


def statuses(run: Run) -> Counter[str]:
    return Counter(row.status for row in run.folder.rows())


def test_a_limit_that_somebody_else_spends_makes_errors_of_what_is_not_read(hub: LateHub, nights: Nights) -> None:
    hub.answer(Manner())
    whole = statuses(nights.judge())
    hub.answer(Manner(limit=5_000, spent_after=12))
    run = nights.judge(waits=False)
    seen = hub.answer(Manner())

    found = statuses(run)
    assert found["error"] > 0
    assert found.total() >= whole["pass"] + whole["fail"] - REPOSITORIES, "nothing is left out"
    reasons = {row.reason for row in run.folder.rows() if row.status == "error"}
    assert all("BudgetSpent: GitHub's rate limit (core, 5,000 an hour) is spent until" in each for each in reasons)
    assert (run.folder.read_run()["exit_code"], seen.counted) == (1, 12)


def test_a_run_that_waits_is_complete(hub: LateHub, nights: Nights) -> None:
    hub.answer(Manner())
    whole = statuses(nights.judge())
    hub.answer(Manner(limit=5_000, hour=2.0, spent_after=12))
    run = nights.judge()
    seen = hub.answer(Manner())

    assert statuses(run) == whole
    assert whole["error"] == 0
    assert run.folder.read_run()["calls"]["github"]["waits"] == 1
    assert seen.counted > 12


def test_a_limit_that_will_not_do_from_the_start_stops_the_run_before_it_asks(hub: LateHub, nights: Nights) -> None:
    hub.answer(Manner(limit=20))
    with pytest.raises(UsageError, match=r"--budget=fail: code may need .* for its 6 repositories and has 20 until"):
        nights.judge(waits=False)
    assert hub.answer(Manner()).counted == 1, "the organization alone, for the number of its repositories"
