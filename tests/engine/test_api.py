"""Muster from Python: an account behind any boto3 session is judged, read only, and nothing is left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

import muster
from fixtures.sandbox import gaps
from muster.errors import UsageError
from tests.excuses import excuse

S3 = "s3-bucket-versioned"
KEYS = "iam-user-key-age"
MAKER = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


class Unforeseen(Exception):
    """An exception of no type that anybody names."""


@pytest.fixture(scope="module")
def one_session() -> boto3.Session:
    """Each session of boto3 parses the models of the services that it meets."""
    gaps.install()
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")


@pytest.fixture
def session(one_session: boto3.Session) -> Iterator[boto3.Session]:
    """A session into an account in which nobody has made anything."""
    with mock_aws():
        yield one_session


def a_bucket(name: str, *, versioned: bool) -> None:
    s3: Any = MAKER.client("s3", "eu-west-1")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def judged(session: boto3.Session, *controls: str, **arguments: Any) -> list[muster.Verdict]:
    return muster.judge(session, list(controls), ["eu-west-1"], **arguments)


def test_each_bucket_has_a_verdict(session: boto3.Session) -> None:
    a_bucket("kept", versioned=True)
    a_bucket("lost", versioned=False)
    verdicts = {verdict.resource: verdict for verdict in judged(session, S3)}
    assert {arn: verdict.status for arn, verdict in verdicts.items()} == {
        "arn:aws:s3:::kept": "pass",
        "arn:aws:s3:::lost": "fail",
    }
    lost = verdicts["arn:aws:s3:::lost"]
    assert (lost.control, lost.account, lost.region) == (S3, "session", "eu-west-1")
    assert lost.reason == "does not keep earlier versions of its objects"
    assert len(lost.reads) == 2


@pytest.mark.parametrize(
    ("expires", "status", "scope"),
    [("2999-12-31", "not_applicable", "shop-window"), ("2020-01-01", "fail", None)],
    ids=["in force", "expired"],
)
def test_a_scoped_profile_spares_what_is_out_of_scope(
    session: boto3.Session, expires: str, status: str, scope: str | None
) -> None:
    a_bucket("lost", versioned=False)
    rule = excuse(name="shop-window", resources=["arn:aws:s3:::lost"], expires=expires)
    (verdict,) = judged(session, S3, profile="regulated", facts={"out_of_scope": [rule]})
    (unscoped,) = judged(session, S3, facts={"out_of_scope": [rule]})
    assert (verdict.status, verdict.scope) == (status, scope)
    assert (unscoped.status, unscoped.scope) == ("fail", None)


@pytest.mark.parametrize(("expires", "status"), [("2999-12-31", "pass"), ("2020-01-01", "fail")])
def test_a_fact_that_has_expired_excuses_nothing(session: boto3.Session, expires: str, status: str) -> None:
    a_bucket("open", versioned=True)
    reading = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [reading]})
    s3: Any = MAKER.client("s3", "eu-west-1")
    s3.delete_public_access_block(Bucket="open")
    s3.put_bucket_policy(Bucket="open", Policy=policy)
    facts = {"public_buckets": [excuse(name="open", expires=expires)]}
    assert [verdict.status for verdict in judged(session, "s3-bucket-policy-not-public", facts=facts)] == [status]


def test_an_empty_account_is_not_applicable_and_not_silent(session: boto3.Session) -> None:
    (verdict,) = judged(session, S3)
    assert (verdict.status, verdict.resource) == ("not_applicable", "arn:aws:iam::123456789012:root")


def test_controls_may_be_named_by_a_pattern(session: boto3.Session) -> None:
    a_bucket("kept", versioned=True)
    assert {verdict.control for verdict in judged(session, "s3-bucket-*")} > {S3}


def test_all_controls_are_those_of_an_aws_account(session: boto3.Session) -> None:
    kinds = {verdict.control.partition("-")[0] for verdict in judged(session, "rds-*", "gh-*-mfa", "iam-root-mfa")}
    assert kinds == {"rds", "iam"}


def test_a_profile_chooses_controls_and_sets_thresholds(session: boto3.Session, tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "strict.yaml").write_text(
        f"name: strict\ntitle: Young keys\ncontrols:\n  - {KEYS}: {{max_key_age_days: 9}}\n  - {S3}\n"
    )
    found = judged(session, profile="strict", suite=tmp_path)
    assert {verdict.control: verdict.parameters for verdict in found} == {KEYS: {"max_key_age_days": 9}, S3: {}}


def test_no_region_at_all_is_no_way_to_ask_for_all(session: boto3.Session) -> None:
    with pytest.raises(UsageError, match="regions is empty: name some"):
        muster.judge(session, [S3], [])


def test_facts_are_taken_as_the_estate_would_declare_them(session: boto3.Session) -> None:
    a_bucket("shop-site", versioned=True)
    declared = {"public_buckets": [excuse(name="shop-site")]}
    control = "s3-bucket-public-access-blocked"
    (undeclared,) = judged(session, control)
    (verdict,) = judged(session, control, facts=declared)
    assert undeclared.status in ("pass", "fail")
    assert verdict.status == "not_applicable"
    assert verdict.reason.startswith("the bucket is declared to be public, for reading: ")


def test_a_bucket_named_like_a_token_is_judged_under_its_mark(session: boto3.Session) -> None:
    token = "xoxb-" + "123456789012-" + "abcdefghijklmnopqrstuvwx"
    a_bucket(token, versioned=False)
    (verdict,) = judged(session, S3)
    assert (verdict.status, verdict.reason) == ("fail", "does not keep earlier versions of its objects")
    assert verdict.resource.startswith("arn:aws:s3:::")
    assert token not in verdict.as_line()


@pytest.mark.usefixtures("session")
def test_an_exception_that_nobody_foresaw_costs_one_verdict() -> None:
    def break_at_one(params: dict[str, Any], **_: Any) -> None:
        if "odd" in params["url"]:
            raise Unforeseen

    for name in ("kept", "odd"):
        a_bucket(name, versioned=True)
    own = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")
    own.events.register("before-call.s3.GetBucketVersioning", break_at_one)
    verdicts = {verdict.resource: (verdict.status, verdict.reason) for verdict in judged(own, S3)}
    assert verdicts == {
        "arn:aws:s3:::kept": ("pass", ""),
        "arn:aws:s3:::odd": ("error", "s3:get_bucket_versioning in eu-west-1: Unforeseen"),
    }


def test_a_bucket_named_like_a_token_can_be_declared(session: boto3.Session) -> None:
    token = "xoxb-" + "123456789012-" + "abcdefghijklmnopqrstuvwx"
    a_bucket(token, versioned=True)
    declared = {"public_buckets": [excuse(name=token)]}
    (verdict,) = judged(session, "s3-bucket-public-access-blocked", facts=declared)
    assert verdict.status == "not_applicable"
    assert verdict.reason.startswith("the bucket is declared to be public, for reading: ")


def test_thresholds_are_kept_with_the_verdict(session: boto3.Session) -> None:
    (verdict,) = judged(session, KEYS, parameters={KEYS: {"max_key_age_days": 7}})
    assert verdict.parameters == {"max_key_age_days": 7}


@pytest.mark.parametrize(
    ("controls", "arguments", "said"),
    [
        pytest.param(["s3-bucket-version"], {}, 'did you mean "s3-bucket-versioned"', id="no such control"),
        pytest.param(["gh-*"], {}, "not controls of an AWS account", id="a control of a code host"),
        pytest.param(
            [S3],
            {"facts": {"public_bucket": []}},
            'facts: public_bucket: not a key of facts.yaml; did you mean "public_buckets"',
            id="no such fact",
        ),
        pytest.param(
            [S3],
            {"facts": {"public_buckets": [excuse(name="www", approver="Web Team")]}},
            'facts: public_buckets.0.approver: "Web Team" is the owner as well',
            id="a fact that its owner approves",
        ),
        pytest.param(
            ["iam-user-key-age"],
            {"parameters": {"iam-user-key-age": {"max_key_age_days": 0}}},
            "parameters: max_key_age_days: 0 is out of bounds; expected 1 to 3653 days",
            id="an absurd threshold",
        ),
        pytest.param([S3], {"parameters": {"s3-bucket-version": {}}}, "version", id="a threshold of no control"),
        pytest.param([S3], {"parameters": {S3: {"days": 1}}}, "days", id="no such threshold"),
        pytest.param(
            ["iam-user-key-age"],
            {"parameters": {"iam-user-key-age": {"max_key_age_days": "9"}}},
            "max_key_age_days: .*number",
            id="a wrong type",
        ),
    ],
)
def test_what_does_not_exist_is_an_error_before_anything_is_asked(
    session: boto3.Session, controls: list[str], arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        judged(session, *controls, **arguments)


def test_an_account_that_cannot_be_entered_is_an_error_for_each_control(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    verdicts = judged(boto3.Session(), S3, "s3-bucket-tls-only")
    assert {(verdict.control, verdict.status) for verdict in verdicts} == {
        ("s3-bucket-tls-only", "error"),
        (S3, "error"),
    }
    assert "could not be entered" in verdicts[0].reason


def test_the_callers_session_may_write_afterwards(session: boto3.Session) -> None:
    judged(session, S3)
    session.client("s3").create_bucket(Bucket="mine", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})


def test_no_thread_is_left_behind(session: boto3.Session) -> None:
    a_bucket("kept", versioned=True)
    judged(session, S3)
    before = set(threading.enumerate())
    judged(session, S3)
    # They are told to end, and nobody waits until they have.
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert set(threading.enumerate()) <= before


def test_importing_muster_does_not_import_boto3() -> None:
    code = "import sys, muster; muster.control; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
