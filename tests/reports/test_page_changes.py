"""One story of what changed: the page, `drift.json` and a page that is made again say the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from muster.errors import BadEvidence
from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import KeyFileSigner, sign_manifest
from muster.verdict import Status
from reports.drift.changes import Change, change
from reports.drift.compare import compare
from reports.drift.stored import drift_of, write_drift
from reports.page.data import page_data
from reports.run import ReportedRun
from tests.integrity.sealed import key_file
from tests.reports.synthetic import Size, make_run


@pytest.fixture
def run(tmp_path: Path) -> ReportedRun:
    return ReportedRun.load(make_run(tmp_path))


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("pass", "fail", "new failure"),
        (None, "fail", "new failure"),
        ("waived", "fail", "new failure"),
        ("fail", "fail", "still failing"),
        ("fail", "pass", "fixed"),
        ("fail", "not_applicable", "no longer applies"),
        ("pass", "error", "newly unreadable"),
        ("fail", "not_run", "newly unreadable"),
        ("error", "not_run", "still unreadable"),
        ("fail", "waived", "newly waived"),
        ("waived", "waived", None),
        ("error", "pass", None),
        (None, "pass", None),
    ],
)
def test_what_became_of_a_resource(was: Status | None, now: Status, expected: Change | None) -> None:
    assert change(was, now) == expected


def test_the_page_tells_what_drift_json_tells(tmp_path: Path) -> None:
    size = Size(resources=40)
    before = ReportedRun.load(make_run(tmp_path, size))
    after = ReportedRun.load(make_run(tmp_path, size, night=1))
    drift = compare(before, after)
    data = page_data(after, drift).main
    columns, since = data["rows"], data["since"]
    changes = [
        (
            data["controls"][columns["control"][row]],
            data["accounts"][columns["account"][row]],
            data["regions"][columns["region"][row]],
            data["texts"][columns["resource"][row]],
            since["changes"][what],
            data["texts"][columns["why"][row]] if columns["why"][row] >= 0 else "",
        )
        for row, what in enumerate(columns["change"])
        if what >= 0
    ]
    lost = [(*entry[:4], since["changes"][entry[5]], "") for entry in since["lost"]]

    assert Counter([*changes, *lost]) == Counter(
        (*each.key, each.change, "; ".join(each.why)) for each in drift.changes
    )
    assert dict(zip(since["changes"], since["counts"], strict=True)) == drift.counts
    assert drift.counts["new failure"] > 0
    assert drift.counts["resource gone"] > 0


def test_a_change_is_told_once_though_its_resource_has_several_rows(tmp_path: Path) -> None:
    before, after = make_run(tmp_path, Size(1, 1, 1)), make_run(tmp_path, Size(0, 1, 1), night=1)
    row = next(ReportedRun.load(before).rows())
    RunFolder(after).append([replace(row, status="fail"), replace(row, status="pass"), replace(row, status="fail")])
    data = page_data(ReportedRun.load(after), compare(ReportedRun.load(before), ReportedRun.load(after))).main

    assert sum(what >= 0 for what in data["rows"]["change"]) == sum(data["since"]["counts"]) == 1


def test_a_page_made_again_tells_what_the_run_told_of_itself(tmp_path: Path) -> None:
    far, near, now = (ReportedRun.load(make_run(tmp_path, Size(resources=40), night=night)) for night in (0, 1, 2))
    write_manifest(near.folder)
    assert drift_of(now, pytest.fail) == compare(near, now)
    write_drift(now.folder, compare(far, now))

    assert drift_of(now, pytest.fail) == compare(far, now)


def test_nothing_is_compared_with_a_run_that_was_changed_since(tmp_path: Path) -> None:
    far, near, now = (ReportedRun.load(make_run(tmp_path, Size(resources=4), night=night)) for night in (0, 1, 2))
    for run in (far, near):
        write_manifest(run.folder)
    near.folder.verdicts.write_text(near.folder.verdicts.read_text().replace('"pass"', '"fail"'))
    notes: list[str] = []

    assert drift_of(now, notes.append) is None
    (note,) = notes
    assert note.startswith(
        f"changes since {near.name}: that run is not what it should have been when it ended: changed"
    )


@pytest.mark.parametrize("signed", [False, True])
def test_the_page_says_whether_the_run_compared_with_is_signed(tmp_path: Path, signed: bool) -> None:
    before, now = (ReportedRun.load(make_run(tmp_path, Size(resources=4), night=night)) for night in (0, 1))
    write_manifest(before.folder)
    if signed:
        sign_manifest(before.folder, KeyFileSigner(key_file(tmp_path / "key.pem")))
    since = page_data(now, drift_of(now, pytest.fail)).main["since"]

    assert since["signed"] is signed


@pytest.mark.parametrize(
    "text",
    [b"[]", b"{", b"{}", b'{"run": 7}', b"[" * 100_000, b"\xff"],
    ids=["a list", "torn", "empty", "a number", "deep", "no UTF-8"],
)
def test_a_drift_that_is_none_is_refused(run: ReportedRun, text: bytes) -> None:
    (run.folder.path / "drift.json").write_bytes(text)

    with pytest.raises(BadEvidence, match=r"drift\.json: "):
        drift_of(run, pytest.fail)


def test_the_drift_of_another_run_is_refused(tmp_path: Path) -> None:
    first, second = (ReportedRun.load(make_run(tmp_path, night=night)) for night in (0, 1))
    write_drift(first.folder, compare(first, second))

    with pytest.raises(BadEvidence, match=f"it is of the run {second.name}"):
        drift_of(first, pytest.fail)
