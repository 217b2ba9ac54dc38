"""deploy/audit-role.yaml and .tf make the role with its policies, and lets in one account that says the external id."""

from __future__ import annotations

import json
from typing import Any

import cfnlint
import hcl2
import pytest
import yaml

from muster.permissions.actions import GrantedAction
from muster.permissions.documents import policy_documents
from muster.permissions.role import role_module, role_template
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


def module() -> dict[str, Any]:
    """The Terraform module, which tests/honesty/test_permissions.py writes."""
    return read_module((ROOT / "deploy" / "audit-role.tf").read_text())


def read_module(text: str) -> dict[str, Any]:
    found: dict[str, Any] = hcl2.loads(text)
    return found


def of_kind(read: dict[str, Any], kind: str) -> dict[str, Any]:
    """The resources of a kind, by name; names and texts are read with the quotes that they have."""
    found = [(bare(each), body) for block in read["resource"] for each, body in block.items()]
    return {bare(name): body for each, bodies in found if each == kind for name, body in bodies.items()}


def bare(text: str) -> str:
    return text.strip('"')


def policy_of(resource: dict[str, Any]) -> Any:
    """The document in a heredoc."""
    text = resource["policy"].strip('"').replace("\\n", "\n")
    return json.loads(text.removeprefix("<<EOT\n").removesuffix("EOT").strip())


def test_the_module_of_terraform_has_the_policies_of_the_template() -> None:
    template = [each["PolicyDocument"] for each in of_type(made(), "ManagedPolicy").values()]
    policies = of_kind(module(), "aws_iam_policy")
    attached = of_kind(module(), "aws_iam_role_policy_attachment")

    assert [policy_of(each) for each in policies.values()] == template
    assert [each["policy_arn"] for each in attached.values()] == [
        f"${{aws_iam_policy.{name}.arn}}" for name in policies
    ]
    assert {each["role"] for each in attached.values()} == {"${aws_iam_role.audit.name}"}


def test_nobody_enters_the_role_of_terraform_without_the_external_id() -> None:
    read = module()
    ((kind, documents),) = [each for block in read["data"] for each in block.items() if "policy_document" in each[0]]
    (statement,) = documents[next(iter(documents))]["statement"]
    variables = {bare(name): body for block in read["variable"] for name, body in block.items()}

    assert bare(kind) == "aws_iam_policy_document"
    assert [each["values"] for each in statement["condition"]] == [["${var.external_id}"]]
    assert "default" not in variables["external_id"]
    assert "default" not in variables["auditing_account"]


def test_what_is_a_template_to_terraform_is_none_in_a_policy() -> None:
    text = role_module([{"Version": "2012-10-17", "Statement": [{"Resource": "arn:aws:iam::*:user/${aws:username}"}]}])

    assert "user/$${aws:username}" in text
