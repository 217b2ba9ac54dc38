"""Buckets: what adds up, what closes a policy, and which buckets a rule does not speak of.

Each line of a table is a bucket of one account, which is judged once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from fixtures.aws_made import S3_LOGGING_GROUP
from muster.judging.judgement import Finding
from tests.excuses import excuse
from tests.nouns.told import account, judged, refused
from tests.nouns.told_buckets import SWITCHES, Statement, ToldBucket, answers

ROOT = "arn:aws:iam::123456789012:root"
Findings = Mapping[tuple[str, str], Finding]


def anyone(action: str | list[str] | None = "s3:GetObject", **elements: object) -> Statement:
    """A statement for anyone, but for the elements given; None leaves one out."""
    default = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::BUCKET/*"}
    return {name: value for name, value in {**default, **elements}.items() if value is not None}


def anyone_if(operator: str, key: str, value: str) -> Statement:
    return anyone(Condition={operator: {key: value}})


def writer(service: str, effect: str = "Allow") -> Statement:
    return anyone("s3:PutObject", Principal={"Service": service}, Effect=effect)


def no_plain_http(*resources: str, effect: str = "Deny") -> Statement:
    return {
        "Effect": effect,
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


WHOLE = ("arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*")

TLS_ONLY: dict[str, tuple[list[Statement], str]] = {
    "tls-no-policy": ([], "fail"),
    "tls-bucket-and-objects": ([no_plain_http(*WHOLE)], "pass"),
    "tls-objects-only": ([no_plain_http(WHOLE[1])], "fail"),
    "tls-of-another-bucket": ([no_plain_http("arn:aws:s3:::other", "arn:aws:s3:::other/*")], "fail"),
    "tls-an-allow": ([no_plain_http(*WHOLE, effect="Allow")], "fail"),
}

OPEN_POLICY: dict[str, tuple[list[Statement], str]] = {
    "no-policy": ([], "pass"),
    "anyone": ([anyone()], "fail"),
    "denied-to-anyone": ([anyone(Effect="Deny")], "pass"),
    "everybody-but-one": ([anyone(Principal=None, NotPrincipal={"AWS": ROOT})], "fail"),
    "another-account": ([anyone(Principal={"AWS": "arn:aws:iam::444455556666:root"})], "pass"),
    "any-account": ([anyone(Principal={"AWS": "arn:aws:iam::*:root"})], "fail"),
    "our-organization": ([anyone_if("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5")], "pass"),
    "any-organization": ([anyone_if("StringLike", "aws:PrincipalOrgID", "*")], "fail"),
    "our-endpoint": ([anyone_if("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d")], "pass"),
    "our-addresses": ([anyone_if("IpAddress", "aws:SourceIp", "203.0.113.0/24")], "pass"),
    "half-of-all-addresses": ([anyone_if("IpAddress", "aws:SourceIp", "0.0.0.0/1")], "fail"),
    "users-of-an-application": ([anyone_if("StringEquals", "www.amazon.com:app_id", "amzn1.application.1")], "fail"),
}

DECLARED_PUBLIC: dict[str, tuple[list[Statement], str]] = {
    "declared-read-and-list": ([anyone(["s3:GetObject", "S3:ListBucket"])], "pass"),
    "declared-pattern-of-reading": ([anyone("s3:Get*")], "pass"),
    "declared-read-and-write": ([anyone(["s3:GetObject", "s3:PutObject"])], "fail"),
    "declared-everything": ([anyone("s3:*")], "fail"),
    "declared-everything-but-one": ([anyone(None, NotAction="s3:PutObject")], "fail"),
}

# On the bucket itself, beside a policy for anyone: the status under each of two controls.
SWITCHED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "blocks-nothing": ((), "fail", "fail"),
    "blocks-new-policies": (("BlockPublicPolicy",), "fail", "fail"),
    "restricts-public-policies": (("RestrictPublicBuckets",), "fail", "pass"),
    "blocks-everything": (SWITCHES, "pass", "pass"),
}

VERSIONING: dict[str, tuple[str | None, str]] = {
    "versions-never": (None, "fail"),
    "versions-suspended": ("Suspended", "fail"),
    "versions-enabled": ("Enabled", "pass"),
}

ENCRYPTION: dict[str, tuple[str | None, str]] = {
    "encrypted-by-s3": ("AES256", "fail"),
    "encrypted-by-kms": ("aws:kms", "pass"),
    "encrypted-twice-by-kms": ("aws:kms:dsse", "pass"),
    "encrypted-not-at-all": (None, "fail"),
}

LOG_WRITERS: dict[str, tuple[list[Statement], str]] = {
    "logs-of-balancers": ([writer("logdelivery.elasticloadbalancing.amazonaws.com")], "not_applicable"),
    "logs-of-outposts": ([writer("logdelivery.elb.amazonaws.com")], "not_applicable"),
    "logs-denied": ([writer("logdelivery.elasticloadbalancing.amazonaws.com", "Deny")], "fail"),
    "logs-of-networks": ([writer("delivery.logs.amazonaws.com")], "fail"),
    "logs-of-no-bucket": ([writer("logging.s3.amazonaws.com")], "fail"),
}

# Which bucket's access log goes to it, and whether S3 is let in by an ACL.
LOG_TARGETS: dict[str, tuple[str, bool, str]] = {
    "target-by-policy": ("anyone", False, "not_applicable"),
    "target-by-acl": ("another-account", True, "not_applicable"),
    "target-of-itself": ("target-of-itself", False, "fail"),
}

LET_IN_BY_ACL = ToldBucket(
    ownership="BucketOwnerPreferred",
    grants=[
        {"Grantee": {"Type": "Group", "URI": S3_LOGGING_GROUP}, "Permission": permission}
        for permission in ("WRITE", "READ_ACP")
    ],
)

KMS = {name: str(row[-1]) for name, row in {**ENCRYPTION, **LOG_WRITERS, **LOG_TARGETS}.items()}


def told_buckets() -> dict[str, ToldBucket]:
    """The buckets of the tables."""
    by_policy = {**TLS_ONLY, **OPEN_POLICY, **DECLARED_PUBLIC, **LOG_WRITERS}
    buckets = {name: ToldBucket(statements) for name, (statements, _) in by_policy.items()}
    buckets |= {name: ToldBucket([anyone()], switches=switches) for name, (switches, _, _) in SWITCHED.items()}
    buckets |= {name: ToldBucket(versioning=setting) for name, (setting, _) in VERSIONING.items()}
    buckets |= {name: ToldBucket(algorithm=algorithm) for name, (algorithm, _) in ENCRYPTION.items()}
    for name, (source, by_acl, _) in LOG_TARGETS.items():
        let_in = LET_IN_BY_ACL if by_acl else ToldBucket([writer("logging.s3.amazonaws.com")])
        buckets[name] = let_in
        buckets[source] = replace(buckets[source], logs_to=name)
    return buckets


@pytest.fixture(scope="module")
def findings() -> Findings:
    """What all controls of buckets say of the buckets in the tables."""
    public = [excuse(name=name) for name in DECLARED_PUBLIC]
    found = judged(account(answers(told_buckets())), "s3-bucket-*", facts={"public_buckets": public})
    return {(control, each.resource.removeprefix("arn:aws:s3:::")): each for control, each in found}


@pytest.mark.parametrize("bucket", TLS_ONLY)
def test_plain_http_is_denied_on_the_bucket_and_its_objects(findings: Findings, bucket: str) -> None:
    assert findings["s3-bucket-tls-only", bucket].status == TLS_ONLY[bucket][1]


@pytest.mark.parametrize("bucket", OPEN_POLICY)
def test_a_policy_lets_nobody_in_from_outside(findings: Findings, bucket: str) -> None:
    assert findings["s3-bucket-policy-not-public", bucket].status == OPEN_POLICY[bucket][1]


@pytest.mark.parametrize("bucket", DECLARED_PUBLIC)
def test_a_declared_bucket_may_be_read_by_anyone_and_no_more(findings: Findings, bucket: str) -> None:
    assert findings["s3-bucket-policy-not-public", bucket].status == DECLARED_PUBLIC[bucket][1]


def test_a_declared_bucket_need_not_block_what_is_declared(findings: Findings) -> None:
    found = findings["s3-bucket-public-access-blocked", "declared-read-and-list"]

    assert found.status == "not_applicable"
    assert found.reason == (
        "the bucket is declared to be public, for reading: declared-read-and-list among public_buckets (facts.yaml,"
        " owner web-team), approved by security-lead, until 2999-12-31: This is so on purpose"
    )


def test_a_declared_bucket_must_block_what_lets_anyone_do_more(findings: Findings) -> None:
    assert findings["s3-bucket-public-access-blocked", "declared-everything"].status == "fail"


@pytest.mark.parametrize("bucket", SWITCHED)
def test_all_four_switches_block(findings: Findings, bucket: str) -> None:
    assert findings["s3-bucket-public-access-blocked", bucket].status == SWITCHED[bucket][1]


@pytest.mark.parametrize("bucket", SWITCHED)
def test_a_public_policy_is_harmless_where_it_is_restricted(findings: Findings, bucket: str) -> None:
    assert findings["s3-bucket-policy-not-public", bucket].status == SWITCHED[bucket][2]


@pytest.mark.parametrize("bucket", VERSIONING)
def test_versions_are_kept_while_versioning_is_enabled(findings: Findings, bucket: str) -> None:
    assert findings["s3-bucket-versioned", bucket].status == VERSIONING[bucket][1]


@pytest.mark.parametrize("bucket", KMS)
def test_kms_is_the_default_but_where_access_logs_arrive(findings: Findings, bucket: str) -> None:
    assert findings["s3-bucket-kms", bucket].status == KMS[bucket]


@pytest.mark.parametrize(
    ("control_id", "bucket", "reason"),
    [
        ("s3-bucket-public-access-blocked", "restricts-public-policies", "leaves off: block public acls, ignore "),
        ("s3-bucket-policy-not-public", "anyone", "lets anyone in: statement 1 of its policy"),
        ("s3-bucket-kms", "encrypted-by-s3", "encrypts new objects with AES256 by default"),
        ("s3-bucket-kms", "encrypted-not-at-all", "encrypts new objects with no key by default"),
        ("s3-bucket-kms", "target-by-policy", "receives the access logs of other buckets"),
        ("s3-bucket-kms", "logs-of-balancers", "receives the access logs of load balancers"),
    ],
)
def test_the_reason_is_concrete(findings: Findings, control_id: str, bucket: str, reason: str) -> None:
    assert findings[control_id, bucket].reason.startswith(reason)


def statuses(
    bucket: ToldBucket, of_account: Sequence[str] | None = None, refusing: str | None = None
) -> dict[str, str]:
    """The status of the account and of its one bucket, by control; `refusing` is an operation that S3 refuses."""
    told = answers({"ledger": bucket}, of_account) | ({refusing: refused()} if refusing else {})
    return {control: each.status for control, each in judged(account(told), "s3-*")}


@pytest.mark.parametrize(
    ("of_account", "of_bucket", "expected"),
    [
        (SWITCHES, (), ["pass", "pass", "pass"]),
        (SWITCHES[:2], SWITCHES[2:], ["fail", "pass", "pass"]),
        (SWITCHES[3:], SWITCHES[:2], ["fail", "fail", "pass"]),
    ],
    ids=["the account blocks", "each blocks two", "one switch is on nowhere"],
)
def test_switches_of_account_and_bucket_add_up(
    of_account: tuple[str, ...], of_bucket: tuple[str, ...], expected: list[str]
) -> None:
    found = statuses(ToldBucket([anyone()], switches=of_bucket), of_account)

    three = ("s3-account-public-access-blocked", "s3-bucket-public-access-blocked", "s3-bucket-policy-not-public")
    assert [found[control] for control in three] == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param("logs", "pass", id="a bucket of the account and region"),
        pytest.param("logs-us", "fail", id="a bucket of another region"),
        pytest.param("log", "fail", id="a bucket that is gone, whose name another begins with"),
    ],
)
def test_an_access_log_needs_a_bucket_that_receives_it(target: str, expected: str) -> None:
    receiving = ToldBucket([writer("logging.s3.amazonaws.com")])
    buckets = {
        "data": ToldBucket(logs_to=target),
        "logs": receiving,
        "logs-us": replace(receiving, region="us-east-1"),
    }
    found = judged(account(answers(buckets)), "s3-bucket-access-logged")

    (of_data,) = (each.status for _, each in found if each.resource.endswith(":data"))
    assert of_data == expected


def test_an_account_that_never_set_a_switch_blocks_nothing() -> None:
    assert statuses(ToldBucket())["s3-account-public-access-blocked"] == "fail"


@pytest.mark.parametrize(
    ("refusing", "unreadable"),
    [
        (
            "s3:get_bucket_policy",
            [
                "s3-bucket-access-logged",
                "s3-bucket-kms",
                "s3-bucket-policy-not-public",
                "s3-bucket-sharing-declared",
                "s3-bucket-tls-only",
            ],
        ),
        ("s3:get_bucket_versioning", ["s3-bucket-lifecycle", "s3-bucket-mfa-delete", "s3-bucket-versioned"]),
        (
            "s3:get_bucket_encryption",
            ["s3-bucket-customer-keys-blocked", "s3-bucket-key-declared", "s3-bucket-kms"],
        ),
        (
            "s3:get_bucket_acl",
            ["s3-bucket-access-logged", "s3-bucket-acl-not-public", "s3-bucket-kms", "s3-bucket-sharing-declared"],
        ),
        (
            "s3control:get_public_access_block",
            ["s3-account-public-access-blocked", "s3-bucket-policy-not-public", "s3-bucket-public-access-blocked"],
        ),
    ],
)
def test_what_is_denied_is_an_error_and_no_finding(refusing: str, unreadable: list[str]) -> None:
    found = statuses(ToldBucket([anyone()]), refusing=refusing)

    assert sorted(control for control, status in found.items() if status == "error") == unreadable


def test_a_policy_that_cannot_be_understood_is_an_error() -> None:
    found = statuses(ToldBucket(policy='{"Statement": [{"Effect": "Permit"}]}'))

    assert found["s3-bucket-policy-not-public"] == "error"
