"""`muster policy` prints what a selection needs: the actions of its controls, and what entering an account takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from muster.__main__ import main
from muster.errors import UsageError
from muster.permissions.actions import GrantedAction, action_of, grants_of_role
from muster.permissions.facts import ActionByPath, PermissionFacts, permission_facts
from muster.suites import Suites
from tests.conftest import ROOT

FACTS = permission_facts(Suites(ROOT))


def grants(*operations: str) -> list[GrantedAction]:
    return grants_of_role(operations, FACTS)


def actions_of(text: str) -> list[str]:
    return [action for statement in json.loads(text)["Statement"] for action in statement["Action"]]


def test_a_control_needs_the_actions_of_its_questions_and_the_regions(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["policy", "--control=iam-root-mfa"])

    assert code == 0
    asked = ["ec2:DescribeRegions", "iam:GetAccountSummary", "iam:ListVirtualMFADevices"]
    assert actions_of(capsys.readouterr().out) == asked


def test_a_profile_and_a_control_narrow_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    main(["policy", "--profile=baseline", "--control=iam-root-mfa"])

    assert "iam:GetAccountSummary" in actions_of(capsys.readouterr().out)


def test_policies_are_written_a_file_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["policy", "--control=iam-root-mfa", f"--output={tmp_path / 'iam'}"])

    (written,) = (tmp_path / "iam").iterdir()
    assert capsys.readouterr().out == f"{written}\n"
    assert "iam:GetAccountSummary" in actions_of(written.read_text())


def test_the_role_of_a_selection_is_a_template(capsys: pytest.CaptureFixture[str]) -> None:
    main(["policy", "--control=iam-root-mfa", "--cloudformation"])

    resources = yaml.safe_load(capsys.readouterr().out)["Resources"]
    assert list(resources) == ["Role", "Policy1"]
    assert "iam:GetAccountSummary" in actions_of(json.dumps(resources["Policy1"]["Properties"]["PolicyDocument"]))


def test_a_policy_of_an_earlier_selection_is_not_left_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "audit-role-policy-2.json").write_text("{}")

    assert main(["policy", "--control=iam-root-mfa", f"--output={tmp_path}"]) == 2
    assert "audit-role-policy-2.json: of an earlier selection" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["audit-role-policy-2.json"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--profile=basline"], 'no profile "basline"', id="a profile that is not there"),
        pytest.param(["--control=iam-rot-mfa"], "no such control", id="a control that is not there"),
        pytest.param(["--profile="], "--profile=: empty", id="an unset variable"),
        pytest.param(["--control=gh-*"], "ask nothing of AWS", id="controls of GitHub alone"),
    ],
)
def test_what_cannot_be_selected_is_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["policy", *arguments])
    printed = capsys.readouterr()

    assert (code, printed.out) == (2, "")
    assert said in printed.err


def test_who_is_entered_needs_no_permission_to_be() -> None:
    assert grants("sts:get_caller_identity", "sts:assume_role") == [GrantedAction("ec2:DescribeRegions")]


def test_what_is_asked_of_others_is_no_matter_of_iam() -> None:
    assert grants("github:get_repos", "estate:get_facts") == [GrantedAction("ec2:DescribeRegions")]


def test_a_second_action_that_an_operation_takes_is_granted() -> None:
    assert GrantedAction("cloudformation:ListStacks") in grants("cloudformation:describe_stacks")


def test_of_api_gateway_the_paths_that_are_read_are_granted_and_no_others() -> None:
    asked = grants("apigateway:get_resources", "apigatewayv2:get_routes")

    assert [grant.resource for grant in asked if grant.action == "apigateway:GET"] == [
        "arn:aws:apigateway:*::/apis/*/routes",
        "arn:aws:apigateway:*::/restapis/*/resources",
        "arn:aws:apigateway:*::/restapis/*/resources/*",
    ]


@pytest.mark.parametrize("operation", ["nosuch:list_things", "s3:list_nothing"])
def test_an_operation_that_the_client_library_does_not_know_is_no_permission(operation: str) -> None:
    with pytest.raises(UsageError, match=operation):
        action_of(operation, FACTS)


def test_an_organization_adds_exceptions_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "permissions.yaml").write_text("actions: {dax:describe_clusters: dax:Other}\n")
    facts = permission_facts(Suites(ROOT, tmp_path))

    assert action_of("dax:describe_clusters", facts) == "dax:Other"
    assert action_of("s3:list_buckets", facts) == "s3:ListAllMyBuckets"
    assert isinstance(facts.by_path["apigateway"], ActionByPath)
    assert PermissionFacts().actions == {}


def test_a_severity_narrows_as_in_an_audit(capsys: pytest.CaptureFixture[str]) -> None:
    main(["policy", "--control=iam-root-mfa", "--control=s3-bucket-versioned", "--severity=critical"])

    assert actions_of(capsys.readouterr().out) == [
        "ec2:DescribeRegions",
        "iam:GetAccountSummary",
        "iam:ListVirtualMFADevices",
    ]


def test_what_discovery_takes_is_added_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["policy", "--control=iam-root-mfa", "--discover"])

    asked = [action for action in actions_of(capsys.readouterr().out) if action.startswith("organizations:")]
    assert asked == [
        "organizations:DescribeOrganization",
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListRoots",
        "organizations:ListTagsForResource",
    ]
