"""`--since` and `--fail-on` in audits as users run them: the exit code, `drift.json`, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from tests.reports.synthetic import Size, make_run
from tests.reports.test_page import unpacked
from tests.runs.audits import Audits, Outcome
from tests.runs.conftest import small_audits
from tests.runs.gate import gated

DEMO = "--account=demo"
BUCKETS = "--control=s3-bucket-public-access-blocked"


@pytest.fixture
def audits(tmp_path: Path, sandbox: dict[str, Any], small_project: Path) -> Audits:
    return small_audits(tmp_path, "demo", sandbox, small_project)


def drift(outcome: Outcome) -> dict[str, Any]:
    assert outcome.folder is not None, outcome.output
    data: dict[str, Any] = json.loads((outcome.folder / "drift.json").read_text())
    return data


def test_what_failed_before_does_not_fail_the_run_again(audits: Audits) -> None:
    first = audits(DEMO, "--control=rds-*")
    second = audits(DEMO, "--control=rds-*", "--since=latest", "--fail-on=new")

    assert (first.code, second.code) == (1, 0)
    assert (second.run["exit_code"], second.run["fail_on"], second.run["since"]) == (0, "new", first.run["run"])
    assert drift(second)["counts"]["still failing"] == second.run["counts"]["fail"] > 0
    assert "does not fail for what was there before" in second.output


def test_without_fail_on_an_old_failure_fails_the_run_and_is_told_as_old(audits: Audits) -> None:
    first = audits(DEMO, "--control=rds-*")
    second = audits(DEMO, "--control=rds-*", f"--since={first.folder}")

    assert second.code == 1
    assert "still failing" in second.output
    assert drift(second)["since"] == first.run["run"]


def test_a_new_failure_fails_the_run_and_says_why(audits: Audits) -> None:
    audits(DEMO, BUCKETS)
    (audits.estate / "waivers.yaml").write_text("waivers: []\n")
    second = audits(DEMO, BUCKETS, "--since=latest", "--fail-on=new")
    new = [each for each in drift(second)["changes"] if each["change"] == "new failure"]

    assert second.code == 1
    assert [(each["resource"], each["why"]) for each in new] == [
        ("arn:aws:s3:::acme-demo-website", ["the waiver W-1 was removed"])
    ]
    assert "--fail-on=new: the run fails: something is new" in second.output


def test_what_became_unreadable_fails_the_run_and_makes_nothing_gone(audits: Audits, sandbox: dict[str, Any]) -> None:
    with gated(audits, sandbox) as gate:
        audits(DEMO, BUCKETS)
        gate.refused = "?publicAccessBlock"
        second = audits(DEMO, BUCKETS, "--since=latest", "--fail-on=new")
    counts = drift(second)["counts"]

    assert second.code == 1
    assert counts["newly unreadable"] > 0
    assert counts["resource gone"] == 0


def test_a_problem_of_the_run_fails_it_though_nothing_is_new(audits: Audits) -> None:
    waivers = audits.estate / "waivers.yaml"
    waivers.write_text(waivers.read_text().replace("acme-demo-website", "acme-demo-nowhere"))
    first = audits(DEMO, BUCKETS)
    second = audits(DEMO, BUCKETS, "--since=latest", "--fail-on=new")

    assert (first.code, second.code) == (1, 1)
    assert not any(drift(second)["counts"][name] for name in ("new failure", "newly unreadable"))


def test_two_workers_compare_as_one_process_does(audits: Audits) -> None:
    audits(DEMO, "--control=rds-*")
    second = audits(DEMO, "--control=rds-*", "--since=latest", "--fail-on=new", "-n", "2")

    assert second.code == 0, second.output
    assert drift(second)["counts"]["still failing"] > 0


def test_drift_is_in_the_manifest(audits: Audits) -> None:
    audits(DEMO, "--control=rds-*")
    second = audits(DEMO, "--control=rds-*", "--since=latest")

    assert second.folder is not None
    assert "drift.json" in json.loads((second.folder / "manifest.json").read_text())["files"]


def test_a_forged_baseline_is_refused_before_anything_is_asked(audits: Audits, tmp_path: Path) -> None:
    run = make_run(tmp_path / "old", Size(2, 1, 1))
    write_manifest(RunFolder(run))
    rows = run / "verdicts.jsonl"
    rows.write_text(rows.read_text().replace('"status":"pass"', '"status":"fail"'))
    outcome = audits(DEMO, "--control=rds-*", f"--since={run}", "--fail-on=new")

    assert outcome.code == 4
    assert "that run is not what it should have been when it ended: changed" in outcome.output
    assert outcome.folder is None


def test_the_latest_is_verified_too(audits: Audits) -> None:
    first = audits(DEMO, "--control=rds-*")
    assert first.folder is not None
    (first.folder / "index.html").write_text("another page")
    second = audits(DEMO, "--control=rds-*", "--since=latest")

    assert second.code == 4
    assert "changed index.html" in second.output


def test_a_baseline_that_nobody_signed_is_said_to_be_unsigned(audits: Audits) -> None:
    audits(DEMO, "--control=rds-*")
    second = audits(DEMO, "--control=rds-*", "--since=latest", "--fail-on=new")

    assert "The run compared with is not signed" in second.output
    assert drift(second)["since_signed_by"] is None


def test_latest_passes_over_a_part_and_a_run_of_something_else(audits: Audits) -> None:
    first = audits(DEMO, "--control=rds-*")
    part = audits(DEMO, "--control=rds-*", "-k", "public")
    other = audits(DEMO, "--control=kms-*")
    last = audits(DEMO, "--control=rds-*", "--since=latest")

    assert part.run["part"] is not None
    assert other.code in (0, 1)
    assert drift(last)["since"] == first.run["run"]


def test_the_page_says_what_drift_json_says(audits: Audits) -> None:
    first = audits(DEMO, BUCKETS)
    (audits.estate / "waivers.yaml").write_text("waivers: []\n")
    audits(DEMO, BUCKETS)
    third = audits(DEMO, BUCKETS, f"--since={first.folder}")
    assert third.folder is not None
    data = unpacked((third.folder / "index.html").read_text())["since"]

    assert data["run"] == drift(third)["since"] == first.run["run"]
    assert dict(zip(data["changes"], data["counts"], strict=True)) == drift(third)["counts"]
    assert drift(third)["counts"]["new failure"] > 0


@pytest.mark.parametrize("fail_on", ["any", "new"])
def test_a_first_night_is_no_error_and_everything_in_it_is_new(audits: Audits, fail_on: str) -> None:
    outcome = audits(DEMO, "--control=rds-*", "--since=latest", f"--fail-on={fail_on}")

    assert outcome.code == 1
    assert outcome.run["since"] is None
    assert "Since latest: no whole run of the same profiles and accounts stands here yet" in outcome.output
    assert outcome.folder is not None
    assert not (outcome.folder / "drift.json").exists()


def test_new_needs_something_to_be_new_since(audits: Audits) -> None:
    outcome = audits(DEMO, "--control=rds-*", "--fail-on=new")

    assert outcome.code == 4
    assert "new since when?" in outcome.output
