"""Access Analyzer: which analyzers see access from outside, and when the security account's are enough."""

from __future__ import annotations

from typing import Any

import pytest

from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

ACCOUNT, SECURITY, REGION = "123456789012", "111122223333", "eu-west-1"


def analyzers(stage: Stage, *types: str, status: str = "ACTIVE") -> None:
    prefix = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/"
    found = [
        {"arn": f"{prefix}{type_.lower()}", "name": type_.lower(), "type": type_, "status": status} for type_ in types
    ]
    stage.answer("accessanalyzer.ListAnalyzers", {"analyzers": found})


def verdict(stage: Stage, **facts: Any) -> Finding:
    (only,) = stage.judge(["access-analyzer-external"], regions=[REGION], facts=facts)
    return only


@pytest.mark.parametrize(
    ("types", "status"),
    [
        pytest.param(["ACCOUNT"], "pass", id="of the account"),
        pytest.param(["ORGANIZATION"], "pass", id="of the organization"),
        pytest.param(["ACCOUNT_UNUSED_ACCESS", "ACCOUNT"], "pass", id="among others"),
        pytest.param(["ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS"], "fail", id="of unused access"),
        pytest.param(["ACCOUNT_INTERNAL_ACCESS", "ORGANIZATION_INTERNAL_ACCESS"], "fail", id="of inner access"),
        pytest.param([], "fail", id="none"),
    ],
)
def test_an_analyzer_of_outside_access_is_needed(stage: Stage, types: list[str], status: str) -> None:
    analyzers(stage, *types)
    found = verdict(stage)
    assert (found.status, found.region) == (status, REGION)


@pytest.mark.parametrize("state", ["CREATING", "DISABLED", "FAILED"])
def test_an_analyzer_that_is_not_active_sees_nothing(stage: Stage, state: str) -> None:
    analyzers(stage, "ACCOUNT", status=state)
    assert verdict(stage).status == "fail"


def test_without_one_the_security_account_is_to_have_the_organizations(stage: Stage) -> None:
    analyzers(stage)
    found = verdict(stage, security_account_id=SECURITY)
    assert (found.status, found.judged_in) == ("not_applicable", SECURITY)


def test_with_one_of_its_own_an_account_leans_on_nobody(stage: Stage) -> None:
    analyzers(stage, "ACCOUNT")
    assert verdict(stage, security_account_id=SECURITY).status == "pass"


@pytest.mark.parametrize(
    ("kind", "state", "status"),
    [
        pytest.param("ORGANIZATION", "ACTIVE", "pass", id="sees the organization"),
        pytest.param("ORGANIZATION", "DISABLED", "fail", id="sees nothing"),
        pytest.param("ACCOUNT", "ACTIVE", "fail", id="sees itself only"),
    ],
)
def test_the_security_account_has_to_look_for_all(stage: Stage, kind: str, state: str, status: str) -> None:
    analyzers(stage, kind, status=state)
    assert verdict(stage, security_account_id=ACCOUNT).status == status


def test_what_may_not_be_read_is_an_error(stage: Stage) -> None:
    stage.refuse("accessanalyzer.ListAnalyzers")
    assert verdict(stage, security_account_id=SECURITY).status == "error"
