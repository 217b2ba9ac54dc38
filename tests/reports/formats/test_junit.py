"""JUnit: a case a control and account, ended as pytest ends it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import junitparser
import pytest

from muster.verdict import STATUSES
from reports.encodable import encodable
from reports.formats import junit, write_documents
from reports.formats.wording import whole_line
from reports.run import SANDBOX, UNFINISHED
from tests.reports.formats.readers import junit_cases
from tests.reports.formats.samples import HOSTILE, made, row, row_of_each_status, run_of, unfinished


@pytest.mark.parametrize(
    ("statuses", "end"),
    [
        (["pass"], None),
        (["pass", "waived", "not_applicable"], None),
        (["pass", "fail"], "failure"),
        (["fail", "error"], "failure"),
        (["pass", "error"], "error"),
        (["not_run"], "error"),
        (["waived"], "skipped"),
        (["not_applicable"], "skipped"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else None,
)
def test_how_a_case_ends(tmp_path: Path, statuses: list[str], end: str | None) -> None:
    rows = [row(status, f"arn:{status}") for status in statuses]

    (case,) = junit_cases(made(run_of(tmp_path, rows), "junit", tmp_path))

    assert [element.tag for element in case if element.tag != "system-out"] == ([end] if end else [])


def test_a_failing_case_lists_its_resources_and_the_fix(tmp_path: Path) -> None:
    (case,) = junit_cases(made(run_of(tmp_path, row_of_each_status()), "junit", tmp_path))

    (failure,) = case
    assert failure.get("message") == "1 pass, 1 fail, 1 error, 1 waived, 1 not applicable, 1 not run"
    assert failure.get("type") == "critical"
    assert (failure.text or "").split("\n") == [
        "Buckets are encrypted",
        "fail: arn:aws:s3:::fail (eu-west-1): because of fail",
        "error: arn:aws:s3:::error (eu-west-1): could not be judged: because of error",
        "waived: arn:aws:s3:::waived (eu-west-1): fails, which waiver W-1 excuses: because of waived",
        "not run: arn:aws:s3:::not_run (eu-west-1): was not judged: because of not_run",
        "Fix: Change the bucket in the console or the template that made it, and run this again.",
    ]


def test_a_waived_resource_is_named_where_the_case_passes(tmp_path: Path) -> None:
    (case,) = junit_cases(made(run_of(tmp_path, [row("pass"), row("waived", "it")]), "junit", tmp_path))

    assert "waived: it (eu-west-1)" in str(case.findtext("system-out"))


def test_the_figures_of_suites_are_those_of_their_cases(tmp_path: Path) -> None:
    rows = [row(status, account=account) for status in STATUSES for account in ("production", "staging")]
    rows += [row("error", account="staging", control="iam-user-encrypted")]
    file = tmp_path / "it.xml"
    file.write_text(made(run_of(tmp_path, rows, problems=[]), "junit", tmp_path), encoding="utf-8")

    suites = junitparser.JUnitXml.fromfile(str(file))

    assert [(suite.tests, suite.failures, suite.errors) for suite in suites] == [(1, 1, 0), (2, 1, 1)]
    ends = [type(end).__name__ for suite in suites for case in suite for end in case.result]
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (3, 2, 1, 0)
    assert sorted(ends) == ["Error", "Failure", "Failure"]


EXPIRED = {"kind": "waiver_expired", "text": "waiver W-1 expired"}


@pytest.mark.parametrize(
    ("problems", "ends", "errors"),
    [
        pytest.param([], True, [], id="nothing fails"),
        pytest.param([EXPIRED], True, [("waiver_expired", "waiver W-1 expired")], id="it fails beside its verdicts"),
        pytest.param(None, False, [("unfinished", UNFINISHED.text)], id="it was killed, and what it had passes"),
    ],
)
def test_what_fails_the_run_is_no_green_file(
    tmp_path: Path, problems: list[dict[str, str]] | None, ends: bool, errors: list[tuple[str, str]]
) -> None:
    run = run_of(tmp_path, [row("pass")], problems=problems)
    root = ElementTree.fromstring(made(run if ends else unfinished(run), "junit", tmp_path))

    cases = [each for each in root.iter("testcase") if each.get("classname") == junit.OF_THE_RUN]
    assert [(each.get("name"), each[0].get("message")) for each in cases] == errors
    assert root.get("errors") == str(len(errors))


def test_more_resources_than_a_case_lists_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit, "MOST_LINES", 2)

    (written,) = write_documents(run_of(tmp_path, [row("fail", str(n)) for n in range(5)]), ["junit"], tmp_path)

    (case,) = junit_cases(written.path.read_text())
    assert "and 3 more, in verdicts.jsonl" in str(case.findtext("failure"))
    assert "3 verdicts" in written.notes[0]


def test_a_sandbox_is_named_in_every_suite(tmp_path: Path) -> None:
    root = ElementTree.fromstring(made(run_of(tmp_path, row_of_each_status(), mocked=True), "junit", tmp_path))

    assert all(str(SANDBOX) in (element.get("name") or "") for element in (root, *root.iter("testsuite")))
    assert {said.get("value") for said in root.iter("property") if said.get("name") == "mocked"} == {"true"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_of_its_line(tmp_path: Path, name: str) -> None:
    text = HOSTILE[name][:400]

    (case,) = junit_cases(made(run_of(tmp_path, [row("fail", text, account=text)]), "junit", tmp_path))

    shown = whole_line(encodable(text))
    assert f"fail: {shown} (eu-west-1): because of fail\n" in str(case.findtext("failure"))
    assert case.get("classname") == f"{shown}.storage"
