"""What identity policies come to: whole services, roles of any account, and ways to more rights."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.addresses import is_private
from fixtures.grammar.assume_role import lets_assume_anywhere
from fixtures.grammar.policies import Policy
from fixtures.grammar.privilege_escalation import escalations
from fixtures.grammar.whole_services import whole_services

ACCOUNT = "arn:aws:iam::111122223333:root"


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]})


@pytest.mark.parametrize(
    ("statements", "whole"),
    [
        pytest.param([{"Action": "s3:*", "Resource": "arn:aws:s3:::one"}], ["s3"], id="a star"),
        pytest.param([{"Action": [f"S3:{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"]}], ["s3"], id="letters"),
        pytest.param([{"Action": "s3:?*"}], ["s3"], id="a question mark before the star"),
        pytest.param([{"Action": ["s3:Get*", "sqs:*"]}], ["sqs"], id="one of two"),
        pytest.param([{"Action": "s*:*"}], ["s*"], id="the services of a letter"),
        pytest.param([{"NotAction": "iam:*"}], ["*"], id="all but one service"),
        pytest.param([{"Action": "s3:*", "Effect": "Deny"}], [], id="denied"),
    ],
)
def test_a_service_is_granted_as_a_whole_however_it_is_written(
    statements: list[dict[str, Any]], whole: list[str]
) -> None:
    assert whole_services(policy(*({"Resource": "*", **each} for each in statements))) == whole


def test_a_service_on_named_resources_counts_unless_all_resources_are_asked_for() -> None:
    named = policy({"Action": "s3:*", "Resource": "arn:aws:s3:::one"}, {"Action": "sqs:*", "Resource": "*"})
    assert whole_services(named, only_all_resources=True) == ["sqs"]


@pytest.mark.parametrize(
    ("resource", "anywhere"),
    [
        pytest.param("*", True, id="a star"),
        pytest.param("arn:*", True, id="any ARN"),
        pytest.param("arn:aws:iam::*", True, id="any account of IAM"),
        pytest.param("arn:aws:iam::*:role/deploy", True, id="a name in any account"),
        pytest.param("arn:aws:iam::1111*:role/deploy", True, id="accounts by their first digits"),
        pytest.param("arn:aws:iam::${aws:ResourceAccount}:role/deploy", True, id="the account of the role"),
        pytest.param("arn:aws:iam::${aws:PrincipalAccount}:role/*", False, id="our own account"),
        pytest.param("arn:aws:iam::444455556666*", False, id="one account and a star"),
        pytest.param("arn:*:iam::444455556666:role/*", False, id="one account in any partition"),
        pytest.param("arn:aws:s3:::*", False, id="buckets"),
        pytest.param("arn:aws:iam::*:user/anna", False, id="users"),
    ],
)
def test_roles_of_any_account_are_those_whose_account_is_a_wildcard(resource: str, anywhere: bool) -> None:
    (statement,) = policy({"Action": "sts:AssumeRole", "Resource": resource}).statements
    assert lets_assume_anywhere(statement) is anywhere


@pytest.mark.parametrize(
    ("condition", "anywhere"),
    [
        pytest.param({"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}}, False, id="our organization"),
        pytest.param({"StringLike": {"aws:ResourceOrgPaths": "o-a1b2c3d4e5/*"}}, False, id="a path of it"),
        pytest.param({"StringLike": {"aws:ResourceAccount": "*"}}, True, id="an account like anything"),
        pytest.param({"StringEqualsIfExists": {"aws:ResourceAccount": "444455556666"}}, True, id="if there is one"),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True, id="who asks is whoever holds it"),
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False, id="with MFA"),
        pytest.param({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True, id="with MFA, if that is told"),
        pytest.param({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False, id="from our network"),
    ],
)
def test_a_condition_counts_that_narrows_which_roles_or_from_where(condition: dict[str, Any], anywhere: bool) -> None:
    (statement,) = policy({"Action": "sts:AssumeRole", "Resource": "*", "Condition": condition}).statements
    assert lets_assume_anywhere(statement) is anywhere


PASSED_TO_EC2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
EVERYTHING, READING = (f"arn:aws:iam::aws:policy/{name}" for name in ("AdministratorAccess", "ReadOnlyAccess"))
EDGE = "arn:aws:iam::111122223333:policy/edge"
LAUNCHING = {"Action": ["ec2:RunInstances", "lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"}


def under(action: str, operator: str, key: str, *values: str) -> list[dict[str, Any]]:
    """An action on everything, under a condition."""
    return [{"Action": action, "Resource": "*", "Condition": {operator: {key: list(values)}}}]


@pytest.mark.parametrize(
    ("statements", "ways"),
    [
        pytest.param(
            [{"Action": "iam:PassRole", "Resource": "*", "Condition": PASSED_TO_EC2}, LAUNCHING],
            ["iam:PassRole with ec2:RunInstances"],
            id="passed to one service",
        ),
        pytest.param(
            [
                {"Action": "iam:CreateLoginProfile", "Resource": "*"},
                {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
            ],
            [],
            id="denied by itself",
        ),
        pytest.param(
            [
                {"Action": "iam:CreateLoginProfile", "Resource": "*"},
                {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::111122223333:user/anna"},
            ],
            ["iam:CreateLoginProfile"],
            id="denied for one user",
        ),
        pytest.param(
            under("iam:PutRolePolicy", "StringEquals", "iam:PermissionsBoundary", EDGE), [], id="with a boundary only"
        ),
        pytest.param(
            under("iam:PutRolePolicy", "StringEqualsIfExists", "iam:PermissionsBoundary", EDGE),
            ["iam:PutRolePolicy"],
            id="with a boundary, or with none",
        ),
        pytest.param(
            under("iam:PutRolePolicy", "ForAllValues:StringEquals", "iam:PermissionsBoundary", EDGE),
            ["iam:PutRolePolicy"],
            id="with a boundary, of however many",
        ),
        pytest.param(
            [{"Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::111122223333:role/*"}],
            ["iam:PutRolePolicy"],
            id="every role of the account",
        ),
        pytest.param(
            [{"Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::111122223333:role/app-*"}], [], id="some roles"
        ),
        pytest.param(
            [{"Action": "iam:PutUserPolicy", "Resource": "arn:aws:iam::*:user/${aws:username}"}],
            ["iam:PutUserPolicy"],
            id="a policy of one's own",
        ),
        pytest.param(
            [{"Action": "iam:Attach*", "Resource": "arn:aws:iam::111122223333:user/*/${AWS:UserName}"}],
            ["iam:AttachUserPolicy"],
            id="to oneself, under a path",
        ),
        pytest.param(
            [{"Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/${aws:username}"}],
            [],
            id="one's own key",
        ),
        pytest.param(
            under("iam:AttachRolePolicy", "ArnEquals", "iam:PolicyARN", EVERYTHING),
            ["iam:AttachRolePolicy"],
            id="everything, as the one policy that may be attached",
        ),
        pytest.param(
            under("iam:AttachRolePolicy", "ArnEquals", "iam:PolicyARN", READING, EVERYTHING),
            ["iam:AttachRolePolicy"],
            id="everything, as one of two policies that may be attached",
        ),
        pytest.param(
            under("iam:AttachRolePolicy", "ArnEquals", "iam:PolicyARN", "arn:aws:iam::111122223333:policy/app"),
            [],
            id="one policy of ours may be attached",
        ),
    ],
)
def test_a_way_to_more_rights_is_a_set_of_actions_that_is_allowed_as_a_whole(
    statements: list[dict[str, Any]], ways: list[str]
) -> None:
    assert escalations(policy(*statements), ACCOUNT) == ways


@pytest.mark.parametrize(
    "actions",
    [
        "iam:DeleteUserPermissionsBoundary",
        "iam:UpdateSAMLProvider",
        "identitystore:CreateGroupMembership",
        "eks:CreateAccessEntry eks:AssociateAccessPolicy",
        "lambda:UpdateFunctionConfiguration",
        "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
        "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances",
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        "iam:PassRole ec2:AssociateIamInstanceProfile",
        "iam:PassRole ssm:StartAutomationExecution",
        "iam:PassRole apprunner:CreateService",
        "iam:PassRole glue:CreateSession glue:RunStatement",
        "iam:PassRole states:TestState",
        "iam:PassRole bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:InvokeCodeInterpreter",
        "iam:PassRole rolesanywhere:CreateTrustAnchor rolesanywhere:CreateProfile",
    ],
)
def test_a_known_set_is_a_way_and_no_part_of_it_is(actions: str) -> None:
    whole = actions.split()
    assert escalations(policy({"Action": whole, "Resource": "*"}), ACCOUNT)
    for missing in whole if len(whole) > 1 else ():
        rest = [action for action in whole if action != missing]
        assert escalations(policy({"Action": rest, "Resource": "*"}), ACCOUNT) == []


ALL_INSTANCES = "arn:aws:ec2:*:*:instance/*"


@pytest.mark.parametrize(
    ("action", "resources", "counts"),
    [
        pytest.param("ssm:StartSession", [ALL_INSTANCES], True, id="every instance"),
        pytest.param("ssm:StartSession", ["arn:aws:ec2:eu-west-1:*:instance/*"], True, id="those of one region"),
        pytest.param("ssm:StartSession", ["arn:aws:ec2:*:*:instance/i-0aaa1111bbbb2222c"], False, id="one instance"),
        pytest.param("ssm:StartSession", ["arn:aws:ssm:*:*:document/*"], False, id="documents alone"),
        pytest.param("ssm:SendCommand", [ALL_INSTANCES], False, id="no document"),
        pytest.param(
            "ssm:SendCommand", [ALL_INSTANCES, "arn:aws:ssm:*:*:document/restart"], False, id="one document of ours"
        ),
        pytest.param("ssm:SendCommand", [ALL_INSTANCES, "arn:aws:ssm:*:*:document/*"], True, id="all documents"),
        pytest.param(
            "codebuild:StartBuild", ["arn:aws:codebuild:us-east-1:*:project/*"], True, id="a region's projects"
        ),
        pytest.param("codebuild:StartBuild", ["arn:aws:codebuild:*:444455556666:project/*"], False, id="of others"),
        pytest.param("lambda:UpdateFunctionCode", ["arn:aws:lambda:*:*:function:web-*"], False, id="functions by name"),
        pytest.param("sso:CreateAccountAssignment", ["arn:aws:sso:::permissionSet/*"], True, id="an ARN of no account"),
    ],
)
def test_a_program_counts_where_any_of_its_kind_is_allowed(action: str, resources: list[str], counts: bool) -> None:
    assert bool(escalations(policy({"Action": action, "Resource": resources}), ACCOUNT)) is counts


@pytest.mark.parametrize(
    ("cidr", "private"),
    [
        ("10.0.0.0/8", True),
        ("172.31.0.0/16", True),
        ("10.0.0.0/7", False),
        ("203.0.113.0/24", False),
        ("fd00::/8", True),
    ],
)
def test_a_range_is_private_as_a_whole_or_not_at_all(cidr: str, private: bool) -> None:
    assert is_private(cidr) is private
