"""The role that audits enter, as a CloudFormation template: in one account, or in each of an organization."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import yaml

from muster.suites import shipped_suite

_FRAME = "fixtures/audit-role.yaml"


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
