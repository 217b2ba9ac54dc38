"""Access Analyzer: which analyzers see access from outside, and when the security account's are enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from muster import Verdict
from muster.api import judge
from muster.reading.sessions.clients import new_session
from tests.nouns.answers import answer, refuse

ACCOUNT, SECURITY, REGION = "123456789012", "111122223333", "eu-west-1"


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with mock_aws():
        yield new_session()


def analyzers(session: boto3.Session, *types: str, status: str = "ACTIVE") -> None:
    found = [{"name": type_.lower(), "type": type_, "status": status} for type_ in types]
    answer(session, "accessanalyzer.ListAnalyzers", {"analyzers": found})


def verdict(session: boto3.Session, **facts: Any) -> Verdict:
    (only,) = judge(session, ["access-analyzer-external"], regions=[REGION], facts=facts, threads=1)
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
def test_an_analyzer_of_outside_access_is_needed(session: boto3.Session, types: list[str], status: str) -> None:
    analyzers(session, *types)
    found = verdict(session)
    assert (found.status, found.region) == (status, REGION)


@pytest.mark.parametrize("state", ["CREATING", "DISABLED", "FAILED"])
def test_an_analyzer_that_is_not_active_sees_nothing(session: boto3.Session, state: str) -> None:
    analyzers(session, "ACCOUNT", status=state)
    assert verdict(session).status == "fail"


def test_without_one_the_security_account_is_to_have_the_organizations(session: boto3.Session) -> None:
    analyzers(session)
    found = verdict(session, security_account_id=SECURITY)
    assert (found.status, found.judged_in) == ("not_applicable", SECURITY)


def test_with_one_of_its_own_an_account_leans_on_nobody(session: boto3.Session) -> None:
    analyzers(session, "ACCOUNT")
    assert verdict(session, security_account_id=SECURITY).status == "pass"


@pytest.mark.parametrize(
    ("kind", "state", "status"),
    [
        pytest.param("ORGANIZATION", "ACTIVE", "pass", id="sees the organization"),
        pytest.param("ORGANIZATION", "DISABLED", "fail", id="sees nothing"),
        pytest.param("ACCOUNT", "ACTIVE", "fail", id="sees itself only"),
    ],
)
def test_the_security_account_has_to_look_for_all(session: boto3.Session, kind: str, state: str, status: str) -> None:
    analyzers(session, kind, status=state)
    assert verdict(session, security_account_id=ACCOUNT).status == status


def test_what_may_not_be_read_is_an_error(session: boto3.Session) -> None:
    refuse(session, "accessanalyzer.ListAnalyzers")
    assert verdict(session, security_account_id=SECURITY).status == "error"
