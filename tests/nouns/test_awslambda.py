"""Lambda: which statements of a function's policies let strangers in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.awslambda import Grant
from fixtures.grammar.policies import Policy
from fixtures.sandbox.awslambda import URL_STATEMENTS, code
from muster.judging.judgement import Finding
from muster.reading.reads import Call
from muster.reading.redaction import Redactor
from tests.excuses import excuse
from tests.nouns.stage import Stage

REGION = "eu-west-1"
DECLARED = {"public_functions": [excuse(name="orders")]}


@pytest.fixture
def functions(stage: Stage) -> Any:
    """A Lambda client, and one function `orders`."""
    role = stage.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    client = stage.client("lambda")
    client.create_function(
        FunctionName="orders",
        Role=role["Role"]["Arn"],
        Runtime="python3.13",
        Handler="main.handle",
        Code={"ZipFile": code()},
        Publish=True,
    )
    client.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    return client


def allow(functions: Any, statement: str, **settings: Any) -> None:
    request = {"Action": "lambda:InvokeFunction", "Principal": "*", **settings}
    functions.add_permission(FunctionName="orders", StatementId=statement, **request)


def verdict(stage: Stage, **facts: Any) -> Finding:
    (only,) = stage.judge(["lambda-not-public"], regions=[REGION], facts=facts)
    return only


def grant(condition: dict[str, Any] | None = None) -> Grant:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "lambda:InvokeFunction",
        "Resource": "*",
    }
    if condition is not None:
        statement["Condition"] = condition
    (only,) = Policy.parse({"Version": "2012-10-17", "Statement": [statement]}).statements
    return Grant("statement 1", only)


@pytest.mark.usefixtures("functions")
def test_a_function_without_a_policy_passes(stage: Stage) -> None:
    assert verdict(stage).status == "pass"


def test_a_function_that_one_account_may_invoke_passes(stage: Stage, functions: Any) -> None:
    allow(functions, "partner", Principal="arn:aws:iam::111122223333:root")
    assert verdict(stage).status == "pass"


def test_a_function_that_everyone_may_invoke_fails(stage: Stage, functions: Any) -> None:
    allow(functions, "partner")
    assert (verdict(stage).status, verdict(stage).reason) == ("fail", "lets anyone invoke it: statement 1 (partner)")


def test_the_policy_of_an_alias_counts_and_is_named(stage: Stage, functions: Any) -> None:
    allow(functions, "own", Principal="arn:aws:iam::123456789012:root")
    allow(functions, "partner", Qualifier="live")
    assert (verdict(stage).status, verdict(stage).reason) == (
        "fail",
        "lets anyone invoke it: statement 1 (partner) of alias live",
    )


def test_the_policy_of_a_published_version_counts_and_is_named(stage: Stage, functions: Any) -> None:
    allow(functions, "partner", Qualifier="1")
    assert (verdict(stage).status, verdict(stage).reason) == (
        "fail",
        "lets anyone invoke it: statement 1 (partner) of version 1",
    )


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        pytest.param({"Principal": "s3.amazonaws.com"}, "fail", id="a service, whoever asks it to"),
        pytest.param({"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::*"}, "fail", id="for any bucket"),
        pytest.param({"Principal": "sns.amazonaws.com", "SourceAccount": "123456789012"}, "pass", id="for us"),
        pytest.param(
            {"Principal": "replicator.lambda.amazonaws.com", "Action": "lambda:GetFunction"},
            "pass",
            id="a service that invokes nothing",
        ),
    ],
)
def test_a_service_needs_a_source(stage: Stage, functions: Any, settings: dict[str, str], status: str) -> None:
    allow(functions, "service", **settings)
    assert verdict(stage).status == status


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"SourceAccount": "123456789012"}, id="account of the source"),
        pytest.param({"SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/nightly"}, id="source"),
        pytest.param({"PrincipalOrgID": "o-a1b2c3d4e5"}, id="organization"),
    ],
)
def test_a_condition_that_fixes_the_caller_closes(stage: Stage, functions: Any, settings: dict[str, str]) -> None:
    allow(functions, "partner", **settings)
    assert verdict(stage).status == "pass"


@pytest.mark.parametrize("statement", URL_STATEMENTS)
def test_a_url_for_everyone_fails_unless_it_is_declared(stage: Stage, functions: Any, statement: str) -> None:
    allow(functions, statement, **URL_STATEMENTS[statement])
    assert verdict(stage).status == "fail"
    assert verdict(stage, **DECLARED).status == "pass"


def test_another_functions_declaration_does_not_help(stage: Stage, functions: Any) -> None:
    statement, settings = next(iter(URL_STATEMENTS.items()))
    allow(functions, statement, **settings)
    (other,) = DECLARED["public_functions"]
    assert verdict(stage, public_functions=[{**other, "name": "order"}]).status == "fail"


def test_a_declared_function_may_be_open_by_its_url_only(stage: Stage, functions: Any) -> None:
    for statement, settings in URL_STATEMENTS.items():
        allow(functions, statement, **settings)
    allow(functions, "partner")
    assert (verdict(stage, **DECLARED).status, verdict(stage, **DECLARED).reason) == (
        "fail",
        "lets anyone invoke it: statement 3 (partner)",
    )


@pytest.mark.parametrize(
    ("condition", "lets_in"),
    [
        pytest.param(None, True, id="no condition"),
        pytest.param({"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, False, id="account"),
        pytest.param({"StringLike": {"aws:SourceAccount": "*"}}, True, id="any account"),
        pytest.param({"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.1"}}, False, id="a skill of Alexa"),
        pytest.param({"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}, True, id="any account, signed in"),
        pytest.param({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, True, id="an address is no caller"),
        pytest.param({"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}, True, id="a VPC is no caller"),
    ],
)
def test_what_lets_anyone_in(condition: dict[str, Any] | None, lets_in: bool) -> None:
    assert grant(condition).lets_anyone_in is lets_in


@pytest.mark.parametrize(
    ("condition", "bound"),
    [
        pytest.param(None, False, id="no condition"),
        pytest.param({"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}, True, id="type of sign-in"),
        pytest.param({"StringEquals": {"LAMBDA:functionurlauthtype": "NONE"}}, True, id="keys have no case"),
        pytest.param({"StringEqualsIfExists": {"lambda:FunctionUrlAuthType": "NONE"}}, False, id="if it exists"),
        pytest.param({"StringNotEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}, False, id="a negation"),
        pytest.param({"StringLike": {"lambda:FunctionUrlAuthType": "*"}}, False, id="any value"),
        pytest.param({"StringEquals": {"lambda:FunctionUrlAuthType": []}}, False, id="no value"),
        pytest.param({"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}, True, id="by URL"),
        pytest.param({"Bool": {"lambda:InvokedViaFunctionUrl": True}}, True, id="by URL, as a boolean"),
        pytest.param({"Bool": {"lambda:InvokedViaFunctionUrl": "false"}}, False, id="not by URL"),
        pytest.param({"Bool": {"lambda:InvokedViaFunctionUrl": ["true", "false"]}}, False, id="either way"),
        pytest.param({"BoolIfExists": {"lambda:InvokedViaFunctionUrl": "true"}}, False, id="by URL, if it says so"),
        pytest.param({"Bool": {"aws:SecureTransport": "true"}}, False, id="another key"),
    ],
)
def test_what_binds_to_the_url(condition: dict[str, Any] | None, bound: bool) -> None:
    assert grant(condition).is_bound_to_url is bound


@given(
    operator=st.sampled_from(["String", "StringNot", "Arn", "Null", "Bool", "Numeric", "ForAllValues:String"]),
    suffix=st.sampled_from(["", "Equals", "Like", "EqualsIfExists", "LikeIfExists", "IfExists"]),
    value=st.sampled_from(["", "*", "N?NE", "${aws:username}", "false"]),
    key=st.sampled_from(["lambda:FunctionUrlAuthType", "lambda:InvokedViaFunctionUrl"]),
)
def test_nothing_loose_binds_to_the_url(operator: str, suffix: str, value: str, key: str) -> None:
    # "false" under a plain comparison is a fixed, if senseless, type of sign-in: no request ever carries it.
    loose = grant({operator + suffix: {key: value}})
    is_plain = (operator, value) == ("String", "false") and suffix in ("Equals", "Like")
    assert loose.is_bound_to_url is (is_plain and key == "lambda:FunctionUrlAuthType")


def test_values_of_environment_variables_are_never_kept(functions: Any) -> None:
    variables = {"TABLE": "orders-of-the-north"}
    functions.update_function_configuration(FunctionName="orders", Environment={"Variables": variables})
    answer = json.loads(json.dumps(functions.list_functions(), default=str))
    kept = Redactor(b"tests")(Call("a", REGION, "lambda", "list_functions", {}), answer)
    assert "orders-of-the-north" not in json.dumps(kept)
    assert "TABLE" in json.dumps(kept)
