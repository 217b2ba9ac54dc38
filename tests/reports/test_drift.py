"""Drift: what changed between two runs and why; and what is not called gone because nobody could look."""

from __future__ import annotations

import itertools
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from muster.verdict import STATUSES, Status, Verdict
from reports.drift.compare import compare
from reports.run import ReportedRun
from reports.session.drift_plugin import print_drift
from tests.reports.drift_runs import ACCOUNT, BUCKET, ROOT, Make, only, row
from tests.reports.formats.samples import account
from tests.reports.synthetic import Size, make_run


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return Make(tmp_path)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("pass", "fail", "new failure"),
        (None, "fail", "new failure"),
        ("error", "fail", "new failure"),
        ("waived", "fail", "new failure"),
        ("not_applicable", "fail", "new failure"),
        ("fail", "fail", "still failing"),
        ("fail", "pass", "fixed"),
        ("fail", "not_applicable", "no longer applies"),
        ("pass", "error", "newly unreadable"),
        ("fail", "error", "newly unreadable"),
        (None, "error", "newly unreadable"),
        ("pass", "not_run", "newly unreadable"),
        ("error", "error", "still unreadable"),
        ("fail", "waived", "newly waived"),
        (None, "waived", "newly waived"),
    ],
)
def test_what_became_of_a_resource(make: Make, was: Status | None, now: Status, expected: str) -> None:
    others = [row("pass", "arn:aws:s3:::other")]
    before = [row(was)] if was else []
    changed = only(compare(make([*others, *before]), make([*others, row(now)])).changes)

    assert (changed.change, changed.was, changed.now) == (expected, was, now)


@pytest.mark.parametrize(
    ("was", "now"),
    [("pass", "pass"), ("waived", "waived"), ("error", "pass"), ("waived", "pass"), (None, "pass")],
)
def test_what_is_no_change(make: Make, was: Status | None, now: Status) -> None:
    assert compare(make([row(was)] if was else []), make([row(now)])).changes == ()


def test_a_resource_that_is_not_there_any_more_is_gone(make: Make) -> None:
    other = row("pass", "arn:aws:s3:::other")
    changed = only(compare(make([other, row("fail")]), make([other])).changes)

    assert (changed.change, changed.was, changed.now) == ("resource gone", "fail", None)


@pytest.mark.parametrize(
    "unread",
    [row("error", ROOT), row("error", ROOT, region="global"), row("not_run", ROOT, region="global")],
    ids=["its region's list", "the account", "not run"],
)
def test_a_resource_whose_list_could_not_be_read_is_not_gone(make: Make, unread: Verdict) -> None:
    changes = {each.resource: each.change for each in compare(make([row("fail")]), make([unread])).changes}

    assert changes == {BUCKET: "not seen", ROOT: "newly unreadable"}


def test_a_list_that_could_not_be_read_in_another_region_hides_nothing_here(make: Make) -> None:
    unread = row("error", ROOT, region="us-east-1")
    changes = {each.resource: each.change for each in compare(make([row("fail")]), make([unread])).changes}

    assert changes[BUCKET] == "resource gone"


def test_a_control_that_was_not_asked_again_makes_nothing_gone(make: Make) -> None:
    drift = compare(make([row("fail")]), make([row("pass", control="another-control")]))

    assert drift.changes == ()
    assert drift.not_asked == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"account_ids": {ACCOUNT: "444455556666"}},
        {"accounts": [account(ACCOUNT, "aws", "111122223333", mocked=True)]},
    ],
    ids=["another id", "a sandbox"],
)
def test_the_verdicts_of_another_account_of_that_name_excuse_nothing(make: Make, changes: dict[str, Any]) -> None:
    drift = compare(make([row("fail")], changes=changes), make([row("fail")]))

    assert only(drift.changes).change == "new failure"
    assert list(drift.incomparable) == [ACCOUNT]


def test_of_several_rows_of_one_resource_the_worst_counts(make: Make) -> None:
    drift = compare(make([row("pass"), row("fail")]), make([row("fail"), row("pass")]))

    assert only(drift.changes).change == "still failing"


def test_two_nights_of_an_estate_are_compared_like_by_hand(tmp_path: Path) -> None:
    first, second = (ReportedRun.load(make_run(tmp_path, Size(60, 6, 2), night=night)) for night in (0, 1))
    then, now = ({(r.control, r.account, r.resource): r.status for r in run.rows()} for run in (first, second))
    counts = compare(first, second).counts

    assert counts["new failure"] == sum(s == "fail" and then.get(key) != "fail" for key, s in now.items()) > 0
    assert counts["still failing"] == sum(s == "fail" and then.get(key) == "fail" for key, s in now.items()) > 0
    assert counts["fixed"] == sum(s == "pass" and then.get(key) == "fail" for key, s in now.items()) > 0
    lost = sum(key not in now and s in ("pass", "fail", "waived") for key, s in then.items())
    assert counts["resource gone"] + counts["not seen"] == lost > 0


def test_the_same_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (ReportedRun.load(make_run(tmp_path, Size(20, 3, 2), night=night)) for night in (0, 1))

    assert compare(first, second).as_data() == compare(first, second).as_data()


def test_memory_grows_with_what_changed_and_not_with_what_did_not(tmp_path: Path, make: Make) -> None:
    resources = [f"arn:aws:s3:::bucket-{number:05}-{'x' * 200}" for number in range(10_000)]
    first, second = make([row("pass", name) for name in resources]), make([row("pass", name) for name in resources])
    tracemalloc.start()
    compare(first, second)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # Two digests and dictionary entries a row; the rows themselves are 10 MB a run.
    assert peak < 6_000_000


def test_the_terminal_names_what_is_new_first_and_escapes_names(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = row("fail", "arn:aws:s3:::\x1b[2J[bold]gone")
    drift = compare(make([row("fail", "arn:aws:s3:::old")]), make([row("fail", "arn:aws:s3:::old"), hostile]))
    print_drift(drift, Console(width=200))
    out = capsys.readouterr().out

    assert "new failure" in out
    assert "arn:aws:s3:::\\x1b[2J[bold]gone (prod, eu-west-1): the resource is new" in out
    assert "\x1b" not in out
    assert "arn:aws:s3:::old" not in out


def test_every_status_there_is_can_be_compared_with_every_other(make: Make) -> None:
    for was, now in itertools.product(STATUSES, STATUSES):
        drift = compare(make([row(was)]), make([row(now)]))
        assert drift.is_new == (
            now == "fail" != was or (now in ("error", "not_run") and was not in ("error", "not_run"))
        )
