"""A plain moto server, which fills no gap, is judged by every control of an AWS account."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping

import boto3
import pytest

import muster
from tests.conftest import CONTROLS
from tests.shared import Shared
from tests.stand_ins.seeded_by_hand import seed

SERVER = """
import os, sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
os._exit(0)
"""
# What moto does not implement: an error, that says so.
NOT_IMPLEMENTED = "this endpoint does not implement "
Verdicts = Mapping[str, list[muster.Verdict]]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server in a process of its own: in this one moto's gaps are filled."""
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    process.communicate(timeout=10)


@pytest.fixture(scope="module")
def verdicts(endpoint: str, shared: Shared) -> Verdicts:
    """What every control finds in an account that was filled by hand, by the control's id."""
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")
    seed(session, endpoint)
    found: dict[str, list[muster.Verdict]] = defaultdict(list)
    for verdict in muster.judge(session, regions=["eu-west-1"], endpoint_url=endpoint):
        found[verdict.control].append(verdict)
    return found


def test_every_control_gives_a_verdict(verdicts: Verdicts) -> None:
    assert verdicts.keys() == {control.id for control in CONTROLS.values() if control.kind == "aws"}


def test_nothing_is_an_error_for_a_field_that_moto_leaves_out(verdicts: Verdicts) -> None:
    errors = [verdict for found in verdicts.values() for verdict in found if verdict.status == "error"]

    assert errors, "moto implements everything now: the exceptions of this test are needed no longer"
    assert [f"{verdict.control}: {verdict.reason}" for verdict in errors if NOT_IMPLEMENTED not in verdict.reason] == []


def test_a_root_user_that_moto_has_not_is_not_one_that_nobody_used(verdicts: Verdicts) -> None:
    (verdict,) = verdicts["iam-root-unused"]

    assert verdict.status == "error"
    assert "this endpoint does not implement the root user (`muster sandbox` does)" in verdict.reason


def test_a_trail_that_is_there_is_seen(verdicts: Verdicts) -> None:
    (verdict,) = verdicts["cloudtrail-log-validation"]

    assert verdict.resource.endswith(":trail/everything")


@pytest.mark.parametrize(("database", "status"), [("open", "fail"), ("closed", "pass"), ("unsaid", "fail")])
def test_no_database_passes_for_what_was_not_said_of_it(verdicts: Verdicts, database: str, status: str) -> None:
    found = {verdict.resource.rpartition(":")[2]: verdict.status for verdict in verdicts["rds-instance-not-public"]}

    assert found[database] == status


@pytest.mark.parametrize(
    ("of_control", "status"),
    [
        ("kms-key-rotated", "fail"),
        ("kms-key-not-public", "pass"),
        ("log-group-retention", "pass"),
        ("inspector-on", "fail"),
        ("iam-user-key-age", "pass"),
        ("s3-bucket-versioned", "fail"),
        ("iam-policy-no-full-admin", "fail"),
        ("eks-endpoint-restricted", "fail"),
        ("broker-not-public", "pass"),
        ("codebuild-not-public", "pass"),
        ("ecs-tasks-unprivileged", "pass"),
    ],
)
def test_what_moto_means_is_judged(verdicts: Verdicts, of_control: str, status: str) -> None:
    assert status in {verdict.status for verdict in verdicts[of_control]}
