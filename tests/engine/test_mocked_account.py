"""A mocked account for tests of one's own: judged as any account is, and nothing of it reaches a network."""

from __future__ import annotations

import socket
from typing import Any

import boto3
import pytest

import muster
from tests.conftest import CONTROLS

# What moto does not know at all, the server of `muster sandbox` plays.
PLAYED_BY_THE_SERVER = {"accessanalyzer", "redshift-serverless", "rolesanywhere"}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("somebody connects")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("no_network")
def test_an_account_that_is_empty_leaves_no_question_open() -> None:
    with muster.mocked_account() as session:
        verdicts = muster.judge(session, regions=["eu-west-1"])

    assert {verdict.control for verdict in verdicts} == {each.id for each in CONTROLS.values() if each.kind == "aws"}
    unreadable = {verdict.control: verdict.reason for verdict in verdicts if verdict.status == "error"}
    assert {reason.partition(":")[0] for reason in unreadable.values()} <= PLAYED_BY_THE_SERVER, unreadable


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
