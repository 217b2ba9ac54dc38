"""deploy/audit-role.yaml makes the role with its policies, and lets in one account that says the external id."""

from __future__ import annotations

from typing import Any

import cfnlint
import pytest
import yaml

from muster.permissions.actions import GrantedAction
from muster.permissions.documents import policy_documents
from muster.permissions.role import role_template
from tests.conftest import ROOT

GRANTS = [GrantedAction(f"{service}:Get{number:064}") for service in ("acm", "sns") for number in range(70)]


def made() -> str:
    """The file, which tests/honesty/test_permissions.py writes."""
    return (ROOT / "deploy" / "audit-role.yaml").read_text()


def resources(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["Resources"]
    return found


def of_type(text: str, kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in resources(text).items() if each["Type"] == f"AWS::IAM::{kind}"}


def faults(text: str) -> list[str]:
    return [str(match) for match in cfnlint.lint(text, regions=["us-east-1"])]


def test_the_lint_of_cloudformation_finds_nothing() -> None:
    assert faults(made()) == []


def test_the_lint_of_cloudformation_would_find_a_fault() -> None:
    assert faults(made().replace("ManagedPolicyArns", "ManagedPolicies")) != []


def test_each_of_several_policies_is_attached() -> None:
    documents = policy_documents(GRANTS)
    text = role_template(documents)
    (role,) = of_type(text, "Role").values()

    assert [each["PolicyDocument"] for each in of_type(text, "ManagedPolicy").values()] == documents
    assert role["ManagedPolicyArns"] == [{"Ref": "Policy1"}, {"Ref": "Policy2"}]


def test_nobody_enters_without_the_external_id() -> None:
    (role,) = of_type(made(), "Role").values()
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    assert statement["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AuditingAccount}:root"}}


@pytest.mark.parametrize("name", ["AuditingAccount", "ExternalId"])
def test_who_may_enter_has_no_default(name: str) -> None:
    assert "Default" not in yaml.safe_load(made())["Parameters"][name]
