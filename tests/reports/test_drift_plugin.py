"""`--since` and `--fail-on` in audits as users run them: the exit code, `drift.json`, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from tests.conftest import ESTATES
from tests.reports.synthetic import Size, make_run
from tests.runs.audits import Audits, Outcome, write_estate

ASKED = ("-p", "reports.session.drift_plugin", "--account=demo")
BUCKETS = "--control=s3-bucket-public-access-blocked"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "sandbox",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@pytest.fixture(scope="module", autouse=True)
def credentials() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def audits(tmp_path: Path, sandbox: dict[str, Any]) -> Audits:
    return Audits(write_estate(tmp_path / "estate", ESTATES["demo"], "demo", sandbox), tmp_path / "runs")


def drift(outcome: Outcome) -> dict[str, Any]:
    assert outcome.folder is not None, outcome.output
    data: dict[str, Any] = json.loads((outcome.folder / "drift.json").read_text())
    return data


def test_what_failed_before_does_not_fail_the_run_again(audits: Audits) -> None:
    first = audits(*ASKED, "--control=rds-*")
    second = audits(*ASKED, "--control=rds-*", "--since=latest", "--fail-on=new")

    assert (first.code, second.code) == (1, 0)
    assert (second.run["exit_code"], second.run["fail_on"], second.run["since"]) == (0, "new", first.run["run"])
    assert drift(second)["counts"]["still failing"] == second.run["counts"]["fail"] > 0
    assert "does not fail for what was there before" in second.output


def test_without_fail_on_an_old_failure_fails_the_run_and_is_told_as_old(audits: Audits) -> None:
    first = audits(*ASKED, "--control=rds-*")
    second = audits(*ASKED, "--control=rds-*", f"--since={first.folder}")

    assert second.code == 1
    assert "still failing" in second.output
    assert drift(second)["since"] == first.run["run"]


def test_a_new_failure_fails_the_run_and_says_why(audits: Audits) -> None:
    audits(*ASKED, BUCKETS)
    (audits.estate / "waivers.yaml").write_text("waivers: []\n")
    second = audits(*ASKED, BUCKETS, "--since=latest", "--fail-on=new")
    new = [each for each in drift(second)["changes"] if each["change"] == "new failure"]

    assert second.code == 1
    assert [(each["resource"], each["why"]) for each in new] == [
        ("arn:aws:s3:::acme-demo-website", ["the waiver W-1 was removed"])
    ]
    assert "--fail-on=new: the run fails: something is new" in second.output


def test_what_became_unreadable_fails_the_run_and_makes_nothing_gone(audits: Audits) -> None:
    audits(*ASKED, "--control=rds-*")
    accounts = audits.estate / "accounts.yaml"
    before = accounts.read_text()
    accounts.write_text(before.replace("endpoint_url: http://127.0.0.1:", "endpoint_url: http://127.0.0.1:9 # ", 1))
    second = audits(*ASKED, "--control=rds-*", "--since=latest", "--fail-on=new")
    counts = drift(second)["counts"]

    assert second.code == 1
    assert counts["newly unreadable"] > 0
    assert counts["resource gone"] == 0


def test_a_problem_of_the_run_fails_it_though_nothing_is_new(audits: Audits) -> None:
    waivers = audits.estate / "waivers.yaml"
    waivers.write_text(waivers.read_text().replace("acme-demo-website", "acme-demo-nowhere"))
    first = audits(*ASKED, BUCKETS)
    second = audits(*ASKED, BUCKETS, "--since=latest", "--fail-on=new")

    assert (first.code, second.code) == (1, 1)
    assert not any(drift(second)["counts"][name] for name in ("new failure", "newly unreadable"))


def test_two_workers_compare_as_one_process_does(audits: Audits) -> None:
    audits(*ASKED, "--control=rds-*")
    second = audits(*ASKED, "--control=rds-*", "--since=latest", "--fail-on=new", "-n", "2")

    assert second.code == 0, second.output
    assert drift(second)["counts"]["still failing"] > 0


def test_drift_is_in_the_manifest(audits: Audits) -> None:
    audits(*ASKED, "--control=rds-*")
    second = audits(*ASKED, "--control=rds-*", "--since=latest")

    assert second.folder is not None
    assert "drift.json" in json.loads((second.folder / "manifest.json").read_text())["files"]


def spoil(run: Path, how: str) -> None:
    if how == "unfinished":
        return
    write_manifest(RunFolder(run))
    if how == "no folder":
        (run / "run.json").unlink()
    elif how == "damaged":
        (run / "manifest.json").write_text("{")
    elif how == "changed":
        with (run / "verdicts.jsonl").open("a") as rows:
            rows.write("\n")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("no folder", "there is no run.json in it"),
        ("unfinished", "did not come to its end"),
        ("damaged", "is damaged"),
        ("changed", "verdicts.jsonl is not what it was"),
    ],
)
def test_a_run_that_cannot_be_read_whole_is_a_wrong_option(audits: Audits, tmp_path: Path, how: str, said: str) -> None:
    run = make_run(tmp_path / "old", Size(2, 1, 1))
    spoil(run, how)
    outcome = audits(*ASKED, "--control=rds-*", f"--since={run}")

    assert outcome.code == 4
    assert said in outcome.output
    assert outcome.folder is None


@pytest.mark.parametrize(
    ("option", "said"),
    [("--since=latest", "leave --since out of a first run"), ("--fail-on=new", "new since when?")],
)
def test_without_an_earlier_run_there_is_nothing_to_compare_with(audits: Audits, option: str, said: str) -> None:
    outcome = audits(*ASKED, "--control=rds-*", option)

    assert outcome.code == 4
    assert said in outcome.output
