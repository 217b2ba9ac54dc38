from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.errors import BadEvidence, UsageError
from muster.evidence.run_folder import RunFolder
from muster.verdict import STATUSES, Status, Verdict
from reports.drift.compare import compare
from reports.frameworks import RequirementState, requirement_state
from reports.page import answers
from reports.page.data import page_data, score
from reports.page.page import score_text, write_page
from reports.run import ReportedRun, Summary
from tests.reports.synthetic import HOSTILE, STARTED, Size, make_run
from tests.reports.synthetic_record import utc

KEY = ("iam-user-mfa", "prod", "global", "arn:aws:iam::111122223333:user/ada")


@pytest.fixture
def run(tmp_path: Path) -> ReportedRun:
    return ReportedRun.load(make_run(tmp_path))


@pytest.fixture
def hostile(tmp_path: Path) -> ReportedRun:
    return ReportedRun.load(make_run(tmp_path, hostile=True))


def island(html: str, name: str) -> str:
    found = re.search(f'<script type="[^"]*" id="{name}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return found[1]


def unpacked(html: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(island(html, "data"))))


def rows_of(data: Any) -> Counter[tuple[str, ...]]:
    columns = data["rows"]
    return Counter(
        (
            data["controls"][columns["control"][row]],
            data["accounts"][columns["account"][row]],
            data["regions"][columns["region"][row]],
            data["texts"][columns["resource"][row]],
            data["statuses"][columns["status"][row]],
            data["texts"][columns["reason"][row]],
            columns["at"][row],
            *(data["hashes"][read] for read in data["readLists"][columns["reads"][row]]),
        )
        for row in range(len(columns["number"]))
    )


def test_the_page_holds_every_verdict_whole(hostile: ReportedRun) -> None:
    data = unpacked(write_page(hostile, None).read_text(encoding="utf-8"))

    assert rows_of(data) == Counter(
        (row.control, row.account, row.region, row.resource, row.status, row.reason, row.at, *row.reads)
        for row in hostile.rows()
    )


def test_a_row_names_its_place_in_the_verdicts_file(run: ReportedRun) -> None:
    data = unpacked(write_page(run, None).read_text(encoding="utf-8"))
    lines = list(run.rows())

    for place, number in enumerate(data["rows"]["number"]):
        assert data["texts"][data["rows"]["resource"][place]] == lines[number - 1].resource


def test_failures_come_first_and_passes_last(run: ReportedRun) -> None:
    data = unpacked(write_page(run, None).read_text(encoding="utf-8"))
    order = [data["statusOrder"].index(data["statuses"][status]) for status in data["rows"]["status"]]

    assert order == sorted(order)


def test_the_same_folder_makes_the_same_bytes(tmp_path: Path) -> None:
    before = ReportedRun.load(make_run(tmp_path))
    after = ReportedRun.load(make_run(tmp_path, night=1))
    first = write_page(after, compare(before, after)).read_bytes()

    assert write_page(after, compare(before, after)).read_bytes() == first


def test_hostile_names_stand_nowhere_as_markup(hostile: ReportedRun) -> None:
    html = write_page(hostile, None).read_text(encoding="utf-8")

    assert len(re.findall(r"<script\b", html)) == len(re.findall(r"</script>", html)) == 3
    assert not any(name in html for name in HOSTILE)


def test_a_hostile_run_name_is_escaped(tmp_path: Path) -> None:
    run = ReportedRun.load(make_run(tmp_path, record={"run": "<script>alert(1)"}))
    html = write_page(run, None).read_text(encoding="utf-8")

    assert "<script>alert" not in html
    assert "<title>Muster evidence &lt;script&gt;" in html


def test_the_policy_admits_the_page_s_own_script_and_style_only(run: ReportedRun) -> None:
    html = write_page(run, None).read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    directives = dict(part.strip().split(" ", 1) for part in unescape(policy[1]).split(";"))

    assert directives["default-src"] == "'none'"
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        text = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert len(text) == 1
        digest = base64.b64encode(hashlib.sha256(text[0].encode()).digest()).decode()
        assert directives[directive] == f"'sha256-{digest}'"


def test_the_page_names_no_resource_outside_of_its_folder(run: ReportedRun) -> None:
    html = write_page(run, None).read_text(encoding="utf-8")
    addresses = re.findall(r"""(?:\bsrc|\bhref|\baction)="([^"]*)"|url\(([^)]*)\)|@import\s+(\S+)""", html)

    assert {address for found in addresses for address in found if address} == {
        "#main",
        "data:,",
        "report.html",
        "verdicts.jsonl",
    }


@pytest.mark.parametrize("mocked", [True, False], ids=["a sandbox says so", "a live run does not"])
def test_the_banner_of_a_sandbox(tmp_path: Path, mocked: bool) -> None:
    run = ReportedRun.load(make_run(tmp_path, mocked=mocked))
    html = write_page(run, None).read_text(encoding="utf-8")

    assert ('<p class="sandbox"' in html) is mocked
    assert ('<body class="mocked">' in html) is mocked


def test_without_a_script_the_figures_can_be_read(run: ReportedRun) -> None:
    html = write_page(run, None).read_text(encoding="utf-8")
    noscript = html.partition("<noscript>")[2].partition("</noscript>")[0]
    summary = Summary.of(run)

    for severity, counts in summary.by_severity.items():
        cells = "".join(f"<td>{counts[status]}</td>" for status in STATUSES)
        assert f"<th>{severity}</th>{cells}" in noscript
    assert f"{summary.totals['error']} verdicts that could not be given" in noscript


def test_rows_of_a_control_that_the_record_does_not_name_are_refused(tmp_path: Path) -> None:
    run = ReportedRun.load(make_run(tmp_path))
    row = next(run.rows())
    run.folder.append([replace(row, control="from-another-run")])

    with pytest.raises(BadEvidence, match=r"from-another-run.*which run.json beside it does not name"):
        write_page(run, None)


def test_a_run_without_frameworks_makes_a_page_without_them(tmp_path: Path) -> None:
    path = make_run(tmp_path)
    record = RunFolder(path).read_run()
    del record["frameworks"]
    RunFolder(path).write_run(record)

    assert page_data(ReportedRun.load(path), None).main["frameworks"] == []


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        pytest.param({"pass": 3, "fail": 1}, "75.0 %", id="passes in passes and failures"),
        pytest.param({"pass": 1, "error": 1}, "50.0 %", id="what could not be read counts against it"),
        pytest.param({"pass": 1, "not_run": 3}, "25.0 %", id="and what was not run"),
        pytest.param({"pass": 1, "waived": 1}, "50.0 %", id="and what is waived"),
        pytest.param({"pass": 1, "not_applicable": 9}, "100.0 %", id="what does not apply is left out"),
        pytest.param({"pass": 99_999, "fail": 1}, "99.9 %", id="one failure is never rounded away"),
        pytest.param({"not_applicable": 5}, "none", id="nothing judged is no score"),
        pytest.param({}, "none", id="nothing at all is no score"),
    ],
)
def test_the_score(counts: dict[Status, int], shown: str) -> None:
    assert score_text(score(counts)) == shown


@pytest.mark.parametrize(
    ("controls", "found", "state"),
    [
        pytest.param(["a"], {"a": ["pass", "not_applicable"]}, "satisfied", id="all pass"),
        pytest.param(
            ["a", "b"], {"a": ["pass"], "b": ["error", "fail"]}, "not satisfied", id="a failure outweighs all"
        ),
        pytest.param(["a", "b"], {"a": ["pass"], "b": ["error"]}, "unreadable", id="unreadable is not satisfied"),
        pytest.param(["a"], {"a": ["pass", "not_run"]}, "unreadable", id="not run is not satisfied"),
        pytest.param(["a"], {"a": ["pass", "waived"]}, "waived", id="waived is not satisfied"),
        pytest.param([], {}, "not covered", id="no control stands for it"),
        pytest.param(["a", "b"], {"a": ["pass"]}, "not covered", id="one of its controls was not asked"),
        pytest.param(["a", "b"], {"a": ["fail"]}, "not satisfied", id="fails although not all were asked"),
        pytest.param(["a"], {"a": ["not_applicable"]}, "nothing to judge", id="nothing applies"),
    ],
)
def test_a_requirement_is_as_good_as_the_worst_of_its_controls(
    controls: list[str], found: dict[str, list[Status]], state: RequirementState
) -> None:
    assert requirement_state(controls, found) == state


@pytest.mark.parametrize(
    ("controls", "found", "state"),
    [
        pytest.param(["a"], {"a": ["pass"]}, "holds in part", id="passes"),
        pytest.param(["a"], {"a": ["fail"]}, "not satisfied", id="fails"),
        pytest.param(["a"], {"a": ["pass", "waived"]}, "waived", id="is waived"),
        pytest.param(["a"], {"a": ["not_applicable"]}, "not covered", id="judges nothing"),
        pytest.param(["a", "b"], {"a": ["pass"]}, "not covered", id="was not asked in whole"),
        pytest.param(["attest-a"], {"attest-a": ["pass"]}, "not covered", id="rests on people's word alone"),
        pytest.param(
            ["a", "attest-a"], {"a": ["not_applicable"], "attest-a": ["pass"]}, "not covered", id="on that in the end"
        ),
    ],
)
def test_a_requirement_that_is_judged_in_part_can_fail_and_is_never_satisfied(
    controls: list[str], found: dict[str, list[Status]], state: RequirementState
) -> None:
    assert requirement_state(controls, found, "console passwords") == state


statuses = st.sets(st.sampled_from(STATUSES))


@given(controls=st.dictionaries(st.sampled_from("abc"), statuses, min_size=1), asked=st.sets(st.sampled_from("abc")))
def test_satisfied_means_asked_of_all_controls_and_nothing_but_passes(
    controls: dict[str, set[Status]], asked: set[str]
) -> None:
    found = {control: statuses for control, statuses in controls.items() if control in asked}
    everything = {status for statuses in found.values() for status in statuses}

    if requirement_state(list(controls), found) == "satisfied":
        assert set(controls) <= asked
        assert "pass" in everything
        assert everything <= {"pass", "not_applicable"}


def test_unreadable_reads_are_counted_by_what_was_refused(tmp_path: Path) -> None:
    run = ReportedRun.load(make_run(tmp_path, Size(resources=60)))
    data = page_data(run, None).main
    unreadable = sum(row.status in ("error", "not_run") for row in run.rows())

    assert sum(read["rows"] for read in data["unseen"]) == unreadable
    assert any(read["permission"] for read in data["unseen"])


def test_answers_behind_failures_are_in_the_page_as_aws_sent_them(run: ReportedRun) -> None:
    packed = json.loads(island(write_page(run, None).read_text(encoding="utf-8"), "answers"))
    failing = {sha256 for row in run.rows() if row.status in ("fail", "error") for sha256 in row.reads}

    assert set(packed) == failing
    for sha256, text in packed.items():
        assert hashlib.sha256(zlib.decompress(base64.b64decode(text))).hexdigest() == sha256


def test_answers_beyond_the_room_stay_files(run: ReportedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = sorted({sha256 for row in run.rows() for sha256 in row.reads})
    monkeypatch.setattr(answers, "MOST_BYTES", 2_000)
    packed = dict(answers.embedded_answers(hashes, run.folder.path))

    assert 0 < len(packed) < len(hashes)
    assert sum(len(base64.b64decode(text)) for text in packed.values()) <= 2_000


@pytest.mark.parametrize("name", ["../run", "/etc/passwd", "", "f" * 64, "F" * 64])
def test_what_is_no_answer_of_the_run_is_not_read(run: ReportedRun, name: str) -> None:
    assert list(answers.embedded_answers([name], run.folder.path)) == []


def another_answer(path: Path) -> None:
    path.write_text(path.read_text() + " ")


def link_to_a_secret(path: Path) -> None:
    secret = path.parent.parent / "secret"
    path.rename(secret)
    path.symlink_to(secret)


def linked_folder(path: Path) -> None:
    path.parent.rename(path.parent.parent / "elsewhere")
    path.parent.symlink_to(path.parent.parent / "elsewhere")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("spoil", [another_answer, link_to_a_secret, linked_folder, pipe])
def test_what_is_not_the_answer_that_it_is_called_is_not_packed(
    run: ReportedRun, spoil: Callable[[Path], None]
) -> None:
    sha256 = next(row.reads[0] for row in run.rows() if row.status == "fail")
    assert [name for name, _ in answers.embedded_answers([sha256], run.folder.path)] == [sha256]
    spoil(run.folder.reads / f"{sha256}.json")

    assert list(answers.embedded_answers([sha256], run.folder.path)) == []


@pytest.mark.parametrize("spoil", [link_to_a_secret, pipe, Path.mkdir], ids=["a link", "a pipe", "a folder"])
def test_the_page_is_not_written_through_what_is_no_file(run: ReportedRun, spoil: Callable[[Path], None]) -> None:
    page = run.folder.path / "index.html"
    if spoil is not Path.mkdir:
        page.write_text("mine")
    spoil(page)

    with pytest.raises(UsageError, match="it is a link, or no plain file"):
        write_page(run, None)


@given(reason=st.text(st.characters(codec=None)), resource=st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_text_survives_packing(tmp_path_factory: pytest.TempPathFactory, reason: str, resource: str) -> None:
    reason = reason.encode("utf-8", "replace").decode()
    path = make_run(tmp_path_factory.mktemp("text"), Size(0, 1, 1))
    row = Verdict(
        "r", "s3-bucket-encrypted", "prod", "global", resource, "fail", reason, {}, (), None, None, utc(STARTED)
    )
    RunFolder(path).append([row])
    data = unpacked(write_page(ReportedRun.load(path), None).read_text(encoding="utf-8"))

    assert data["texts"] == list(dict.fromkeys([resource, reason]))
