"""SARIF 2.1.0 as GitHub's code scanning takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sarif_kit.validate import validation_errors

from muster.printable import spelled
from reports.encodable import encodable
from reports.formats import sarif, write_documents
from reports.run import SANDBOX, ReportedRun
from tests.reports.formats.readers import sarif_run, sarif_text
from tests.reports.formats.samples import HOSTILE, made, row, row_of_each_status, run_of, unfinished
from tests.reports.synthetic import Size, make_run


def log_of(run: ReportedRun, folder: Path) -> Any:
    return sarif_run(made(run, "sarif", folder))


@pytest.mark.parametrize("hostile", [False, True], ids=["plain", "hostile"])
def test_the_log_keeps_to_the_published_schema(tmp_path: Path, hostile: bool) -> None:
    run = ReportedRun.load(make_run(tmp_path, Size(resources=30, controls=8), hostile=hostile))

    assert validation_errors(json.loads(made(run, "sarif", tmp_path))) == []


def test_the_log_of_a_run_that_did_not_end_keeps_to_the_schema(tmp_path: Path) -> None:
    log = json.loads(made(unfinished(run_of(tmp_path, row_of_each_status())), "sarif", tmp_path))

    assert validation_errors(log) == []
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_a_rule_is_a_control(tmp_path: Path) -> None:
    run = run_of(tmp_path, row_of_each_status())

    rules = log_of(run, tmp_path)["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == list(run.record["controls"])
    first = rules[0]
    assert first["shortDescription"]["text"] == "Buckets are encrypted"
    assert first["properties"]["security-severity"] == "9.5"
    assert first["properties"]["tags"] == ["security", "storage"]
    assert first["helpUri"].startswith("https://docs.aws.amazon.com/")


def test_what_github_would_show_as_an_alert_is_what_needs_somebody(tmp_path: Path) -> None:
    results = log_of(run_of(tmp_path, row_of_each_status()), tmp_path)["results"]

    assert [result["properties"]["status"] for result in results] == ["fail", "error", "not_run", "waived"]
    assert {result.get("kind", "fail") for result in results} == {"fail"}


def test_a_result_stands_at_its_control(tmp_path: Path) -> None:
    run = run_of(tmp_path, [row()])

    (result,) = log_of(run, tmp_path)["results"]

    control = run.control("s3-bucket-encrypted")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == control["file"]
    assert place["region"]["startLine"] == control["line"]
    assert result["ruleId"] == "s3-bucket-encrypted"


SAME = row()


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (row("error", at="2026-11-21T22:00:00Z", run="another"), True),
        (row(control="iam-user-encrypted"), False),
        (row(account="staging"), False),
        (row(region="us-east-1"), False),
        (row(resource="arn:aws:s3:::other"), False),
    ],
    ids=["another night", "control", "account", "region", "resource"],
)
def test_a_fingerprint_is_the_control_account_region_and_resource(tmp_path: Path, other: Any, alike: bool) -> None:
    prints = [
        log_of(run_of(tmp_path / str(number), [one]), tmp_path)["results"][0]["partialFingerprints"]
        for number, one in enumerate((SAME, other))
    ]

    assert (prints[0] == prints[1]) is alike
    assert set(prints[0]) == {"primaryLocationLineHash", "musterResource/v1"}


@pytest.mark.parametrize(
    ("number", "level"),
    [(0, "error"), (1, "error"), (2, "warning"), (3, "note")],
    ids=["critical", "high", "medium", "low"],
)
def test_the_level_follows_the_severity(tmp_path: Path, number: int, level: str) -> None:
    control = list(run_of(tmp_path / "names").record["controls"])[number]

    (result,) = log_of(run_of(tmp_path, [row(control=control)]), tmp_path)["results"]

    assert result["level"] == level


def test_a_waived_result_is_suppressed_with_the_waiver(tmp_path: Path) -> None:
    (result,) = log_of(run_of(tmp_path, [row("waived")]), tmp_path)["results"]

    (suppression,) = result["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"].startswith("W-1: Replaced by the new platform")
    assert "approved by security-lead" in suppression["justification"]
    assert "waiver W-1 excuses" in result["message"]["text"]
    assert result["level"] == "note"


def test_past_githubs_limit_the_worst_results_stay_and_the_cut_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    low = list(run_of(tmp_path / "names").record["controls"])[3]
    rows = [row("waived"), *(row(control=low, resource=f"low {n}") for n in range(3)), row("error"), row(resource="it")]

    (written,) = write_documents(run_of(tmp_path, rows), ["sarif"], tmp_path)

    log = sarif_run(written.path.read_text())
    assert [result["properties"]["resource"] for result in log["results"]] == ["it", "arn:aws:s3:::data", "low 0"]
    assert log["properties"]["resultsLeftOut"] == 3
    assert "3 results, the least severe, are left out" in written.notes[0]
    assert written.notes[0] in [said["message"]["text"] for said in log["invocations"][0]["toolExecutionNotifications"]]


def test_more_than_github_shows_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_SHOWN", 1)

    (written,) = write_documents(run_of(tmp_path, [row(), row("error")]), ["sarif"], tmp_path)

    assert written.notes == ("GitHub shows the 1 worst of these 2 results",)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_neither_link_nor_placeholder(tmp_path: Path, name: str) -> None:
    text = encodable(HOSTILE[name])

    (result,) = log_of(run_of(tmp_path, [row("fail", text, reason=HOSTILE[name][:500])]), tmp_path)["results"]

    said = result["message"]["text"]
    assert not [at for at, sign in enumerate(said) if sign in "[]" and not escaped(said, at)]
    assert not [sign for sign in "{}" if sign in said.replace("{{", "").replace("}}", "")]
    assert sarif_text(said).endswith(f": {spelled(encodable(HOSTILE[name][:500]))}")
    assert result["properties"]["resource"] == text


def escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before a sign."""
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def test_a_mocked_run_says_so_in_every_alert(tmp_path: Path) -> None:
    log = log_of(run_of(tmp_path, row_of_each_status(), mocked=True), tmp_path)

    assert all(result["message"]["text"].startswith("SANDBOX: ") for result in log["results"])
    assert log["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == str(SANDBOX)


def test_why_a_run_fails_beside_its_verdicts_is_an_error_though_there_is_no_result(tmp_path: Path) -> None:
    problems = [{"kind": "waiver_expired", "text": "waiver W-1 expired"}]

    log = log_of(run_of(tmp_path, [row("pass")], problems=problems), tmp_path)

    (told,) = (each for each in log["invocations"][0]["toolExecutionNotifications"] if each["level"] == "error")
    assert (log["results"], told["message"]["text"]) == ([], "waiver W-1 expired")
