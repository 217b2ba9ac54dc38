"""Role trust policies: who may assume a role, and whose tokens it accepts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.policies import Policy, Statement
from fixtures.grammar.trust import TRUST_SCOPES

GITHUB = "token.actions.githubusercontent.com"
COGNITO = "cognito-identity.amazonaws.com"
GITLAB = "gitlab.com"
BITBUCKET = "api.bitbucket.org/2.0/workspaces/example/pipelines-config/identity/oidc"
CIRCLECI = "oidc.circleci.com/org/11111111-2222-3333-4444-555555555555"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
TERRAFORM = "app.terraform.io"
PLACES = (
    "github.com/example-org",
    "github.com/example-labs",
    "gitlab.com/example",
    "bitbucket.org/example",
    "app.terraform.io/example",
    CIRCLECI,
)


def is_ours(place: str) -> bool:
    return any(place.lower() == each or place.lower().startswith(f"{each}/") for each in PLACES)


def provider_arn(provider: str) -> str:
    return f"arn:aws:iam::111122223333:oidc-provider/{provider}"


def trust(principal: Any, condition: dict[str, Any], action: Any = "sts:AssumeRoleWithWebIdentity") -> Statement:
    document = {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition}
    (statement,) = Policy.parse({"Statement": document}).statements
    return statement


def bound(provider: str, condition: dict[str, Any]) -> bool:
    """Whether a trust in a provider is bound by conditions whose claims are written without the provider's name."""
    keyed = {
        operator: {f"{provider}:{claim}": value for claim, value in claims.items()}
        for operator, claims in condition.items()
    }
    principal = provider if provider == COGNITO else provider_arn(provider)
    return trust({"Federated": principal}, keyed).binds_web_identity(is_ours)


def github(subject: Any, operator: str = "StringLike", provider: str = GITHUB) -> bool:
    conditions: dict[str, dict[str, Any]] = {"StringEquals": {"aud": "sts.amazonaws.com"}}
    conditions.setdefault(operator, {})["sub"] = subject
    return bound(provider, conditions)


@pytest.mark.parametrize(
    "subject",
    [
        "repo:example-org/app:ref:refs/heads/main",
        "repo:example-org/app:*",
        "repo:Example-Org/app:environment:prod",
        "repo:example-labs/app.js:pull_request",
        "repo:example-org@123456/app@456789:ref:refs/heads/main",
        ["repo:example-org/app:*", "repo:example-org/site:*"],
    ],
)
@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "ForAnyValue:StringLike"])
def test_github_subject_of_our_repository_binds(subject: Any, operator: str) -> None:
    assert github(subject, operator)


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("*", id="anything"),
        pytest.param("repo:*", id="any repository"),
        pytest.param("repo:example-org/*", id="any repository of ours, with no colon after its name"),
        pytest.param("repo:example-org/*:ref:refs/heads/main", id="wildcard as repository"),
        pytest.param("repo:example-org/app*:ref:refs/heads/main", id="wildcard in the repository"),
        pytest.param("repo:example-org/app*", id="repository that may go on"),
        pytest.param("repo:example-org/app", id="no colon that ends the name"),
        pytest.param("repo:example-org*/app:*", id="organization that may go on"),
        pytest.param("repo:example-or?/app:*", id="organizations of one letter more"),
        pytest.param("repo:example-organisation/app:*", id="organization with a longer name"),
        pytest.param("repo:somebody/app:*", id="organization of somebody else"),
        pytest.param("repo:example-org@123456/app:*", id="id of the owner alone"),
        pytest.param("repo:example-org@*/app@*:*", id="wildcards as ids"),
        pytest.param("repo:${aws:username}/app:*", id="policy variable"),
        pytest.param("repo:example-org/app:${aws:username}", id="policy variable behind the repository"),
        pytest.param("Xrepo:example-org/app:*", id="something before it"),
        pytest.param("repo:example-org/a/b:*", id="path in place of a repository"),
        pytest.param(["repo:example-org/app:*", "repo:somebody/app:*"], id="one of two is not ours"),
        pytest.param([], id="no value"),
    ],
)
def test_github_subject_that_others_can_have_does_not_bind(subject: Any) -> None:
    assert not github(subject)


@pytest.mark.parametrize(
    "operator",
    [
        "ForAllValues:StringLike",
        "ForAllValues:StringEquals",
        "StringLikeIfExists",
        "ForAnyValue:StringEqualsIfExists",
        "StringNotLike",
        "Null",
    ],
)
def test_operator_that_a_missing_subject_passes_does_not_bind(operator: str) -> None:
    assert not github("repo:example-org/app:*", operator)


def test_enterprise_path_is_part_of_the_provider() -> None:
    assert github("repo:example-org/app:*", provider=f"{GITHUB}/example")
    assert not github("repo:somebody/app:*", provider=f"{GITHUB}/example")


def test_subject_of_another_provider_does_not_bind() -> None:
    condition = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com", "gitlab.com:sub": "repo:example-org/app:x"}}
    assert not trust({"Federated": provider_arn(GITHUB)}, condition).binds_web_identity(is_ours)


def test_no_organization_of_ours_binds_no_subject() -> None:
    condition = {"StringEquals": {f"{GITHUB}:aud": "x", f"{GITHUB}:sub": "repo:example-org/app:ref:x"}}
    assert not trust({"Federated": provider_arn(GITHUB)}, condition).binds_web_identity(lambda _: False)


@pytest.mark.parametrize(
    ("provider", "condition", "binds"),
    [
        pytest.param(GITHUB, {"StringEquals": {"sub": "repo:example-org/app:ref:x"}}, False, id="no audience"),
        pytest.param(GITHUB, {"StringLike": {"aud": "*", "sub": "repo:example-org/app:*"}}, False, id="any audience"),
        pytest.param(
            GITHUB,
            {"StringEqualsIfExists": {"aud": "a"}, "StringEquals": {"sub": "repo:example-org/app:x"}},
            False,
            id="audience if it exists",
        ),
        pytest.param(GITHUB, {"StringEquals": {"aud": "sts.amazonaws.com"}}, False, id="audience alone"),
        pytest.param(GITHUB, {"StringEquals": {"aud": "a", "repository_id": "456789"}}, True, id="repository id"),
        pytest.param(
            GITHUB,
            {"StringEquals": {"aud": "a"}, "StringLike": {"repository_id": "456789"}},
            False,
            id="repository id by StringLike",
        ),
        pytest.param(GITHUB, {"StringEquals": {"aud": "a", "repository_owner_id": "1"}}, False, id="owner alone"),
        pytest.param(
            GITHUB,
            {"StringEquals": {"aud": "a", "repository_owner_id": "1", "repository": "example-org/app"}},
            True,
            id="owner id and repository",
        ),
        pytest.param(
            GITHUB, {"StringEquals": {"aud": "a", "repository": "example-org/app"}}, False, id="repository name alone"
        ),
        pytest.param(GITHUB, {"StringEquals": {"aud": "a", "actor": "somebody"}}, False, id="actor"),
        pytest.param(
            COGNITO,
            {"StringEquals": {"aud": "us-east-1:pool"}, "ForAnyValue:StringLike": {"amr": "authenticated"}},
            True,
            id="Cognito pool and kind of sign-in",
        ),
        pytest.param(COGNITO, {"StringEquals": {"aud": "us-east-1:pool"}}, False, id="Cognito pool alone"),
        pytest.param(
            COGNITO, {"ForAnyValue:StringLike": {"amr": "authenticated"}}, False, id="Cognito sign-in of any pool"
        ),
        pytest.param(
            EKS,
            {"StringEquals": {"aud": "sts.amazonaws.com", "sub": "system:serviceaccount:shop:api"}},
            True,
            id="EKS service account",
        ),
        pytest.param(
            EKS,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "system:serviceaccount:shop:*"}},
            True,
            id="EKS namespace",
        ),
        pytest.param(
            EKS,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "system:serviceaccount:*:api"}},
            False,
            id="EKS any namespace",
        ),
        pytest.param(
            EKS,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "system:serviceaccount:sh*"}},
            False,
            id="EKS namespace that may go on",
        ),
        pytest.param(
            GITLAB,
            {"StringEquals": {"aud": "a", "sub": "project_path:example/app:ref_type:branch:ref:main"}},
            True,
            id="GitLab, whole subject",
        ),
        pytest.param(
            GITLAB,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "project_path:example/*"}},
            True,
            id="GitLab, our group",
        ),
        pytest.param(
            GITLAB,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "project_path:*"}},
            False,
            id="GitLab, label alone",
        ),
        pytest.param(
            GITLAB,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "project_path:exam*"}},
            False,
            id="GitLab, group that may go on",
        ),
        pytest.param(GITLAB, {"StringEquals": {"aud": "a"}}, False, id="GitLab, no subject"),
        pytest.param(
            GITLAB,
            {"StringEquals": {"aud": "a", "sub": "project_path:somebody/app:ref_type:branch:ref:main"}},
            False,
            id="GitLab, somebody's project",
        ),
        pytest.param(
            GITLAB,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "project_path:example-evil/*"}},
            False,
            id="GitLab, a group that begins like ours",
        ),
        pytest.param(
            GITLAB,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "project_path:example/team/*"}},
            True,
            id="GitLab, a group in ours",
        ),
        pytest.param(
            GITLAB, {"StringEquals": {"aud": "a", "sub": "project_id:42:ref:main"}}, False, id="GitLab, by a number"
        ),
        pytest.param(
            TERRAFORM,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "organization:example:project:*"}},
            True,
            id="HCP Terraform, our organization",
        ),
        pytest.param(
            TERRAFORM,
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "organization:example*:workspace:net:*"}},
            False,
            id="HCP Terraform, organization that may go on",
        ),
        pytest.param(
            TERRAFORM,
            {"StringEquals": {"aud": "a", "sub": "organization:somebody:project:p:workspace:w:run_phase:apply"}},
            False,
            id="HCP Terraform, somebody's organization",
        ),
        pytest.param(
            f"{BITBUCKET}".replace("example", "somebody"), {"StringEquals": {"aud": "a"}}, False, id="their workspace"
        ),
        pytest.param(CIRCLECI.replace("1111", "2222"), {"StringEquals": {"aud": "a"}}, False, id="their CircleCI"),
        pytest.param("gitlab.example.com", {"StringEquals": {"aud": "a"}}, False, id="other provider, no subject"),
        pytest.param(
            "gitlab.example.com",
            {"StringEquals": {"aud": "a"}, "StringLike": {"sub": "project_path:any/*"}},
            True,
            id="other provider, two whole segments",
        ),
        pytest.param(BITBUCKET, {"StringEquals": {"aud": "a"}}, True, id="issuer of one workspace of Bitbucket"),
        pytest.param(CIRCLECI, {"StringEquals": {"aud": "a"}}, True, id="issuer of one organization of CircleCI"),
        pytest.param(BITBUCKET, {"StringLike": {"aud": "*"}}, False, id="issuer of one workspace, any audience"),
        pytest.param(BITBUCKET, {"StringLike": {"sub": "{1}:*"}}, False, id="issuer of one workspace, no audience"),
        pytest.param(f"{BITBUCKET}/x", {"StringEquals": {"aud": "a"}}, False, id="issuer that looks like one"),
        pytest.param("oidc.circleci.com/org/*", {"StringEquals": {"aud": "a"}}, False, id="issuer with a wildcard"),
    ],
)
def test_what_each_provider_needs(provider: str, condition: dict[str, Any], binds: bool) -> None:
    assert bound(provider, condition) is binds


OPEN_GITHUB = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}


@pytest.mark.parametrize(
    "action",
    ["sts:AssumeRoleWithWebIdentity", "STS:assumerolewithwebidentity", "sts:AssumeRole*", ["sts:TagSession", "*"]],
)
def test_web_identity_is_seen_in_each_spelling_of_the_action(action: Any) -> None:
    assert not trust({"Federated": provider_arn(GITHUB)}, OPEN_GITHUB, action).binds_web_identity(is_ours)


@pytest.mark.parametrize(
    ("principal", "action"),
    [
        pytest.param({"Federated": provider_arn(GITHUB)}, "sts:TagSession", id="another action"),
        pytest.param({"AWS": "arn:aws:iam::111122223333:root"}, "sts:*", id="an account of AWS"),
        pytest.param({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole", id="a service"),
        pytest.param({"Federated": "arn:aws:iam::111122223333:saml-provider/staff"}, "sts:*", id="a SAML provider"),
    ],
)
def test_statement_without_web_identity_has_nothing_to_bind(principal: Any, action: str) -> None:
    assert trust(principal, {}, action).binds_web_identity(lambda _: False)


def test_each_provider_of_a_statement_must_be_bound() -> None:
    condition = {"StringEquals": {f"{GITHUB}:aud": "a", f"{GITHUB}:sub": "repo:example-org/app:ref:x"}}
    both = {"Federated": [provider_arn(GITHUB), provider_arn(GITLAB)]}
    assert not trust(both, condition).binds_web_identity(is_ours)


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"Federated": "*"}])
@pytest.mark.parametrize(
    ("condition", "binds"),
    [
        pytest.param({}, False, id="no condition"),
        pytest.param(OPEN_GITHUB, False, id="audience of everybody"),
        pytest.param({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False, id="address"),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True, id="organization"),
        pytest.param({"StringEquals": {f"{GITHUB}:sub": "repo:example-org/app:ref:x"}}, True, id="one subject"),
    ],
)
def test_open_principal_is_bound_by_what_closes_it(principal: Any, condition: dict[str, Any], binds: bool) -> None:
    statement = trust(principal, condition)
    assert statement.binds_web_identity(is_ours) is binds
    assert statement.lets_anyone_in(TRUST_SCOPES) is not binds


def test_everyone_but_one_provider_is_not_bound() -> None:
    document = {
        "Effect": "Allow",
        "NotPrincipal": {"Federated": provider_arn(GITHUB)},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    (statement,) = Policy.parse({"Statement": document}).statements
    assert not statement.binds_web_identity(is_ours)


def test_unbound_statements_are_named() -> None:
    statements = [
        {"Sid": "Ours", "Condition": {"StringEquals": {f"{GITHUB}:aud": "a", f"{GITHUB}:repository_id": "1"}}},
        {"Sid": "Anybodys", "Condition": OPEN_GITHUB},
    ]
    common = {
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn(GITHUB)},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    policy = Policy.parse({"Statement": [common | each for each in statements]})
    assert policy.labels(lambda each: not each.binds_web_identity(is_ours)) == ["statement 2 (Anybodys)"]


@pytest.mark.parametrize(
    ("principal", "condition", "anyone"),
    [
        pytest.param("*", {}, True, id="everyone"),
        pytest.param({"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "x"}}, True, id="everyone with an external id"),
        pytest.param({"AWS": "*"}, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True, id="from an address"),
        pytest.param({"AWS": "*"}, {"StringEquals": {"aws:SourceVpc": "vpc-1"}}, True, id="from a VPC"),
        pytest.param({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False, id="organization"),
        pytest.param(
            {"AWS": "*"}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}, False, id="account"
        ),
        pytest.param({"Service": "ec2.amazonaws.com"}, {}, False, id="a service"),
        pytest.param({"Federated": provider_arn(GITHUB)}, {}, False, id="a provider, which is judged by its subject"),
        pytest.param({"Federated": COGNITO}, {}, True, id="every identity pool"),
        pytest.param(
            {"Federated": COGNITO}, {"StringEquals": {f"{COGNITO}:aud": "us-east-1:pool"}}, False, id="identity pool"
        ),
    ],
)
def test_trusts_anyone(principal: Any, condition: dict[str, Any], anyone: bool) -> None:
    assert trust(principal, condition, "sts:*").lets_anyone_in(TRUST_SCOPES) is anyone


@given(st.text(alphabet="repo:example-org/app@1*?$", max_size=40), st.sampled_from(["", "repo:example-org/"]))
def test_bound_github_subject_cannot_fit_a_strangers_token(tail: str, head: str) -> None:
    """Whatever binds must name our organization and a whole repository before any wildcard."""
    subject = head + tail
    if github(subject):
        literal = re.split(r"[*?]", subject)[0]
        assert re.match(r"repo:example-org(@1+)?/[^/:]+:", literal)
