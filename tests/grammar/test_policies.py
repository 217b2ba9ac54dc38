"""IAM policy documents: what is read, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.full_admin import full_admin_labels
from fixtures.grammar.plain_http import denies_plain_http
from fixtures.grammar.policies import Condition, Policy, Principal, Statement, matches

BUCKET = "arn:aws:s3:::ledger"
ROOT = "arn:aws:iam::111122223333:root"


def one(**elements: Any) -> Statement:
    (statement,) = Policy.parse({"Statement": elements}).statements
    return statement


def test_policy_is_read_element_by_element() -> None:
    policy = Policy.parse(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Id": "example",
                "Statement": {
                    "Sid": "Partner",
                    "Effect": "Allow",
                    "Principal": {"AWS": [ROOT, "444455556666"], "Service": "sns.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": [f"{BUCKET}/*"],
                    "Condition": {
                        "Bool": {"aws:SecureTransport": True},
                        "NumericLessThan": {"s3:TlsVersion": [1.2, 2]},
                    },
                },
            }
        )
    )
    assert policy.statements == (
        Statement(
            sid="Partner",
            effect="Allow",
            principals=(
                Principal("AWS", ROOT),
                Principal("AWS", "444455556666"),
                Principal("Service", "sns.amazonaws.com"),
            ),
            not_principals=(),
            actions=("s3:GetObject",),
            not_actions=(),
            resources=(f"{BUCKET}/*",),
            not_resources=(),
            conditions=(
                Condition("Bool", "aws:SecureTransport", ("true",)),
                Condition("NumericLessThan", "s3:TlsVersion", ("1.2", "2")),
            ),
        ),
    )


def test_bare_star_principal_is_a_kind_of_its_own() -> None:
    assert one(Effect="Allow", Principal="*", Action="sqs:*").principals == (Principal("*", "*"),)


def test_policy_without_statements_is_read_as_empty() -> None:
    assert Policy.parse('{"Version": "2008-10-17", "Statement": []}').statements == ()


def test_a_mapping_is_read_as_the_text_that_it_is_decoded_from() -> None:
    # So boto3 returns the documents of IAM; others it leaves as they are.
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}]}
    assert Policy.parse(trust) == Policy.parse(json.dumps(trust))


OK = {"Effect": "Allow", "Action": "s3:*"}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param("{", "not JSON", id="text that is no JSON"),
        pytest.param("%7B%22Statement%22%3A%5B%5D%7D", "decoded text", id="text still URL-encoded"),
        pytest.param("[" * 100_000, "nested too deeply", id="text nested without end"),
        pytest.param("[]", "is no object", id="list in place of a policy"),
        pytest.param({"Version": "2012-10-17"}, "Statement is missing", id="no statement"),
        pytest.param({"Statement": ["x"]}, "statement 1: 'x' is no object", id="statement is a text"),
        pytest.param({"Statement": [OK], "Statements": []}, "'Statements'", id="unknown element of the policy"),
        pytest.param({"Statement": [OK, {**OK, "Prinicpal": "*"}]}, "statement 2: unknown", id="misspelt element"),
        pytest.param({"Statement": {"Action": "*"}}, "Effect is None", id="no effect"),
        pytest.param({"Statement": {**OK, "Effect": "allow"}}, "Effect is 'allow'", id="effect in another case"),
        pytest.param({"Statement": {**OK, "Sid": 1}}, "Sid is 1", id="number as Sid"),
        pytest.param({"Statement": {"Effect": "Deny"}}, "both missing", id="no action"),
        pytest.param({"Statement": {**OK, "NotAction": "*"}}, "both given", id="Action and NotAction"),
        pytest.param({"Statement": {**OK, "Action": []}}, r"Action is \[\]", id="empty list of actions"),
        pytest.param({"Statement": {**OK, "Action": ["s3:*", 5]}}, "Action is", id="number among the actions"),
        pytest.param({"Statement": {**OK, "Resource": None}}, "Resource is None", id="null resource"),
        pytest.param({"Statement": {**OK, "Principal": ROOT}}, "Principal: ", id="ARN outside a principal object"),
        pytest.param({"Statement": {**OK, "Principal": {}}}, "Principal is empty", id="principal of nobody"),
        pytest.param({"Statement": {**OK, "Principal": {"AWS": []}}}, "AWS is", id="no principal in the list"),
        pytest.param({"Statement": {**OK, "Principal": {"aws": "*"}}}, "'aws'", id="unknown kind of principal"),
        pytest.param({"Statement": {**OK, "Condition": ["x"]}}, "Condition is", id="condition is a list"),
        pytest.param({"Statement": {**OK, "Condition": {"Bool": "x"}}}, "Condition is", id="operator without key"),
        pytest.param({"Statement": {**OK, "Condition": {"Bool": {"k": None}}}}, "Bool: k is None", id="null as value"),
        pytest.param(
            '{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*"}}',
            "'Effect'",
            id="key given twice",
        ),
    ],
)
def test_what_is_malformed_is_refused_by_name(document: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Policy.parse(document)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("s3:?etObject", "s3:GetObject", True),
        ("s3:?etObject", "s3:etObject", False),
        ("*", "", True),
        ("arn:aws:s3:::b[a]d", "arn:aws:s3:::bad", False),
        ("arn:aws:s3:::b[a]d", "arn:aws:s3:::b[a]d", True),
        ("*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "a" * 200, False),
    ],
)
def test_wildcards_are_star_and_question_mark_alone(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@pytest.mark.parametrize(
    ("elements", "covered"),
    [
        pytest.param({"Action": "S3:getobject"}, True, id="names compare without case"),
        pytest.param({"Action": ["ec2:*", "s3:Get*"]}, True, id="one of a list"),
        pytest.param({"Action": "s3:Put*"}, False, id="another action"),
        pytest.param({"NotAction": "iam:*"}, True, id="NotAction of another service"),
        pytest.param({"NotAction": ["iam:*", "S3:GET*"]}, False, id="NotAction of the action"),
    ],
)
def test_action_is_covered(elements: dict[str, Any], covered: bool) -> None:
    assert one(Effect="Allow", Resource="*", **elements).covers_action("s3:GetObject") is covered


@pytest.mark.parametrize(
    ("elements", "covered"),
    [
        pytest.param({"Resource": [BUCKET, f"{BUCKET}/*"]}, True, id="one of a list"),
        pytest.param({"Resource": "arn:aws:s3:::LEDGER/*"}, False, id="names compare with their case"),
        pytest.param({"Resource": "arn:aws:s3:::other"}, False, id="another resource"),
        pytest.param({"NotResource": "arn:aws:s3:::other"}, True, id="NotResource of another"),
        pytest.param({"NotResource": ["arn:aws:iam::*", "arn:aws:s3:::led*"]}, False, id="NotResource of the resource"),
        pytest.param({}, False, id="none named"),
    ],
)
def test_resource_is_covered(elements: dict[str, Any], covered: bool) -> None:
    assert one(Effect="Allow", Action="*", **elements).covers_resource(f"{BUCKET}/2026") is covered


def test_statements_are_labelled_by_number_and_sid() -> None:
    policy = Policy.parse({"Statement": [OK | {"Sid": "Own"}, OK, {**OK, "Effect": "Deny", "Sid": "Never"}]})
    assert policy.labels(lambda statement: statement.is_allow) == ["statement 1 (Own)", "statement 2"]


ACTIONS = st.lists(st.sampled_from(["*", "*:*", "s3:*", "S3:Get*", "ec2:Run?nstances"]), min_size=1, max_size=3)
RESOURCES = st.lists(st.sampled_from(["*", BUCKET, f"{BUCKET}/*", "arn:aws:s3:::*"]), min_size=1, max_size=3)
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
CONDITIONS = st.sampled_from([{}, PLAIN, {"NumericLessThan": {"s3:TlsVersion": ["1.2"]}}])
STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Deny"]),
            "Principal": st.sampled_from([{"AWS": ["*"]}, {"AWS": [ROOT]}]),
            "Action": ACTIONS,
            "Resource": RESOURCES,
            "Condition": CONDITIONS,
        }
    ),
    min_size=1,
    max_size=4,
)


def answers(policy: Policy) -> tuple[int, bool, bool]:
    is_open = len(policy.labels(lambda statement: statement.is_open))
    return is_open, bool(full_admin_labels(policy, ROOT)), denies_plain_http(policy, BUCKET)


def short(value: Any) -> Any:
    """The same element with each list of one replaced by its item."""
    if isinstance(value, dict):
        return {name: short(item) for name, item in value.items()}
    return value[0] if isinstance(value, list) and len(value) == 1 else value


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_order_and_spelling_change_no_answer(statements: list[dict[str, Any]], random: Any) -> None:
    shuffled = [dict(random.sample(list(each.items()), len(each))) for each in statements]
    random.shuffle(shuffled)
    rewritten = [{**short(each), "Action": short([name.upper() for name in each["Action"]])} for each in shuffled]
    assert answers(Policy.parse(json.dumps({"Statement": rewritten}))) == answers(
        Policy.parse({"Statement": statements})
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Statement", "Effect", "Principal", "Action", "Condition", "AWS", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_either_read_or_refused(content: Any) -> None:
    try:
        policy = Policy.parse(json.dumps(content))
    except ValueError:
        return
    assert all(each.effect in ("Allow", "Deny") for each in policy.statements)
