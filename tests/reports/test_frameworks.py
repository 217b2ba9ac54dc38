"""What a requirement comes to in each account, and the table of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from muster.verdict import Status
from reports.frameworks import RequirementState, crossings, framework_states
from reports.run import ReportedRun
from tests.reports.formats.readers import csv_rows
from tests.reports.formats.samples import account, made, row, run_of

BUCKETS, KEYS, STATED = "s3-bucket-encrypted", "gh-branch-reviews", "attest-access-review"
PROD, STAGE, HUB, ESTATE = (
    account("prod", "aws", "111122223333"),
    account("stage", "aws", "444455556666"),
    account("hub", "github", "acme"),
    account("estate", "estate", "estate"),
)


def reported(folder: Path, rows: list[Any], requirement: dict[str, Any], **record: Any) -> ReportedRun:
    """A run of a control of buckets and one of branches, in two accounts, a code host and the estate."""
    controls = run_of(folder / "of").record["controls"]
    known = {BUCKETS: controls[BUCKETS], KEYS: {**controls[BUCKETS], "kind": "github"}}
    known[STATED] = {**controls[BUCKETS], "kind": "estate"}
    frameworks = {"rules": {"title": "Rules", "requirements": {"1.1": {"title": "Data is kept", **requirement}}}}
    accounts = [PROD, STAGE, HUB, ESTATE]
    return run_of(folder, rows, accounts=accounts, controls=known, frameworks=frameworks, **record)


@pytest.mark.parametrize(
    ("requirement", "statuses", "states"),
    [
        pytest.param(
            {"controls": [BUCKETS]},
            {(BUCKETS, "prod"): ["pass"], (BUCKETS, "stage"): ["fail"]},
            {"prod": "satisfied", "stage": "not satisfied"},
            id="each account by itself",
        ),
        pytest.param(
            {"controls": [BUCKETS, KEYS]},
            {(BUCKETS, "prod"): ["pass"], (BUCKETS, "stage"): ["pass"], (KEYS, "hub"): ["error"]},
            {"prod": "satisfied", "stage": "satisfied", "hub": "unreadable"},
            id="a control of another kind is missing nowhere",
        ),
        pytest.param(
            {"controls": [BUCKETS], "not_judged": "paper"},
            {(BUCKETS, "prod"): ["pass"], (BUCKETS, "stage"): ["waived"]},
            {"prod": "holds in part", "stage": "waived"},
            id="what is left to people is satisfied nowhere",
        ),
        pytest.param(
            {"controls": [BUCKETS, STATED], "judged": "part"},
            {(BUCKETS, "prod"): ["pass"], (BUCKETS, "stage"): ["pass"], (STATED, "estate"): ["pass"]},
            {"prod": "holds in part", "stage": "holds in part", "estate": "not covered"},
            id="what people state is judged by nobody, also where no words say what it is",
        ),
        pytest.param(
            {"controls": [BUCKETS, "s3-bucket-new"]},
            {(BUCKETS, "prod"): ["pass"], (BUCKETS, "stage"): ["pass"]},
            {"prod": "not covered", "stage": "not covered"},
            id="a control that the run did not select is missing",
        ),
        pytest.param(
            {"controls": [BUCKETS]},
            {(BUCKETS, "prod"): ["pass"]},
            {"prod": "satisfied", "stage": "not covered"},
            id="an account without a verdict",
        ),
        pytest.param(
            {"controls": [STATED]},
            {(STATED, "estate"): ["fail"]},
            {"estate": "not satisfied"},
            id="people's word alone",
        ),
        pytest.param({"controls": []}, {}, {}, id="no control"),
    ],
)
def test_what_a_requirement_comes_to_in_each_account(
    tmp_path: Path,
    requirement: dict[str, Any],
    statuses: dict[tuple[str, str], list[Status]],
    states: dict[str, RequirementState],
) -> None:
    run = reported(tmp_path, [], requirement)

    assert {each.account: each.state for each in crossings(run, requirement, statuses)} == states


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        pytest.param({(BUCKETS, "prod"): ["pass"], (BUCKETS, "stage"): ["pass"]}, "satisfied", id="all accounts pass"),
        pytest.param({(BUCKETS, "prod"): ["pass"]}, "not covered", id="one was not asked"),
        pytest.param({(BUCKETS, "prod"): ["waived"]}, "not covered", id="one was not asked, and the other is waived"),
        pytest.param({(BUCKETS, "prod"): ["fail"]}, "not satisfied", id="one was not asked, and the other fails"),
        pytest.param({(BUCKETS, "prod"): ["error"]}, "unreadable", id="one was not asked, the other cannot be read"),
    ],
)
def test_a_requirement_is_satisfied_only_where_every_account_was_asked(
    tmp_path: Path, statuses: dict[tuple[str, str], list[Status]], state: RequirementState
) -> None:
    (framework,) = framework_states(reported(tmp_path, [], {"controls": [BUCKETS]}), statuses)

    assert [each["state"] for each in framework["requirements"]] == [state]


def test_the_table_names_what_is_behind_a_state(tmp_path: Path) -> None:
    rows = [
        row("fail", "arn:aws:s3:::data", account="prod"),
        row("waived", "arn:aws:s3:::old", account="prod"),
        row("not_applicable", "arn:aws:s3:::www", account="prod", scope="shop-window"),
        row("pass", account="stage"),
        row("pass", "estate", account="estate", control=STATED),
    ]
    stated = {"control": STATED, "statement": "Access is reviewed.", "owner": "ada", "date": "2026-11-02"}
    attestations = [{**run_of(tmp_path / "with").record["attestations"][0], **stated}]
    said = {"judged": "part", "confidence": "joined", "not_judged": "paper", "controls": [BUCKETS, STATED]}
    prod, stage, estate = csv_rows(
        made(reported(tmp_path, rows, said, attestations=attestations), "crosswalk", tmp_path / "out")
    )

    assert (prod["framework"], prod["requirement"], prod["judged"], prod["confidence"]) == (
        "rules",
        "1.1",
        "part",
        "joined",
    )
    assert (prod["account_id"], prod["state"], prod["control"]) == ("111122223333", "not satisfied", BUCKETS)
    assert (prod["fail"], prod["waived"], prod["waivers"], prod["resources"]) == ("1", "1", "W-1", "arn:aws:s3:::data")
    assert prod["out_of_scope"] == "1"
    assert (stage["state"], stage["resources"]) == ("holds in part", "")
    assert estate["attestation"] == "ada, 2026-11-02, for 365 days: Access is reviewed."


def test_a_cell_names_some_resources_and_counts_the_others(tmp_path: Path) -> None:
    rows = [row("fail", f"arn:aws:s3:::data-{number:02}", account="prod") for number in range(12)]
    prod, _ = csv_rows(made(reported(tmp_path, rows, {"controls": [BUCKETS]}), "crosswalk", tmp_path / "out"))

    assert prod["resources"].splitlines()[-2:] == ["arn:aws:s3:::data-09", "and 2 more"]


def test_what_stands_for_no_requirement_has_a_line_and_a_requirement_without_a_control_too(tmp_path: Path) -> None:
    run = reported(tmp_path, [row("fail", account="prod")], {"controls": []})
    of_the_rule, of_none = csv_rows(made(run, "crosswalk", tmp_path / "out"))

    assert (of_the_rule["requirement"], of_the_rule["account"], of_the_rule["state"]) == ("1.1", "", "not covered")
    assert (of_none["requirement"], of_none["control"], of_none["fail"]) == ("", BUCKETS, "1")
