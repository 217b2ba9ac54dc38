"""Who a statement lets in: open principals, and the conditions that close them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.openness import EVERY_SCOPE, serves_anyone
from fixtures.grammar.policies import Policy, Statement

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
SUBJECT = "token.actions.githubusercontent.com:sub"


def statement(**elements: Any) -> Statement:
    (one,) = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", **elements}}).statements
    return one


def open_with(operator: str, key: str, values: Any) -> bool:
    return statement(Principal="*", Condition={operator: {key: values}}).is_open


def for_service(operator: str, key: str, value: str) -> dict[str, Any]:
    return {"Principal": {"Service": "s3.amazonaws.com"}, "Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    "element",
    [
        pytest.param({"Principal": "*"}, id="star"),
        pytest.param({"Principal": {"AWS": "*"}}, id="any AWS principal"),
        pytest.param({"Principal": {"AWS": [ROOT, "*"]}}, id="star in a list"),
        pytest.param({"Principal": {"AWS": ROOT, "Federated": "*"}}, id="any identity provider"),
        pytest.param({"Principal": {"Service": "*"}}, id="any service"),
        pytest.param({"Principal": {"Service": "*.amazonaws.com"}}, id="pattern of services"),
        pytest.param({"Principal": {"CanonicalUser": "*"}}, id="any canonical user"),
        pytest.param({"Principal": {"AWS": "arn:aws:iam::*:root"}}, id="any account"),
        pytest.param({"Principal": {"AWS": "arn:aws:iam::11112222333?:root"}}, id="ten accounts"),
        pytest.param({"Principal": {"AWS": "arn:aws:iam::${aws:PrincipalAccount}:root"}}, id="policy variable"),
        pytest.param({"Principal": {"AWS": ""}}, id="empty, as AWS Config counts it"),
        pytest.param({"Principal": {"Federated": "graph.facebook.com"}}, id="public identity provider"),
        pytest.param({"NotPrincipal": {"AWS": ROOT}}, id="everyone but one account"),
    ],
)
def test_open_principal(element: dict[str, Any]) -> None:
    assert statement(**element).is_open


@pytest.mark.parametrize(
    "element",
    [
        pytest.param({"Principal": {"AWS": ROOT}}, id="account by ARN"),
        pytest.param({"Principal": {"AWS": ACCOUNT}}, id="account by id"),
        pytest.param({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}}, id="wildcard inside one account"),
        pytest.param({"Principal": {"Service": "sns.amazonaws.com"}}, id="service"),
        pytest.param({"Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/staff"}}, id="our provider"),
        pytest.param({"Principal": "*", "Effect": "Deny"}, id="everyone denied"),
        pytest.param({"NotPrincipal": {"AWS": ROOT}, "Effect": "Deny"}, id="everyone else denied"),
        pytest.param({"Resource": "*"}, id="identity policy, which names nobody"),
    ],
)
def test_closed_principal(element: dict[str, Any]) -> None:
    assert not statement(**element).is_open


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("StringEquals", "AWS:principalorgid", "o-a1b2c3d4e5"),
        ("StringEqualsIgnoreCase", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"),
        ("ForAnyValue:StringEquals", "aws:SourceOrgPaths", ["o-a1b2c3d4e5/r-ab12/"]),
        ("StringEquals", "aws:PrincipalAccount", [ACCOUNT, "444455556666"]),
        ("StringEquals", "aws:PrincipalAccount", 111122223333),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
        ("ArnEquals", "aws:PrincipalArn", f"arn:*:iam::{ACCOUNT}:role/deploy"),
        ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
        ("StringEquals", "aws:SourceAccount", ACCOUNT),
        ("StringEquals", "AWS:SourceOwner", ACCOUNT),
        ("StringEquals", "aws:SourceOrgID", "o-a1b2c3d4e5"),
        ("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"),
        ("StringLike", "aws:SourceArn", f"arn:aws:sns:eu-west-1:{ACCOUNT}:*"),
        ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::ledger"),
        ("StringEquals", "aws:SourceArn", "arn:aws:s3:::ledger"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:ledger"),
        ("ArnLike", "aws:SourceArn", "arn:aws:route53:::hostedzone/Z123"),
        ("StringEquals", "aws:SourceVpc", "vpc-0a1b2c3d"),
        ("StringEquals", "aws:SourceVpce", ["vpce-0a1b2c3d"]),
        ("ArnLike", "aws:SourceVpcArn", f"arn:aws:ec2:*:{ACCOUNT}:vpc/*"),
        ("StringEquals", "aws:VpceAccount", ACCOUNT),
        ("StringEquals", "aws:VpceOrgID", "o-a1b2c3d4e5"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ("IpAddress", "aws:SourceIp", ["203.0.113.7", "2001:db8::/32", "10.0.0.0/8"]),
        ("IpAddress", "aws:SourceIp", ["12.0.0.0/8", "13.0.0.0/8"]),
        ("StringEquals", "aws:userid", "AROAEXAMPLEID:deploy"),
        ("StringEquals", "kms:CallerAccount", ACCOUNT),
        ("StringEquals", "s3:DataAccessPointAccount", ACCOUNT),
        ("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3:us-west-2:{ACCOUNT}:accesspoint/*"),
        ("StringEquals", "lambda:EventSourceToken", "amzn1.ask.skill.example"),
        ("StringEquals", SUBJECT, "repo:example/app:ref:refs/heads/main"),
        (
            "StringEquals",
            "cognito-identity.amazonaws.com:aud",
            "us-east-1:12345678-aaaa-bbbb-cccc-1234567890ab",
        ),
    ],
)
def test_condition_closes(operator: str, key: str, values: Any) -> None:
    assert not open_with(operator, key, values)


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        pytest.param("StringLike", "aws:PrincipalOrgID", "*", id="any organization"),
        pytest.param("StringLike", "aws:PrincipalOrgID", "o-*", id="pattern of organizations"),
        pytest.param("StringEquals", "aws:PrincipalOrgID", ["o-a1b2c3d4e5", "*"], id="one value does not narrow"),
        pytest.param("StringEquals", "aws:PrincipalOrgID", [], id="no value"),
        pytest.param("StringEquals", "aws:PrincipalOrgID", "", id="empty value"),
        pytest.param("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5", id="ForAllValues"),
        pytest.param("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5", id="IfExists"),
        pytest.param("ForAnyValue:StringLikeIfExists", "aws:PrincipalOrgPaths", "o-a/r/*", id="set with IfExists"),
        pytest.param("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5", id="everyone but us"),
        pytest.param("Null", "aws:PrincipalOrgID", "false", id="member of any organization"),
        pytest.param("Bool", "aws:PrincipalIsAWSService", "true", id="any service"),
        pytest.param("Bool", "aws:SecureTransport", "true", id="anyone with TLS"),
        pytest.param("IpAddress", "aws:PrincipalAccount", ACCOUNT, id="operator of another type"),
        pytest.param("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "*", id="any path"),
        pytest.param("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-*/r-ab12/*", id="path of any organization"),
        pytest.param("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5*", id="path that may go on"),
        pytest.param("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}", id="policy variable"),
        pytest.param("StringLike", "aws:PrincipalAccount", "1111*", id="part of an account id"),
        pytest.param("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin", id="role of any account"),
        pytest.param("ArnLike", "aws:PrincipalArn", "*", id="any ARN"),
        pytest.param("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:x}:role/a", id="variable as account"),
        pytest.param("StringLike", "aws:PrincipalArn", f"arn:aws:iam::*:{ACCOUNT}:*", id="star over colons"),
        pytest.param("StringLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*", id="star before the account"),
        pytest.param("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", id="any bucket"),
        pytest.param("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:*", id="any bucket, spelt out"),
        pytest.param("ArnLike", "aws:SourceArn", "arn:aws:s3:::logs-*", id="any bucket of a prefix"),
        pytest.param("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:accesspoint/x", id="access point of any account"),
        pytest.param("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:ledger", id="topic of any account"),
        pytest.param("StringLike", "aws:SourceArn", "arn:aws:s3:*:*:ledger", id="bucket under a star over colons"),
        pytest.param("ArnLike", "aws:SourceArn", "arn:aws:apigateway:*::/restapis/*", id="no account, any resource"),
        pytest.param("StringLike", "aws:SourceVpc", "vpc-*", id="any VPC"),
        pytest.param("IpAddress", "aws:SourceIp", "0.0.0.0/0", id="every address"),
        pytest.param("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"], id="two halves"),
        pytest.param("IpAddress", "aws:SourceIp", [f"{n}.0.0.0/8" for n in range(256)], id="every address, in /8"),
        pytest.param("IpAddress", "aws:SourceIp", [f"{n}.0.0.0/8" for n in range(32, 64)], id="an eighth, in /8"),
        pytest.param(
            "IpAddress", "aws:SourceIp", [f"{n}.{m}.0.0/10" for n in range(32) for m in (0, 64, 128, 192)], id="in /10"
        ),
        pytest.param("IpAddress", "aws:SourceIp", "32.0.0.0/7", id="broader than S3 lets pass"),
        pytest.param("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "::/0"], id="every IPv6 address"),
        pytest.param("IpAddress", "aws:SourceIp", "2000::/3", id="every public IPv6 address"),
        pytest.param("IpAddress", "aws:SourceIp", "2001:db8::/31", id="broader than S3 lets pass, IPv6"),
        pytest.param("IpAddress", "aws:SourceIp", "203.0.113.*", id="no address range"),
        pytest.param("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", id="every other address"),
        pytest.param("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16", id="private address in anyone's VPC"),
        pytest.param("StringLike", "aws:userid", "AROAEXAMPLEID:*", id="sessions of a role, as S3 counts them"),
        pytest.param("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com", id="by way of a service"),
        pytest.param("StringEquals", "sts:ExternalId", "example", id="external id"),
        pytest.param("StringEquals", "lambda:FunctionUrlAuthType", "NONE", id="open function URL"),
        pytest.param("StringEquals", "aws:PrincipalTag/team", "payments", id="tag that any account can set"),
        pytest.param("StringEquals", "aws:ResourceAccount", ACCOUNT, id="account of the resource itself"),
        pytest.param("StringLike", SUBJECT, "repo:*", id="pattern of subjects"),
        pytest.param("StringEquals", "token.actions.githubusercontent.com:aud", "sts.amazonaws.com", id="GitHub aud"),
        pytest.param("StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml", id="audience of all SAML"),
    ],
)
def test_condition_does_not_close(operator: str, key: str, values: Any) -> None:
    assert open_with(operator, key, values)


def test_application_closes_a_public_identity_provider() -> None:
    condition = {"StringEquals": {"www.amazon.com:app_id": "amzn1.application-oa2-client.example"}}
    assert not statement(Principal={"Federated": "www.amazon.com"}, Condition=condition).is_open


@pytest.mark.parametrize(
    ("key", "value", "closed_by", "is_open"),
    [
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5", ("address",), True),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5", ("address", "organization"), False),
        ("aws:SourceVpc", "vpc-0a1b2c3d", ("vpc",), False),
        ("aws:SourceArn", "arn:aws:s3:::ledger", ("account", "vpc"), True),
    ],
)
def test_a_control_may_ask_for_certain_scopes(key: str, value: str, closed_by: Any, is_open: bool) -> None:
    one = statement(Principal="*", Condition={"StringEquals": {key: value}})
    assert one.lets_anyone_in(closed_by) is is_open


@pytest.mark.parametrize(
    ("elements", "serves"),
    [
        pytest.param({"Principal": {"Service": "s3.amazonaws.com"}}, True, id="a service"),
        pytest.param({"Principal": {"Service": ["a.amazonaws.com"], "AWS": ACCOUNT}}, True, id="beside an account"),
        pytest.param({"Principal": {"Service": "s3.amazonaws.com"}, "Effect": "Deny"}, False, id="a refusal"),
        pytest.param({"Principal": {"AWS": ACCOUNT}}, False, id="an account"),
        pytest.param(for_service("StringEquals", "aws:SourceAccount", ACCOUNT), False, id="for an account"),
        pytest.param(for_service("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"), False, id="for its topics"),
        pytest.param(for_service("StringLike", "aws:SourceAccount", "*"), True, id="for any account"),
        pytest.param(for_service("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"), True, id="for any bucket"),
        pytest.param(for_service("StringEqualsIfExists", "aws:SourceAccount", ACCOUNT), True, id="if it says for whom"),
        pytest.param(for_service("Bool", "aws:SecureTransport", "true"), True, id="a condition on the way"),
    ],
)
def test_a_service_serves_anyone_unless_its_source_is_fixed(elements: dict[str, Any], serves: bool) -> None:
    assert serves_anyone(statement(**elements), EVERY_SCOPE) is serves


def test_conditions_on_a_key_are_found_without_case() -> None:
    one = statement(Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})
    assert [each.values for each in one.conditions_on("Lambda:functionurlauthtype")] == [("NONE",)]


def test_open_statements_are_named_although_a_deny_follows() -> None:
    policy = Policy.parse(
        {
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sqs:*"},
                {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"},
                {"Effect": "Deny", "Principal": "*", "Action": "*"},
            ]
        }
    )
    assert policy.labels(lambda each: each.is_open) == ["statement 2 (Open)"]


OPERATORS = [
    "StringEquals",
    "StringLike",
    "ArnLike",
    "IpAddress",
    "ForAllValues:StringEquals",
    "StringNotEquals",
]
KEYS = [
    "aws:PrincipalOrgID",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:userid",
    "aws:RequestedRegion",
    "kms:ViaService",
]
VALUES = [
    "*",
    "o-a1b2c3d4e5",
    f"arn:aws:sns:eu-west-1:{ACCOUNT}:t",
    "203.0.113.0/24",
    "0.0.0.0/0",
    "eu-west-1",
    "",
]
BLOCKS = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(VALUES), max_size=3), min_size=1, max_size=3),
    max_size=3,
)
UNRELATED = st.dictionaries(
    st.sampled_from(["DateLessThan", "NumericLessThan", "Null", "Bool"]),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), min_size=1, max_size=2),
    max_size=2,
)


@given(BLOCKS, UNRELATED)
def test_an_unrelated_condition_changes_nothing(block: dict[str, Any], unrelated: dict[str, Any]) -> None:
    plain, more = (
        statement(Principal="*", Condition=block),
        statement(Principal="*", Condition=block | unrelated),
    )
    assert more.is_open is plain.is_open


@given(BLOCKS, BLOCKS)
def test_a_further_condition_never_opens(block: dict[str, Any], further: dict[str, Any]) -> None:
    if not statement(Principal="*", Condition=block).is_open:
        assert not statement(Principal="*", Condition=further | block).is_open


@given(BLOCKS, st.sampled_from(["*", "", "${aws:username}"]))
def test_a_value_that_does_not_narrow_always_opens(block: dict[str, Any], anything: str) -> None:
    widened = {operator: {key: [*values, anything] for key, values in keys.items()} for operator, keys in block.items()}
    assert statement(Principal="*", Condition=widened).is_open


@given(BLOCKS)
def test_lists_and_order_of_values_do_not_matter(block: dict[str, Any]) -> None:
    turned = {
        operator: {key: values[0] if len(values) == 1 else values[::-1] for key, values in reversed(keys.items())}
        for operator, keys in reversed(block.items())
    }
    assert (
        statement(Principal={"AWS": "*"}, Condition=turned).is_open
        is statement(Principal={"AWS": ["*"]}, Condition=block).is_open
    )
