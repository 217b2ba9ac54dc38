"""The policies of the audit role are enough: an audit that may do just these is denied nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore import xform_name

import muster
from fixtures.grammar.policies import Policy
from fixtures.sandbox.seed import SEEDING_ROLE
from muster.permissions.actions import action_of
from muster.permissions.facts import permission_facts
from muster.reading.sessions.own_questions import OF_WHOEVER_ENTERS
from muster.suites import Suites
from tests.conftest import ROOT

FACTS = permission_facts(Suites(ROOT))
DENIED = {
    "Error": {"Code": "AccessDenied", "Message": "by the policies of the role"},
    "ResponseMetadata": {"HTTPStatusCode": 403},
}


@dataclass
class Enforced:
    """Refuses in a session what policies do not allow; notes what was asked and what was denied."""

    policies: list[Policy]
    asked: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)

    def __call__(self, model: Any, params: Any, **_: Any) -> Any:
        name = f"{model.service_model.service_name}:{xform_name(model.name)}"
        self.asked.add(name)
        if name in OF_WHOEVER_ENTERS or self._allows(action_of(name, FACTS), params["url_path"]):
            return None
        self.denied.add(name)
        return SimpleNamespace(status_code=403), DENIED

    def _allows(self, action: str, path: str) -> bool:
        """API Gateway's resources are the paths of what it is asked; all other grants are for everything."""
        resource = f"arn:aws:apigateway:eu-west-1::{path.removeprefix('/v2')}"
        return any(
            each.covers_action(action) and each.covers_resource(resource)
            for policy in self.policies
            for each in policy.statements
        )


def written(*, without: Iterable[str] = ()) -> list[Policy]:
    """The policies in docs/, less some actions."""
    policies = []
    for path in sorted((ROOT / "docs").glob("audit-role-policy-*.json")):
        document = json.loads(path.read_text())
        for statement in document["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action not in without]
        document["Statement"] = [statement for statement in document["Statement"] if statement["Action"]]
        policies.append(Policy.of_identity(document))
    return policies


def demo_session(sandbox: dict[str, Any], enforced: Enforced) -> boto3.Session:
    """A session in the demo company, before whose calls stand the policies."""
    role = f"arn:aws:iam::{sandbox['accounts']['demo']['id']}:role/{SEEDING_ROLE}"
    sts = boto3.client("sts", region_name="eu-west-1", endpoint_url=sandbox["aws_endpoint"])
    given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    session.events.register("before-call", enforced)
    return session


def judged(sandbox: dict[str, Any], enforced: Enforced, *controls: str) -> list[Any]:
    regions = sandbox["accounts"]["demo"]["regions"]
    endpoint = sandbox["aws_endpoint"]
    return muster.judge(demo_session(sandbox, enforced), controls, regions, endpoint_url=endpoint)


def test_an_audit_by_all_controls_is_denied_nothing(sandbox: dict[str, Any]) -> None:
    enforced = Enforced(written())
    judged(sandbox, enforced)

    # Code is read for one control (decision 40), whose policy has to be asked for by its name.
    assert enforced.denied == {"codecommit:get_folder"}
    assert len(enforced.asked) > 150


@pytest.mark.parametrize(
    ("missing", "asking"),
    [
        pytest.param("s3:GetBucketPolicy", "s3-bucket-tls-only", id="a detail"),
        pytest.param("kms:ListKeys", "kms-key-rotated", id="a list"),
        pytest.param("apigateway:GET", "api-authorized", id="an action with resources"),
    ],
)
def test_one_action_fewer_is_noticed(sandbox: dict[str, Any], missing: str, asking: str) -> None:
    enforced = Enforced(written(without=[missing]))
    verdicts = judged(sandbox, enforced, asking)

    assert {action_of(name, FACTS) for name in enforced.denied} == {missing}
    assert {verdict.status for verdict in verdicts} >= {"error"}
    assert "AccessDenied: by the policies of the role" in "".join(verdict.reason for verdict in verdicts)
