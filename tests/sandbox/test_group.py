"""The sandbox organization, read over HTTP through boto3: what a member sees of it, and what only the manager does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jmespath  # type: ignore[import-untyped]  # it has no stubs
import pytest

from fixtures.sandbox.seed import ACCOUNTS, with_siblings
from tests.sandbox.house import House, running

MANAGER, SECURITY = ACCOUNTS["group_management"].id, ACCOUNTS["group_security"].id
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{MANAGER}:trail/acme-group-trail"
BASELINE = {"StackSetName": "acme-baseline"}


@pytest.fixture(scope="module")
def group() -> Iterator[House]:
    """All accounts of the organization, although one alone is asked for."""
    with running(["-m", "fixtures.sandbox", "--services=organizations", "group_shop"]) as (house, _):
        yield house


@pytest.mark.parametrize(
    ("account", "call", "arguments", "path", "expected"),
    [
        pytest.param(
            "group_shop", "organizations.describe_organization", {}, "Organization.[Id, MasterAccountId]",
            ["o-acmegroup01", MANAGER], id="a member's organization",
        ),
        pytest.param(
            "group_shop", "cloudtrail.describe_trails", {}, "trailList[].[TrailARN, IsOrganizationTrail]",
            [[TRAIL, True]], id="the organization's trail in a member",
        ),
        pytest.param(
            "group_shop", "cloudtrail.list_trails", {}, "Trails[].TrailARN",
            [TRAIL], id="and in its list",
        ),
        pytest.param(
            "group_shop", "cloudtrail.get_trail_status", {"Name": TRAIL}, "IsLogging",
            True, id="and its status",
        ),
        pytest.param(
            "group_audit", "cloudtrail.describe_trails", {"includeShadowTrails": False}, "trailList",
            [], id="but it is not the member's",
        ),
        pytest.param(
            "group_management", "organizations.list_accounts", {}, "length(Accounts)",
            5, id="all accounts",
        ),
        pytest.param(
            "group_management", "organizations.list_accounts_for_parent", {"ParentId": "ou-acme-workload"},
            "Accounts[].Name", ["shop", "payments"], id="accounts of a unit",
        ),
        pytest.param(
            "group_management", "iam.list_organizations_features", {}, "EnabledFeatures",
            ["RootCredentialsManagement", "RootSessions"], id="central root access",
        ),
        pytest.param(
            "group_management", "cloudformation.describe_stack_set", BASELINE,
            "StackSet.[PermissionModel, AutoDeployment.Enabled, length(OrganizationalUnitIds)]",
            ["SERVICE_MANAGED", True, 3], id="a stack set",
        ),
        pytest.param(
            "group_management", "cloudformation.list_stack_instances", BASELINE, "Summaries[0].[Status, DriftStatus]",
            ["CURRENT", "NOT_CHECKED"], id="its instances",
        ),
    ],
)  # fmt: skip
def test_the_organization_is_seen(
    group: House, account: str, call: str, arguments: dict[str, Any], path: str, expected: object
) -> None:
    service, _, method = call.partition(".")
    answer = getattr(group.client(account, service, "eu-west-1"), method)(**arguments)
    assert jmespath.search(path, answer) == expected


@pytest.mark.parametrize(
    ("account", "administrator"),
    [
        pytest.param("group_shop", {"AccountId": SECURITY, "RelationshipStatus": "Enabled"}, id="a member"),
        pytest.param("group_security", None, id="the administrator"),
    ],
)
def test_a_member_has_an_administrator(group: House, account: str, administrator: dict[str, str] | None) -> None:
    guardduty = group.client(account, "guardduty", "eu-west-1")
    (detector,) = guardduty.list_detectors()["DetectorIds"]
    assert guardduty.get_administrator_account(DetectorId=detector).get("Administrator") == administrator


def test_accounts_of_an_organization_are_filled_together_and_others_alone() -> None:
    assert [account.name for account in with_siblings(["model", "group_shop"])] == [
        *("model", "group_audit", "group_management", "group_security", "group_shop", "group_payments"),
    ]
    assert [account.name for account in with_siblings(["empty"])] == ["empty"]
