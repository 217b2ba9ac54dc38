"""Organizations: which accounts are in use, how deep units nest, and when what a stack set made is stale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixtures.stack_sets import Deployment, StackInstance
from muster.judging.judgement import Finding
from tests.nouns.stage import ACCOUNT, Stage

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OTHER, UNIT, ROOT = "111122223333", "ou-exam-prod0001", "r-exam"
ROLE = {"management_account_id": ACCOUNT}


def organization(stage: Stage) -> None:
    described = {"Id": "o-exampleorgid", "FeatureSet": "ALL", "MasterAccountId": ACCOUNT}
    stage.answer("organizations.DescribeOrganization", {"Organization": described})
    stage.answer("organizations.ListRoots", {"Roots": [{"Id": ROOT, "PolicyTypes": []}]})


def verdict(stage: Stage, control: str, **facts: Any) -> Finding:
    (only,) = stage.judge([control], facts={**ROLE, **facts})
    return only


def member(account_id: str, **state: str) -> dict[str, str]:
    return {"Id": account_id, "Name": "shop", **state}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        pytest.param({"State": "ACTIVE", "Status": "ACTIVE"}, "fail", id="active"),
        pytest.param({"State": "ACTIVE"}, "fail", id="active, without Status"),
        pytest.param({"Status": "ACTIVE"}, "fail", id="active, before there was State"),
        pytest.param({"State": "PENDING_ACTIVATION"}, "pass", id="not yet"),
        pytest.param({"State": "SUSPENDED", "Status": "ACTIVE"}, "pass", id="State is what counts"),
        pytest.param({"State": "PENDING_CLOSURE"}, "pass", id="about to be closed"),
        pytest.param({"State": "CLOSED", "Status": "SUSPENDED"}, "pass", id="closed"),
        pytest.param({}, "error", id="neither is told"),
        pytest.param({"State": "ON_LEAVE"}, "error", id="a state of tomorrow"),
    ],
)
def test_an_account_in_use_must_be_audited(stage: Stage, state: dict[str, str], status: str) -> None:
    organization(stage)
    stage.answer("organizations.ListAccounts", {"Accounts": [member(ACCOUNT, State="CLOSED"), member(OTHER, **state)]})
    assert verdict(stage, "org-accounts-covered", accounts=[ACCOUNT]).status == status


@pytest.mark.parametrize("facts", [{"accounts": [OTHER]}, {"audited_elsewhere": [OTHER]}], ids=["here", "elsewhere"])
def test_an_account_may_be_audited_by_another_run(stage: Stage, facts: dict[str, list[str]]) -> None:
    organization(stage)
    stage.answer(
        "organizations.ListAccounts",
        {"Accounts": [member(ACCOUNT, State="CLOSED"), member(OTHER, State="ACTIVE")]},
    )
    assert verdict(stage, "org-accounts-covered", **facts).status == "pass"


def test_an_account_in_no_organization_has_none_to_judge(stage: Stage) -> None:
    stage.refuse("organizations.DescribeOrganization", "AWSOrganizationsNotInUseException")

    (found,) = stage.judge(["org-guardrails-attached"], facts=ROLE)
    assert (found.status, found.reason) == ("not_applicable", "the account is in no organization")
    assert verdict(stage, "org-member").status == "fail"


def test_units_that_never_end_are_no_units(stage: Stage) -> None:
    organization(stage)
    stage.answer("organizations.ListAccountsForParent", {"Accounts": []})
    stage.answer("organizations.ListOrganizationalUnitsForParent", {"OrganizationalUnits": [{"Id": UNIT}]})

    found = verdict(stage, "org-accounts-in-units")
    assert (found.status, "nested deeper than 5" in found.reason) == ("error", True)


def test_elsewhere_nothing_but_the_role_is_looked_at(stage: Stage) -> None:
    (found,) = stage.judge(["org-scp-protects-audit"], facts={"management_account_id": OTHER})
    assert (found.status, found.judged_in, stage.asked) == ("not_applicable", OTHER, [])


@pytest.mark.parametrize(
    ("checked", "flaw"),
    [
        pytest.param(timedelta(days=7, seconds=-1), None, id="within"),
        pytest.param(timedelta(days=7), None, id="on the day"),
        pytest.param(timedelta(days=7, seconds=1), "last checked for drift on 2026-11-16", id="after"),
        pytest.param(None, "never checked for drift", id="never"),
    ],
)
def test_drift_is_looked_for_often_enough(checked: timedelta | None, flaw: str | None) -> None:
    at = None if checked is None else NOW - checked
    age_of = NOW.__sub__
    instance = StackInstance(OTHER, "eu-west-1", "CURRENT", "SUCCEEDED", "IN_SYNC", at)

    assert instance.flaw(age_of, 7) == flaw
    assert instance.flaw(age_of, None) is None


@pytest.mark.parametrize(
    ("units", "required", "gap"),
    [
        pytest.param((ROOT,), (), None, id="the root is everybody"),
        pytest.param((UNIT,), (UNIT,), None, id="the unit that is required"),
        pytest.param(
            (UNIT,), (), "is not deployed to the root, only to ou-exam-prod0001", id="a unit that nobody requires"
        ),
        pytest.param((), (UNIT,), "is not deployed to ou-exam-prod0001, only to nothing", id="nothing"),
    ],
)
def test_a_baseline_reaches_the_root_or_every_required_unit(
    units: tuple[str, ...], required: tuple[str, ...], gap: str | None
) -> None:
    assert Deployment("ACTIVE", "SERVICE_MANAGED", is_automatic=True, units=units).gap(required) == gap


def test_no_declared_stack_set_is_no_baseline(stage: Stage) -> None:
    organization(stage)
    for control in ("org-stack-sets-deployed", "org-stack-instances-current"):
        found = verdict(stage, control)
        assert (found.status, "facts.yaml names no stack set" in found.reason) == ("fail", True)
