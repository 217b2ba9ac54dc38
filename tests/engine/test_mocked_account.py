"""A mocked account for tests of one's own is judged as any account is; tests/stand_ins judges it by every control."""

from __future__ import annotations

from typing import Any

import boto3

import muster


def test_what_a_test_makes_is_judged(mocked_account: boto3.Session) -> None:
    s3: Any = mocked_account.client("s3")
    s3.create_bucket(Bucket="shop", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    (verdict,) = muster.judge(mocked_account, ["s3-bucket-versioned"], ["eu-west-1"])

    assert (verdict.resource, verdict.status) == ("arn:aws:s3:::shop", "fail")


def test_it_is_another_one_each_time(mocked_account: boto3.Session) -> None:
    assert mocked_account.client("s3").list_buckets()["Buckets"] == []


def test_what_moto_does_not_implement_is_an_error(mocked_account: boto3.Session) -> None:
    verdicts = muster.judge(mocked_account, ["access-analyzer-external"], ["eu-west-1"])

    assert {verdict.status for verdict in verdicts} == {"error"}
