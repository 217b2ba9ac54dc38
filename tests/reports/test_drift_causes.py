"""Why a verdict changed: found from the two run folders, and not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from muster.reading.reads import Answer, ApiError, Call
from muster.verdict import Status, Verdict
from reports.drift.compare import compare
from reports.run import ReportedRun
from tests.reports.drift_runs import ACCOUNT, BUCKET, REGION, ROOT, WAIVED, Make, controls, only, row


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return Make(tmp_path)


CALL = Call(ACCOUNT, REGION, "s3", "get_bucket_versioning", {"Bucket": "orders"})
LIST = Call(ACCOUNT, REGION, "s3", "list_buckets", {})
ON, OFF = Answer({"Status": "Enabled"}), Answer({"Status": "Suspended"})


def listing(**buckets: str) -> Answer:
    return Answer({"Buckets": [{"Name": name, "Lock": lock} for name, lock in buckets.items()]})


def why(make: Make, before: Mapping[str, Any], after: Mapping[str, Any], now: Status = "fail") -> tuple[str, ...]:
    """Why a resource that passed does not, given what else is different in the two runs."""

    def one(status: Status, given: Mapping[str, Any]) -> ReportedRun:
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
            {"record": {"controls": controls(source_sha256="b" * 64)}},
            "the control changed",
            id="the control",
        ),
        pytest.param(
            {},
            {"record": {"controls": controls(closure_sha256="b" * 64)}},
            "the code under the control changed",
            id="a noun under the control",
        ),
        pytest.param(
            {"parameters": {"days": 90}},
            {"parameters": {"days": 30}},
            "a parameter changed: days: 90 → 30",
            id="a parameter",
        ),
        pytest.param(
            {"status": "waived", "waiver": "W-1", "record": WAIVED},
            {},
            "the waiver W-1 was removed",
            id="a waiver removed",
        ),
        pytest.param(
            {"status": "waived", "waiver": "W-1", "record": WAIVED},
            {"record": WAIVED},
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
