"""Pytest's own ways of choosing and looking keep working, and the catalogue can be read without a call."""

from __future__ import annotations

import itertools
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from muster.judging.control import Control
from tests.runs.audits import Audits, Outcome

TODAY = datetime.now(UTC).date()
WAIVER_OF_ALL_KEYS = f"""waivers:
  - {{id: W-2, control: kms-key-rotated, account: demo, resource: "arn:aws:kms:*", reason: keys are waived in this test,
     owner: web-team, approver: security-lead, ticket: SEC-2, granted: {TODAY}, expires: {TODAY + timedelta(days=90)}}}
"""


def judged(outcome: Outcome) -> set[str]:
    return {row.control for row in outcome.rows}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--control=iam-root-mfa"], {"iam-root-mfa"}),
        (["--control=iam-root-*", "--severity=critical"], {"iam-root-mfa", "iam-root-no-access-keys"}),
        (
            ["-k", "iam_root and not unused and not signing and not hardware and not absent"],
            {"iam-root-mfa", "iam-root-no-access-keys"},
        ),
        (["-k", "rds-instance-encrypted"], {"rds-instance-encrypted"}),
        (["-m", "critical and database"], {"rds-instance-not-public"}),
        (["controls/encryption/keys.py"], {"kms-key-rotated", "kms-key-not-public", "kms-key-not-pending-deletion"}),
        (["controls/database/instances.py::test_rds_instance_encrypted"], {"rds-instance-encrypted"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_controls_are_chosen_as_in_any_suite(audits: Audits, arguments: list[str], expected: set[str]) -> None:
    assert judged(audits(*arguments, "--account=demo")) == expected


def test_a_framework_is_a_profile_and_lists_what_it_lacks(catalogue_audits: Audits) -> None:
    outcome = catalogue_audits("--profile=hipaa", "--account=demo", "--control=iam-root-mfa")

    assert judged(outcome) == {"iam-root-mfa"}
    assert "requirements have no control yet" in outcome.output
    assert outcome.run["uncovered"]["hipaa"]


def test_what_failed_last_can_be_judged_again(audits: Audits) -> None:
    chosen = ("--control=iam-root-mfa,kms-key-rotated", "--account=demo")
    (audits.estate / "waivers.yaml").write_text(WAIVER_OF_ALL_KEYS)
    first = audits(*chosen)
    again = audits(*chosen, "--lf")

    assert judged(first) == {"iam-root-mfa", "kms-key-rotated"}
    assert judged(again) == {"iam-root-mfa"}


def test_a_control_can_be_debugged_where_it_failed(audits: Audits) -> None:
    outcome = audits("--pdb", "--control=iam-root-mfa", "--account=demo", text="p root_user.arn\nq\n")

    assert "arn:aws:iam::444455556666:root" in outcome.output
    assert "> " in outcome.output
    assert "test_iam_root_mfa" in outcome.output


@pytest.mark.parametrize(
    ("arguments", "listed"),
    [
        pytest.param(
            ["--severity=critical", "-k", "kms"],
            {"kms-key-not-pending-deletion", "kms-key-not-public"},
            id="by severity and keyword",
        ),
        pytest.param(
            ["--profile=baseline", "--control=iam-root-*", "-k", "mfa"],
            {"iam-root-mfa"},
            id="by profile, control and keyword",
        ),
    ],
)
def test_a_listing_is_narrowed_as_a_run_is(catalogue_audits: Audits, arguments: list[str], listed: set[str]) -> None:
    outcome = catalogue_audits("--list-controls", "--format=json", *arguments)

    assert {entry["id"] for entry in json.loads(outcome.output)} == listed


@pytest.mark.parametrize(
    "pointed",
    [
        "controls/storage/buckets.py::test_s3_bucket_versioned",
        "controls/storage/buckets.py::test_s3_bucket_versioned[demo]",
    ],
)
def test_an_id_that_was_copied_is_judged_whatever_its_profile(catalogue_audits: Audits, pointed: str) -> None:
    outcome = catalogue_audits(pointed)

    assert {(row.control, row.account) for row in outcome.rows} == {("s3-bucket-versioned", "demo")}
    assert [problem["kind"] for problem in outcome.run["problems"]] == []
    assert "1 control (1 of regulated), accounts demo" in outcome.output


def test_the_model_company_is_green(model_catalogue_audits: Audits) -> None:
    outcome = model_catalogue_audits("--profile=regulated", "--account=model")

    assert outcome.code == 0, outcome.output


def test_controls_are_listed_without_a_call(catalogue_audits: Audits, controls: dict[str, Control]) -> None:
    outcome = catalogue_audits("--list-controls", "--format=json")

    assert outcome.code == 0
    assert [entry["id"] for entry in json.loads(outcome.output)] == sorted(controls)
    assert outcome.folder is None


def test_a_control_is_explained_without_a_call(catalogue_audits: Audits) -> None:
    outcome = catalogue_audits("--explain=iam-user-key-age")

    assert outcome.code == 0
    assert "max_key_age_days = 90" in outcome.output
    assert "Why: " in outcome.output
    assert "Fix: " in outcome.output


def test_nouns_are_listed_as_fixtures(audits: Audits) -> None:
    outcome = audits("--fixtures", "controls")

    assert "An S3 bucket of the account." in outcome.output


def test_collecting_makes_no_run(audits: Audits) -> None:
    outcome = audits("--collect-only", "-q", "--account=demo")

    assert outcome.code == 0
    assert "test_iam_root_mfa[demo]" in outcome.output
    assert outcome.folder is None


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        pytest.param(
            ["--account=demo"], {"PYTEST_ADDOPTS": "tests/files"}, "--account asks for an audit", id="the environment"
        ),
        pytest.param(["--profile=baseline", "-o", "testpaths=profiles"], {}, "no controls in profiles", id="a setting"),
        pytest.param(
            ["--account=demo"], {"PYTEST_ADDOPTS": "--collect-only"}, "nobody typed it", id="a listing that is hidden"
        ),
        pytest.param(["--account=demo"], {"PYTEST_ADDOPTS": "--help"}, "nobody typed it", id="help that is hidden"),
        pytest.param(["--account=demo"], {"PYTEST_ADDOPTS": "--cache-show"}, "nobody typed it", id="a hidden cache"),
        pytest.param(["--account=demo"], {"PYTEST_ADDOPTS": "-VV"}, "nobody typed it", id="a version that is hidden"),
        pytest.param(
            ["--account=demo"], {"PYTEST_ADDOPTS": "-p no:muster-conductor"}, "a part of the audit", id="no conductor"
        ),
        pytest.param(["profiles", "--since=latest"], {}, "asks for an audit", id="a comparison of nothing"),
        pytest.param(["-n", "2", "--dist=each", "--account=demo"], {}, "--dist=each", id="every row twice"),
    ],
)
def test_nothing_else_passes_for_the_audit_that_was_asked_for(
    audits: Audits, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    outcome = audits(*arguments, environment=environment)

    assert outcome.code == 4
    assert said in outcome.output
    assert "INTERNALERROR" not in outcome.output
    assert outcome.folder is None


def test_what_the_environment_chooses_is_told(audits: Audits) -> None:
    outcome = audits("--profile=baseline", "--account=demo", environment={"PYTEST_ADDOPTS": "--severity=critical"})

    assert re.search(r"muster: \d+ controls \(\d+ more of baseline left out by --severity=critical\)", outcome.output)
    assert "muster: $PYTEST_ADDOPTS=--severity=critical" in outcome.output
    assert outcome.run["arguments"][:2] == ["PYTEST_ADDOPTS=--severity=critical", "pytest"]


def test_a_refused_audit_leaves_no_sandbox_that_speaks_later(audits: Audits) -> None:
    # The sandbox shares the error output; all that it writes before that is closed is in the outcome.
    outcome = audits("--account=demo", "--control=efs-encrypted", "--reports=/dev/null")

    assert outcome.code == 4
    assert "Traceback" not in outcome.output


def test_one_account_is_judged_to_its_end_before_the_next(audits: Audits) -> None:
    estate = audits.estate / "accounts.yaml"
    estate.write_text(f"{estate.read_text()}  other: {{id: '111122223333', endpoint_url: 'http://127.0.0.1:9'}}\n")
    outcome = audits("--collect-only", "-q", "--account=other,demo", "--profile=baseline")
    items = re.findall(r"::(\w+)\[(other|demo)\]$", outcome.output, re.MULTILINE)

    assert len(items) > 4, outcome.output
    assert [account for account, _ in itertools.groupby(account for _, account in items)] == ["demo", "other"]
