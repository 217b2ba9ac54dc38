"""Bucket policies: which of them refuse plain HTTP to everyone."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.plain_http import denies_plain_http
from fixtures.grammar.policies import Policy

BUCKET = "arn:aws:s3:::ledger"
ROOT = "arn:aws:iam::111122223333:root"
OK = {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
TLS_ONLY: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [BUCKET, f"{BUCKET}/*"],
    "Condition": PLAIN,
}


def denies(document: dict[str, Any]) -> bool:
    return denies_plain_http(Policy.parse(document), BUCKET)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="as AWS shows it"),
        pytest.param({"Principal": {"AWS": "*"}}, id="every AWS principal is everyone"),
        pytest.param({"Principal": {"AWS": [ROOT, "*"]}}, id="star in a list"),
        pytest.param({"Action": ["s3:GetObject", "*"]}, id="every action"),
        pytest.param({"Action": "S3:*"}, id="service in capitals"),
        pytest.param({"Resource": "*"}, id="every resource"),
        pytest.param({"Resource": f"{BUCKET}*"}, id="one pattern for bucket and objects"),
        pytest.param({"Resource": ["arn:aws:s3:::*"]}, id="every bucket"),
        pytest.param({"Condition": {"Bool": {"AWS:securetransport": False}}}, id="boolean, key in another case"),
        pytest.param({"Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}, id="BoolIfExists"),
        pytest.param({"Condition": {"NumericLessThanIfExists": {"s3:TlsVersion": 1.2}}}, id="TLS version IfExists"),
        pytest.param({"Condition": {**PLAIN, "NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}}}, id="both"),
        pytest.param({"Condition": {}}, id="every request"),
    ],
)
def test_plain_http_is_denied(change: dict[str, Any]) -> None:
    assert denies({"Statement": [OK, TLS_ONLY | change]})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Effect": "Allow"}, id="allow"),
        pytest.param({"Principal": {"AWS": ROOT}}, id="one account"),
        pytest.param({"Principal": {"Service": "*"}}, id="services only"),
        pytest.param({"Action": ["s3:GetObject", "s3:PutObject"]}, id="two actions"),
        pytest.param({"Action": "s3:Get*"}, id="reading only"),
        pytest.param({"Resource": BUCKET}, id="bucket only"),
        pytest.param({"Resource": f"{BUCKET}/*"}, id="objects only"),
        pytest.param({"Resource": [BUCKET, f"{BUCKET}/reports/*"]}, id="some objects"),
        pytest.param({"Resource": [BUCKET, f"{BUCKET}?"]}, id="objects of no name"),
        pytest.param({"Resource": [BUCKET, f"{BUCKET}/*.csv"]}, id="objects of one ending"),
        pytest.param({"Resource": ["arn:aws:s3:::ledger2", "arn:aws:s3:::ledger2/*"]}, id="another bucket"),
        pytest.param({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, id="denies TLS"),
        pytest.param({"Condition": {"Null": {"aws:SecureTransport": "true"}}}, id="Null"),
        pytest.param({"Condition": {"ForAnyValue:Bool": {"aws:SecureTransport": "false"}}}, id="set operator"),
        pytest.param(
            {"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}, id="TLS version that may be missing"
        ),
        pytest.param({"Condition": PLAIN | {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, id="narrowed by address"),
        pytest.param({"Condition": PLAIN | {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}, id="narrowed by version"),
        pytest.param({"Condition": PLAIN | {"StringNotLike": {"aws:userid": "AROA*"}}}, id="narrowed by caller"),
    ],
)
def test_plain_http_is_not_denied_to_everyone(change: dict[str, Any]) -> None:
    assert not denies({"Statement": [OK, TLS_ONLY | change]})


@pytest.mark.parametrize("forbidden", ["NotPrincipal", "NotAction", "NotResource"])
def test_deny_with_exceptions_is_not_for_everything(forbidden: str) -> None:
    exceptions = {
        "NotPrincipal": {"AWS": ROOT},
        "NotAction": "s3:GetObject",
        "NotResource": "arn:aws:s3:::other",
    }
    statement = {name: value for name, value in TLS_ONLY.items() if name != forbidden.removeprefix("Not")}
    assert not denies({"Statement": statement | {forbidden: exceptions[forbidden]}})


def test_bucket_and_objects_may_be_denied_by_two_statements() -> None:
    parts = [TLS_ONLY | {"Resource": BUCKET}, TLS_ONLY | {"Resource": f"{BUCKET}/*"}]
    assert denies({"Statement": parts})
