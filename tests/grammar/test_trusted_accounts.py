"""Role trust policies: whose accounts they let in, and which of those show for whom they come."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.policies import Policy, Statement
from fixtures.grammar.trusted_accounts import (
    ANYONE,
    deleted_principals,
    lets_in_without_external_id,
    trusted_accounts,
)

OURS, OTHER = "111122223333", "999988887777"
ORGANIZATION = "o-exampleorgid"
SAML = f"arn:aws:iam::{OTHER}:saml-provider/corp"


def statement(principal: Any = "*", **more: Any) -> Statement:
    content = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    (only,) = Policy.of_resource({"Statement": {name: value for name, value in content.items() if value}}).statements
    return only


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


@pytest.mark.parametrize(
    ("trusting", "expected"),
    [
        pytest.param(statement({"AWS": OTHER}), [OTHER], id="a number"),
        pytest.param(statement({"AWS": f"arn:aws:iam::{OTHER}:role/deploy"}), [OTHER], id="a role"),
        pytest.param(statement({"AWS": f"arn:aws-cn:iam::{OTHER}:root"}), [OTHER], id="another partition"),
        pytest.param(statement({"AWS": f"arn:aws:sts::{OTHER}:assumed-role/deploy/x"}), [OTHER], id="a session"),
        pytest.param(statement({"AWS": [OURS, OTHER, OURS]}), [OURS, OTHER], id="each once"),
        pytest.param(statement({"Federated": SAML}), [OTHER], id="a provider's account"),
        pytest.param(statement({"Federated": "accounts.google.com"}), [], id="a provider without an account"),
        pytest.param(statement({"Federated": "*"}), [ANYONE], id="every provider"),
        pytest.param(statement({"Service": "ec2.amazonaws.com"}), [], id="a service"),
        pytest.param(statement({"AWS": "AROAEXAMPLEDELETED01"}), [], id="a deleted role"),
        pytest.param(statement("*"), [ANYONE], id="a star"),
        pytest.param(statement({"AWS": "*"}), [ANYONE], id="a star of AWS"),
        pytest.param(statement({"AWS": "arn:aws:iam::*:root"}), [ANYONE], id="a pattern of accounts"),
        pytest.param(statement(None, NotPrincipal={"AWS": OURS}), [ANYONE], id="everyone but one"),
        pytest.param(statement(Effect="Deny"), [], id="a denial"),
    ],
)
def test_accounts_are_those_of_callers_and_providers(trusting: Statement, expected: list[str]) -> None:
    assert trusted_accounts(trusting, ORGANIZATION) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param(when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION), [], id="our organization"),
        pytest.param(when("StringEquals", "AWS:principalorgid", ORGANIZATION), [], id="the key in other letters"),
        pytest.param(
            when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/r-ab12/*"), [], id="a unit of it"
        ),
        pytest.param(
            when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}*"), [ANYONE], id="no whole id"
        ),
        pytest.param(when("StringEquals", "aws:PrincipalOrgID", "o-another0000"), [ANYONE], id="another organization"),
        pytest.param(
            when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION, "o-another0000"), [ANYONE], id="ours or another"
        ),
        pytest.param(when("StringLike", "aws:PrincipalOrgID", "o-*"), [ANYONE], id="a pattern"),
        pytest.param(when("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION), [ANYONE], id="if it exists"),
        pytest.param(when("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION), [ANYONE], id="not ours"),
        pytest.param(when("ForAllValues:StringEquals", "aws:PrincipalOrgID", ORGANIZATION), [ANYONE], id="all values"),
        pytest.param(when("StringEquals", "aws:PrincipalAccount", OURS, OTHER), [OURS, OTHER], id="two accounts"),
        pytest.param(when("StringLike", "aws:PrincipalAccount", OURS, "*"), [ANYONE], id="an account or any"),
        pytest.param(when("StringEquals", "sts:ExternalId", "acme"), [ANYONE], id="an external id"),
    ],
)
def test_a_condition_narrows_anyone_to_those_it_fixes(condition: dict[str, Any], expected: list[str]) -> None:
    assert trusted_accounts(statement(**condition), ORGANIZATION) == expected


def test_a_condition_on_callers_leaves_those_of_the_named_that_it_has() -> None:
    both = statement({"AWS": [OURS, OTHER]}, **when("StringEquals", "aws:PrincipalAccount", OURS))

    assert trusted_accounts(both, ORGANIZATION) == [OURS]


def test_where_no_organization_is_known_no_condition_binds_to_it() -> None:
    assert trusted_accounts(statement(**when("StringEquals", "aws:PrincipalOrgID", ORGANIZATION)), None) == [ANYONE]


def test_deleted_principals_are_named() -> None:
    trusting = statement({"AWS": ["AIDAEXAMPLEDELETED01", OURS, "*"], "Service": "ec2.amazonaws.com"})

    assert deleted_principals(trusting) == ["AIDAEXAMPLEDELETED01"]


@pytest.mark.parametrize(
    ("trusting", "expected"),
    [
        pytest.param(statement({"AWS": OTHER}), True, id="another account"),
        pytest.param(statement("*"), True, id="anyone"),
        pytest.param(statement({"AWS": OTHER}, Action="sts:*"), True, id="every action"),
        pytest.param(statement({"AWS": [OURS, OTHER]}), True, id="ours and another"),
        pytest.param(statement({"AWS": OTHER}, **when("StringLike", "sts:ExternalId", "a")), True, id="a pattern"),
        pytest.param(statement({"AWS": OTHER}, **when("StringEquals", "sts:ExternalId", "*")), True, id="a star"),
        pytest.param(statement({"AWS": OTHER}, **when("StringEquals", "sts:ExternalId", "")), True, id="an empty id"),
        pytest.param(
            statement({"AWS": OTHER}, **when("StringEqualsIfExists", "sts:ExternalId", "a")), True, id="if it is sent"
        ),
        pytest.param(
            statement({"AWS": OTHER}, **when("ForAllValues:StringEquals", "sts:ExternalId", "a")), True, id="for all"
        ),
        pytest.param(statement({"AWS": OTHER}, **when("StringEquals", "sts:ExternalId", "a")), False, id="asked for"),
        pytest.param(
            statement({"AWS": OTHER}, **when("StringEquals", "STS:externalid", "a")), False, id="other letters"
        ),
        pytest.param(statement({"AWS": OURS}), False, id="our own account"),
        pytest.param(statement({"AWS": OTHER}, Action="sts:TagSession"), False, id="tags alone"),
        pytest.param(statement({"Federated": SAML}, Action="sts:AssumeRoleWithSAML"), False, id="a provider"),
        pytest.param(statement({"AWS": OTHER}, Effect="Deny"), False, id="a denial"),
    ],
)
def test_other_accounts_show_for_whom_they_come(trusting: Statement, expected: bool) -> None:
    assert lets_in_without_external_id(trusting, (OURS,), ORGANIZATION) is expected
