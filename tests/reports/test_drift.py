"""Drift: what changed between two runs and why; and what is not called gone because nobody could look."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from muster.archive import FolderArchive
from muster.reads import Answer, ApiError, Call
from muster.run_folder import RunFolder
from muster.verdict import STATUSES, Status, Verdict
from reports.drift import Changed, compare
from reports.drift_plugin import print_drift
from reports.run import Run
from tests.reports.synthetic import Size, make_run

CONTROL, ACCOUNT, REGION, BUCKET = "bucket-locked", "prod", "eu-west-1", "arn:aws:s3:::orders"
ROOT = "arn:aws:iam::111122223333:root"
_numbers = itertools.count(1)


def row(status: Status, resource: str = BUCKET, **changes: Any) -> Verdict:
    common: dict[str, Any] = {
        "run": "r",
        "control": CONTROL,
        "account": ACCOUNT,
        "region": REGION,
        "resource": resource,
    }
    rest: dict[str, Any] = {"reason": "", "parameters": {}, "reads": (), "waiver": None, "judged_in": None, "at": "now"}
    return Verdict(**{**common, "status": status, **rest, **changes})


def record(**changes: Any) -> dict[str, Any]:
    return {
        "mocked": False,
        "controls": {CONTROL: {"severity": "high", "source_sha256": "a" * 64}},
        "accounts": [{"name": ACCOUNT, "id": "111122223333", "mocked": False}],
        "account_ids": {ACCOUNT: "111122223333"},
        "waivers": [],
        "facts": {},
        "versions": {"muster": "0.1.0"},
        "git": {"commit": "c", "changed_files": False},
        "ended": "2026-11-20T22:04:00Z",
        **changes,
    }


Make = Callable[..., Run]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make_one(
        rows: Sequence[Verdict], answers: Sequence[tuple[Call, Answer]] = (), changes: Mapping[str, Any] | None = None
    ) -> Run:
        folder = RunFolder(tmp_path / f"run-{next(_numbers)}")
        folder.create()
        archive = FolderArchive(folder.reads)
        hashes = tuple(archive.fetch(call, partial(copy, answer)).sha256 for call, answer in answers)
        folder.append(replace(each, reads=hashes) for each in rows)
        folder.write_run({"run": folder.path.name, **record(**(changes or {}))})
        return Run.load(folder.path)

    return make_one


def only(changes: Sequence[Changed]) -> Changed:
    assert len(changes) == 1, changes
    return changes[0]


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
        {"accounts": [{"name": ACCOUNT, "id": "111122223333", "mocked": True}]},
    ],
    ids=["another id", "a sandbox"],
)
def test_the_verdicts_of_another_account_of_that_name_excuse_nothing(make: Make, changes: dict[str, Any]) -> None:
    drift = compare(make([row("fail")], changes=changes), make([row("fail")]))

    assert only(drift.changes).change == "new failure"
    assert list(drift.incomparable) == [ACCOUNT]


CALL = Call(ACCOUNT, REGION, "s3", "get_bucket_versioning", {"Bucket": "orders"})
LIST = Call(ACCOUNT, REGION, "s3", "list_buckets", {})
ON, OFF = Answer({"Status": "Enabled"}), Answer({"Status": "Suspended"})


def listing(**buckets: str) -> Answer:
    return Answer({"Buckets": [{"Name": name, "Lock": lock} for name, lock in buckets.items()]})


def why(make: Make, before: Mapping[str, Any], after: Mapping[str, Any], now: Status = "fail") -> tuple[str, ...]:
    """Why a resource that passed does not, given what else is different in the two runs."""

    def one(status: Status, given: Mapping[str, Any]) -> Run:
        one_row = row(status, parameters=given.get("parameters", {}), waiver=given.get("waiver"))
        return make(
            [replace(one_row, status=given.get("status", status))], given.get("answers", ()), given.get("record")
        )

    return only(compare(one("pass", before), one(now, after)).changes).why


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"answers": [(CALL, ON)]},
            {"answers": [(CALL, OFF)]},
            "the resource changed: s3:get_bucket_versioning",
            id="another answer",
        ),
        pytest.param(
            {"answers": [(LIST, listing(orders="on", other="on"))]},
            {"answers": [(LIST, listing(orders="off", other="on"))]},
            "the resource changed: s3:list_buckets",
            id="its entry in a list",
        ),
        pytest.param(
            {"answers": [(LIST, listing(orders="on", other="on"))]},
            {"answers": [(LIST, listing(orders="on", other="off", third="on"))]},
            "nothing that it rests on changed but the time",
            id="another's entry in that list",
        ),
        pytest.param(
            {"answers": [(CALL, replace(ON, request_ids=("1",), at="2026-11-20T22:00:00Z"))]},
            {"answers": [(CALL, replace(ON, request_ids=("2",), at="2026-11-21T22:00:00Z"))]},
            "nothing that it rests on changed but the time",
            id="the same answer at another time",
        ),
        pytest.param(
            {"answers": [(CALL, Answer("[redacted value 0123456789abcdef]"))]},
            {"answers": [(CALL, Answer("[redacted value fedcba9876543210]"))]},
            "nothing that it rests on changed but the time",
            id="marks of two keys",
        ),
        pytest.param(
            {"answers": [(CALL, Answer("[redacted value 0123456789abcdef]"))], "record": {"redaction_key_id": "k"}},
            {"answers": [(CALL, Answer("[redacted value fedcba9876543210]"))], "record": {"redaction_key_id": "k"}},
            "the resource changed: s3:get_bucket_versioning",
            id="other marks of one key",
        ),
        pytest.param(
            {},
            {"record": {"controls": {CONTROL: {"source_sha256": "b" * 64}}}},
            "the control changed",
            id="the control",
        ),
        pytest.param(
            {"parameters": {"days": 90}},
            {"parameters": {"days": 30}},
            "a parameter changed: days: 90 → 30",
            id="a parameter",
        ),
        pytest.param(
            {"status": "waived", "waiver": "W-1", "record": {"waivers": [{"id": "W-1"}]}},
            {},
            "the waiver W-1 was removed",
            id="a waiver removed",
        ),
        pytest.param(
            {"status": "waived", "waiver": "W-1", "record": {"waivers": [{"id": "W-1"}]}},
            {"record": {"waivers": [{"id": "W-1"}]}},
            "the waiver W-1 does not hold any more",
            id="a waiver that ran out",
        ),
        pytest.param(
            {},
            {"record": {"facts": {"approved_regions": ["eu-west-1"]}}},
            "the facts changed: approved_regions",
            id="the facts",
        ),
        pytest.param(
            {},
            {"record": {"git": {"commit": "d", "changed_files": False}}},
            "the code beside the control may have changed: the runs are of different commits",
            id="the code",
        ),
    ],
)
def test_why_a_verdict_changed(make: Make, before: dict[str, Any], after: dict[str, Any], expected: str) -> None:
    assert why(make, before, after) == (expected,)


def test_a_read_that_is_refused_now_is_the_cause(make: Make) -> None:
    refused = Answer(error=ApiError("AccessDenied", "no", 403))

    assert why(make, {"answers": [(CALL, ON)]}, {"answers": [(CALL, refused)]}, "error") == (
        "the resource changed: s3:get_bucket_versioning",
    )


def test_several_causes_are_all_named(make: Make) -> None:
    found = why(
        make,
        {"answers": [(CALL, ON)], "parameters": {"days": 90}},
        {"answers": [(CALL, OFF)], "parameters": {"days": 30}},
    )

    assert found == ("the resource changed: s3:get_bucket_versioning", "a parameter changed: days: 90 → 30")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([row("pass", "arn:aws:s3:::other")], "the resource is new"),
        ([row("error", ROOT)], "it was not seen before"),
        ([row("pass", control="another-control")], "the control was not judged in this account before"),
    ],
    ids=["new", "not seen", "not asked"],
)
def test_why_there_was_no_verdict_before(make: Make, before: list[Verdict], expected: str) -> None:
    changes = compare(make(before), make([row("fail")])).changes

    assert next(each.why for each in changes if each.resource == BUCKET) == (expected,)


def test_a_lost_answer_explains_nothing_and_breaks_nothing(make: Make) -> None:
    before, after = make([row("pass")], [(CALL, ON)]), make([row("fail")], [(CALL, OFF)])
    for path in before.folder.reads.iterdir():
        path.unlink()

    assert only(compare(before, after).changes).why == ("nothing that it rests on changed but the time",)


def test_of_several_rows_of_one_resource_the_worst_counts(make: Make) -> None:
    drift = compare(make([row("pass"), row("fail")]), make([row("fail"), row("pass")]))

    assert only(drift.changes).change == "still failing"


def test_two_nights_of_an_estate_are_compared_like_by_hand(tmp_path: Path) -> None:
    first, second = (Run.load(make_run(tmp_path, Size(60, 6, 2), night=night)) for night in (0, 1))
    then, now = ({(r.control, r.account, r.resource): r.status for r in run.rows()} for run in (first, second))
    counts = compare(first, second).counts

    assert counts["new failure"] == sum(s == "fail" and then.get(key) != "fail" for key, s in now.items()) > 0
    assert counts["still failing"] == sum(s == "fail" and then.get(key) == "fail" for key, s in now.items()) > 0
    assert counts["fixed"] == sum(s == "pass" and then.get(key) == "fail" for key, s in now.items()) > 0
    lost = sum(key not in now and s in ("pass", "fail", "waived") for key, s in then.items())
    assert counts["resource gone"] + counts["not seen"] == lost > 0


def test_the_same_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (Run.load(make_run(tmp_path, Size(20, 3, 2), night=night)) for night in (0, 1))

    assert compare(first, second).as_data() == compare(first, second).as_data()


def test_memory_grows_with_what_changed_and_not_with_what_did_not(tmp_path: Path, make: Make) -> None:
    resources = [f"arn:aws:s3:::bucket-{number:05}-{'x' * 200}" for number in range(20_000)]
    first, second = make([row("pass", name) for name in resources]), make([row("pass", name) for name in resources])
    tracemalloc.start()
    compare(first, second)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # Two digests and dictionary entries a row; the rows themselves are 20 MB a run.
    assert peak < 12_000_000


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
