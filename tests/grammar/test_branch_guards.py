"""Branch guards of CodeCommit: what a Deny for a branch has to say to hold."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.branch_guards import CHANGING, allowed_changes
from fixtures.grammar.policies import Policy

REPOSITORY = "arn:aws:codecommit:eu-west-1:111122223333:shop"
PUSHES = {"Effect": "Allow", "Action": "codecommit:GitPush", "Resource": REPOSITORY}


def may_push(*statements: dict[str, Any]) -> bool:
    policies = [Policy.of_identity({"Statement": each}) for each in statements]
    return "codecommit:GitPush" in allowed_changes(policies, REPOSITORY, "refs/heads/main")


def denied(operator: str, value: Any, key: str = "codecommit:References") -> dict[str, Any]:
    return PUSHES | {"Effect": "Deny", "Condition": {operator: {key: value}}}


def allowed(operator: str, value: Any, key: str = "codecommit:References") -> dict[str, Any]:
    return PUSHES | {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    "guard",
    [
        pytest.param(denied("StringEquals", "refs/heads/main"), id="the branch"),
        pytest.param(denied("StringEqualsIfExists", ["refs/heads/x", "refs/heads/main"]), id="among others"),
        pytest.param(denied("ForAnyValue:StringLike", "refs/heads/m*"), id="by a wildcard"),
        pytest.param(denied("StringEqualsIgnoreCase", "REFS/HEADS/MAIN"), id="without case"),
        pytest.param(denied("StringNotLike", "refs/heads/feature/*"), id="all but features"),
        pytest.param(denied("Null", "false"), id="every branch"),
        pytest.param(PUSHES | {"Effect": "Deny"}, id="everything"),
    ],
)
def test_a_guard_that_holds(guard: dict[str, Any]) -> None:
    assert not may_push(PUSHES, guard)


@pytest.mark.parametrize(
    "guard",
    [
        pytest.param(denied("StringEquals", "refs/heads/master"), id="another branch"),
        pytest.param(denied("StringEquals", "refs/heads/Main"), id="another case"),
        pytest.param(denied("StringEquals", "refs/heads/ma*"), id="a wildcard that is none"),
        pytest.param(denied("StringNotEquals", "refs/heads/main"), id="all others"),
        pytest.param(denied("StringEquals", "refs/heads/${aws:username}"), id="a variable"),
        pytest.param(denied("Null", "true"), id="where there is no branch"),
        pytest.param(denied("Bool", "false", "aws:MultiFactorAuthPresent"), id="without a second factor"),
        pytest.param(denied("ArnEquals", "refs/heads/main"), id="an operator for ARNs"),
    ],
)
def test_a_guard_that_does_not(guard: dict[str, Any]) -> None:
    assert may_push(PUSHES, guard)


@pytest.mark.parametrize(
    ("statement", "pushes"),
    [
        pytest.param(allowed("StringLike", "refs/heads/feature/*"), False, id="features alone"),
        pytest.param(allowed("StringNotEquals", "refs/heads/main"), False, id="all but the branch"),
        pytest.param(allowed("StringLike", "refs/heads/*"), True, id="every branch"),
        pytest.param(allowed("Bool", "true", "aws:MultiFactorAuthPresent"), True, id="with a second factor"),
        pytest.param({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, True, id="everything but IAM"),
    ],
)
def test_what_is_allowed_to_begin_with(statement: dict[str, Any], pushes: bool) -> None:
    assert may_push(statement) is pushes


def test_every_action_that_changes_a_branch_is_looked_at() -> None:
    everything = Policy.of_identity({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})

    assert allowed_changes([everything], REPOSITORY, "refs/heads/main") == list(CHANGING)
