"""The whole way from a denied or unanswered request to the exit code, through boto3 and pytest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.runs.audits import Audits
from tests.runs.gate import Gate, gated

TLS = "--control=s3-bucket-tls-only"


@pytest.fixture
def gate(audits: Audits, sandbox: dict[str, Any]) -> Iterator[type[Gate]]:
    with gated(audits, sandbox) as gate:
        yield gate


def test_an_open_gate_changes_nothing(audits: Audits, gate: type[Gate]) -> None:
    outcome = audits(TLS, "--account=demo")

    assert {row.status for row in outcome.rows} == {"pass", "fail"}


def test_a_denied_detail_is_an_error_of_its_resource(audits: Audits, gate: type[Gate]) -> None:
    open_gate = audits(TLS, "--account=demo").statuses
    gate.refused = "/acme-demo-website?policy"
    outcome = audits(TLS, "--account=demo")
    changed = {key: status for key, status in outcome.statuses.items() if status != open_gate[key]}

    assert outcome.code == 1
    assert [(resource, status) for (_, _, resource, _), status in changed.items()] == [
        ("arn:aws:s3:::acme-demo-website", "error")
    ]
    assert "s3:get_bucket_policy in eu-west-1: AccessDenied: Access Denied" in outcome.output


def test_a_denied_list_is_an_error_of_the_account(audits: Audits, gate: type[Gate]) -> None:
    gate.refused = "/?max-buckets"
    outcome = audits(TLS, "--account=demo")

    assert outcome.code == 1
    assert [(row.resource, row.status) for row in outcome.rows] == [("arn:aws:iam::444455556666:root", "error")]


def test_an_answer_that_is_no_answer_is_an_error(audits: Audits, gate: type[Gate]) -> None:
    gate.refused, gate.status, gate.body = "?policy", 200, b"<html>proxy login</html>"
    outcome = audits(TLS, "--account=demo")

    assert outcome.code == 1
    assert {row.status for row in outcome.rows} == {"error"}


def test_errors_alone_fail_a_clean_company(model_audits: Audits, sandbox: dict[str, Any]) -> None:
    outcome = model_audits("--control=gh-members-mfa", "--account=model-github", environment={"MUSTER_TEST_TOKEN": "x"})

    assert outcome.code == 0, outcome.output
    accounts = model_audits.estate / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace("github: acme-model", "github: nobody"))
    outcome = model_audits("--control=gh-members-mfa", "--account=model-github")
    assert outcome.code == 1
    assert {row.status for row in outcome.rows} == {"error"}
