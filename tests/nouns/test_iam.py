"""IAM: password rules, what users hold, what policies grant, and whom roles trust."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from muster import Facts
from muster.judging.judgement import judge_control
from tests.excuses import excuse
from tests.nouns.iam_stage import (
    ACCOUNT,
    CONTROLS,
    EVERYTHING,
    GITHUB,
    NOW,
    READING,
    ROOT,
    USER,
    Stage,
    document,
    opened,
    refused,
)


@pytest.fixture(scope="module")
def opened_stage() -> Iterator[Stage]:
    with opened() as stage:
        yield stage


@pytest.fixture
def stage(opened_stage: Stage) -> Stage:
    return opened_stage.clear()


@pytest.mark.parametrize(
    ("length", "status"), [(None, "fail"), (13, "fail"), (14, "pass")], ids=["not-set", "short", "long"]
)
def test_password_length(stage: Stage, length: int | None, status: str) -> None:
    if length is not None:
        stage.iam.update_account_password_policy(MinimumPasswordLength=length)
    assert stage.status("iam-password-length") == status


def test_the_length_of_passwords_is_a_parameter(stage: Stage) -> None:
    stage.iam.update_account_password_policy(MinimumPasswordLength=14)
    verdict = stage.judge("iam-password-length", min_length=20)[ROOT]
    assert (verdict.status, verdict.reason) == ("fail", "takes passwords of 14 characters; 20 are asked for")


def test_a_password_policy_that_is_refused_is_an_error(stage: Stage) -> None:
    stage.answer("GetAccountPasswordPolicy", refused())
    assert stage.status("iam-password-length") == "error"


def test_permissions_through_a_group_are_not_direct(stage: Stage) -> None:
    stage.make_user()
    stage.iam.create_group(GroupName="analysts")
    stage.iam.put_group_policy(GroupName="analysts", PolicyName="read", PolicyDocument=document(READING))
    stage.iam.add_user_to_group(GroupName="analysts", UserName="analyst")
    assert stage.status("iam-user-no-direct-policies") == "pass"


def test_direct_policies_are_named(stage: Stage) -> None:
    arn = stage.make_user(path="/people/")
    stage.iam.put_user_policy(UserName="analyst", PolicyName="read", PolicyDocument=document(READING))
    attached = stage.iam.create_policy(PolicyName="write", PolicyDocument=document(READING))["Policy"]["Arn"]
    stage.iam.attach_user_policy(UserName="analyst", PolicyArn=attached)
    assert stage.judge("iam-user-no-direct-policies")[arn].reason == "holds by itself: read, write"


@pytest.mark.parametrize(
    ("lists", "status"),
    [
        pytest.param({"AttachedManagedPolicies": []}, "pass", id="aws-leaves-out-an-empty-inline-list"),
        pytest.param({"UserPolicyList": []}, "error", id="a-missing-attached-list-is-malformed"),
    ],
)
def test_lists_that_are_left_out(stage: Stage, lists: Mapping[str, Any], status: str) -> None:
    user = {"UserName": "analyst", "Arn": USER, "CreateDate": NOW, "Path": "/", **lists}
    stage.answer("GetAccountAuthorizationDetails", {"UserDetailList": [user]})
    assert stage.status("iam-user-no-direct-policies") == status


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        pytest.param(EVERYTHING, "fail", id="star"),
        pytest.param({**EVERYTHING, "Action": ["s3:GetObject", "*:*"]}, "fail", id="in-a-list"),
        pytest.param({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "fail", id="all-but-a-few"),
        pytest.param({**EVERYTHING, "Resource": ["arn:aws:s3:::logs", "*"]}, "fail", id="resource-in-a-list"),
        pytest.param({**EVERYTHING, "Resource": "arn:aws:s3:::logs"}, "pass", id="one-resource"),
        pytest.param({**EVERYTHING, "Action": "s3:*"}, "pass", id="one-service"),
        pytest.param({**EVERYTHING, "Effect": "Deny"}, "pass", id="deny"),
    ],
)
def test_full_admin(stage: Stage, statement: Mapping[str, Any], status: str) -> None:
    stage.make_role()
    stage.iam.put_role_policy(RoleName="pipeline", PolicyName="inline", PolicyDocument=document(statement))
    assert stage.status("iam-policy-no-full-admin") == status


class TestManagedPolicies:
    @pytest.fixture
    def arn(self, stage: Stage) -> str:
        return str(stage.iam.create_policy(PolicyName="all", PolicyDocument=document(EVERYTHING))["Policy"]["Arn"])

    def test_attached_to_nobody(self, stage: Stage, arn: str) -> None:
        assert stage.judge("iam-policy-no-full-admin")[arn].status == "not_applicable"

    def test_only_a_permissions_boundary(self, stage: Stage, arn: str) -> None:
        stage.iam.create_user(UserName="analyst", PermissionsBoundary=arn)
        assert stage.judge("iam-policy-no-full-admin")[arn].status == "not_applicable"

    def test_attached(self, stage: Stage, arn: str) -> None:
        stage.make_role()
        stage.iam.attach_role_policy(RoleName="pipeline", PolicyArn=arn)
        verdict = stage.judge("iam-policy-no-full-admin", {"admin_principals": [excuse(name="role/pipeline")]})[arn]
        assert verdict.status == "fail"
        assert verdict.reason == "allows every action on every resource: statement 1 of all"

    def test_another_version_is_the_default(self, stage: Stage, arn: str) -> None:
        stage.make_role()
        stage.iam.attach_role_policy(RoleName="pipeline", PolicyArn=arn)
        stage.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(READING), SetAsDefault=True)
        assert stage.judge("iam-policy-no-full-admin")[arn].status == "pass"

    @pytest.mark.parametrize("versions", [[], [True, True]], ids=["none", "two"])
    def test_not_one_default_version_is_an_error(self, stage: Stage, versions: list[bool]) -> None:
        listed = [{"Document": json.loads(document(READING)), "IsDefaultVersion": each} for each in versions]
        policy = {"Arn": f"arn:aws:iam::{ACCOUNT}:policy/odd", "AttachmentCount": 1, "PolicyVersionList": listed}
        empty: dict[str, list[str]] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": []}
        stage.answer("GetAccountAuthorizationDetails", {**empty, "Policies": [policy]})
        assert stage.status("iam-policy-no-full-admin") == "error"


class TestInlinePolicies:
    def test_each_of_a_holder_is_a_resource_of_its_own(self, stage: Stage) -> None:
        arn = stage.make_role(path="/ci/")
        for name, statement in {"all": EVERYTHING, "read": READING}.items():
            stage.iam.put_role_policy(RoleName="pipeline", PolicyName=name, PolicyDocument=document(statement))
        found = stage.judge("iam-policy-no-full-admin")
        assert found[f"{arn}#inline-policy/all"].status == "fail"
        assert found[f"{arn}#inline-policy/read"].status == "pass"

    def test_of_users_and_groups(self, stage: Stage) -> None:
        stage.make_user()
        stage.iam.create_group(GroupName="analysts")
        stage.iam.put_user_policy(UserName="analyst", PolicyName="all", PolicyDocument=document(EVERYTHING))
        stage.iam.put_group_policy(GroupName="analysts", PolicyName="all", PolicyDocument=document(EVERYTHING))
        assert {name: verdict.status for name, verdict in stage.judge("iam-policy-no-full-admin").items()} == {
            f"{USER}#inline-policy/all": "fail",
            f"arn:aws:iam::{ACCOUNT}:group/analysts#inline-policy/all": "fail",
        }

    @pytest.mark.parametrize(
        ("pattern", "status"),
        [
            ("role/ci/pipeline", "not_applicable"),
            ("role/ci/pipe*", "not_applicable"),
            ("role/*line", "not_applicable"),
            ("role/pipeline", "fail"),
            ("role/ci/pipe", "fail"),
            ("role/ci/PIPELINE", "fail"),
            ("user/ci/pipeline", "fail"),
            ("group/ci/pipe*", "fail"),
        ],
    )
    def test_of_declared_administrators(self, stage: Stage, pattern: str, status: str) -> None:
        stage.make_role(path="/ci/")
        stage.iam.put_role_policy(RoleName="pipeline", PolicyName="all", PolicyDocument=document(EVERYTHING))
        assert stage.status("iam-policy-no-full-admin", {"admin_principals": [excuse(name=pattern)]}) == status

    def test_of_service_linked_roles(self, stage: Stage) -> None:
        stage.make_role(name="AWSServiceRoleForBackup", path="/aws-service-role/backup.amazonaws.com/")
        stage.iam.put_role_policy(
            RoleName="AWSServiceRoleForBackup", PolicyName="all", PolicyDocument=document(EVERYTHING)
        )
        assert stage.status("iam-policy-no-full-admin") == "not_applicable"

    def test_that_are_no_policy_are_an_error(self, stage: Stage) -> None:
        policy = {"PolicyName": "odd", "PolicyDocument": {"Statement": [{"Effect": "Perhaps"}]}}
        group = {"GroupName": "g", "Arn": f"arn:aws:iam::{ACCOUNT}:group/g", "Path": "/", "GroupPolicyList": [policy]}
        empty: dict[str, list[str]] = {"UserDetailList": [], "RoleDetailList": [], "Policies": []}
        stage.answer("GetAccountAuthorizationDetails", {**empty, "GroupDetailList": [group]})
        assert stage.status("iam-policy-no-full-admin") == "error"


ANYONE = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        pytest.param(ANYONE, "fail", id="anyone"),
        pytest.param({**ANYONE, "Principal": {"AWS": ROOT}}, "pass", id="an-account"),
        pytest.param({**ANYONE, "Condition": {"StringEquals": {"sts:ExternalId": "a"}}}, "fail", id="external-id"),
        pytest.param({**ANYONE, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, "fail", id="address"),
        pytest.param(
            {**ANYONE, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, "pass", id="organization"
        ),
        pytest.param(
            {**ANYONE, "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}}, "fail", id="any-organization"
        ),
    ],
)
def test_role_trust(stage: Stage, statement: Mapping[str, Any], status: str) -> None:
    stage.make_role(statement)
    assert stage.status("iam-role-trust-not-public") == status


def test_the_statement_that_trusts_anyone_is_named(stage: Stage) -> None:
    arn = stage.make_role({**ANYONE, "Principal": {"AWS": ROOT}}, {**ANYONE, "Sid": "Temporary"})
    reason = stage.judge("iam-role-trust-not-public")[arn].reason
    assert reason == "trusts anyone: statement 2 (Temporary) of its trust policy"


def trusting_github(**claims: str) -> Mapping[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
        "Condition": {"StringEquals": {f"{GITHUB}:{name}": value for name, value in claims.items()}},
    }


OURS = "repo:acme/website:ref:refs/heads/main"


@pytest.mark.parametrize(
    ("statement", "organizations", "status"),
    [
        pytest.param(trusting_github(aud="sts.amazonaws.com", sub=OURS), ["acme"], "pass", id="ours"),
        pytest.param(trusting_github(aud="sts.amazonaws.com", sub=OURS), ["other"], "fail", id="theirs"),
        pytest.param(trusting_github(aud="sts.amazonaws.com", sub=OURS), [], "fail", id="none-declared"),
        pytest.param(trusting_github(aud="sts.amazonaws.com"), ["acme"], "fail", id="no-subject"),
        pytest.param(trusting_github(sub=OURS), ["acme"], "fail", id="no-audience"),
        pytest.param(trusting_github(aud="sts.amazonaws.com", repository_id="7"), [], "pass", id="immutable-claim"),
        pytest.param(
            {**ANYONE, "Action": "sts:AssumeRoleWithWebIdentity", "Principal": "*"}, ["acme"], "fail", id="any-provider"
        ),
        pytest.param({**ANYONE, "Principal": {"AWS": ROOT}}, ["acme"], "not_applicable", id="no-tokens"),
    ],
)
def test_tokens_of_outside_pipelines(
    stage: Stage, statement: Mapping[str, Any], organizations: list[str], status: str
) -> None:
    stage.make_role(statement)
    assert stage.status("iam-role-oidc-subject-bound", {"github_organizations": organizations}) == status


@pytest.mark.parametrize("control_id", ["iam-role-trust-not-public", "iam-role-oidc-subject-bound"])
def test_a_trust_policy_that_is_no_policy_is_an_error(stage: Stage, control_id: str) -> None:
    role = {"RoleName": "odd", "Arn": f"arn:aws:iam::{ACCOUNT}:role/odd", "AssumeRolePolicyDocument": {"Odd": 1}}
    stage.answer("GetAccountAuthorizationDetails", {"RoleDetailList": [role]})
    assert stage.status(control_id) == "error"


def test_all_nouns_share_one_call_for_the_authorization_details(stage: Stage) -> None:
    details: dict[str, list[str]] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    calls = stage.answer("GetAccountAuthorizationDetails", details)
    account = stage.enter()
    for control in CONTROLS.values():
        # Who is trusted is asked of every service's policies.
        if control.service == "iam" and control.id != "third-parties-registered":
            judge_control(control, account, control.parameters, Facts(), threads=1)
    assert len(calls) == 1
