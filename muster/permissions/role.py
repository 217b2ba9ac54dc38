"""The role that audits enter, for CloudFormation (in one account, or in each of an organization) and for Terraform."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import yaml

from muster.suites import shipped_suite

_FRAME = "fixtures/audit-role.yaml"
_TERRAFORM_FRAME = "fixtures/audit-role.tf"


def role_template(documents: Sequence[dict[str, Any]]) -> str:
    """The template, as YAML, of a role that may do what these policies allow.

    Who may enter it stands in the frame, `fixtures/audit-role.yaml`.
    """
    frame = (shipped_suite() / _FRAME).read_text(encoding="utf-8")
    head = takewhile(lambda line: line.startswith("#"), frame.splitlines(keepends=True))
    template = yaml.safe_load(frame)
    policies = {
        f"Policy{number}": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
        for number, document in enumerate(documents, start=1)
    }
    template["Resources"]["Role"]["Properties"]["ManagedPolicyArns"] = [{"Ref": name} for name in policies]
    template["Resources"] |= policies
    return "".join(head) + yaml.safe_dump(template, sort_keys=False, width=120)


def role_module(documents: Sequence[dict[str, Any]]) -> str:
    """The same as a Terraform module; its frame is `fixtures/audit-role.tf`."""
    frame = (shipped_suite() / _TERRAFORM_FRAME).read_text(encoding="utf-8")
    return frame + "".join(_policy_resources(number, document) for number, document in enumerate(documents, start=1))


def _policy_resources(number: int, document: dict[str, Any]) -> str:
    """A policy and its attachment. JSON in a heredoc is taken as it stands, but for templates, of which it has none.

    https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
    """
    text = json.dumps(document, indent=2).replace("${", "$${").replace("%{", "%%{")
    return f"""
resource "aws_iam_policy" "audit_{number}" {{
  name_prefix = "${{var.role_name}}-{number}-"
  policy      = <<EOT
{text}
EOT
}}

resource "aws_iam_role_policy_attachment" "audit_{number}" {{
  role       = aws_iam_role.audit.name
  policy_arn = aws_iam_policy.audit_{number}.arn
}}
"""
