"""The sandbox process: what it promises to whoever starts it."""

from __future__ import annotations

import ast
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from fixtures.sandbox.found import seed_modules
from fixtures.sandbox.seed import ACCOUNTS, Seed, settings
from muster.judging.closure import operations_of
from tests.conftest import CONTROLS
from tests.sandbox.house import ROOT, House, running

SANDBOX = ("-m", "fixtures.sandbox")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A sandbox in which tests may make things."""
    with running([*SANDBOX, "demo", "model", "--services=iam,sns,github"]) as (house, _):
        yield house


@pytest.fixture
def process() -> Iterator[tuple[House, subprocess.Popen[str]]]:
    """A sandbox of the test's own, with little in it."""
    with running([*SANDBOX, "demo", "--services=sts"]) as process:
        yield process


FAILING_SEED = """
import types
from fixtures.sandbox.__main__ import main
twice = ("s3-bucket-tls-only", "s3-bucket-tls-only")
main(["demo"], [types.SimpleNamespace(demo=lambda seed: seed.breaks("acme-web", *twice))])
"""
MISLEADING = {
    "AWS_PROFILE": "production",
    "AWS_ENDPOINT_URL": "https://example.invalid",
    "AWS_DEFAULT_REGION": "eu-north-1",
    "MOTO_ACCOUNT_ID": "123456789012",
}
"""Settings of a caller that would lead boto3 or moto astray, or stop them, if the sandbox let them in."""

PATIENCE = 120.0
"""Seconds: a company is filled in 5 s of a processor's time, which is more than 30 s where many share the processor."""


def finish(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with its standard input at an end already, so that a sandbox serves for no time at all."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **MISLEADING},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


Ended = dict[str, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def ended() -> Ended:
    """Three processes that have run their course, side by side to save time."""
    commands = {
        "served": [*SANDBOX, "model"],
        "failed": ["-c", FAILING_SEED],
        "refused": [*SANDBOX, "production"],
    }
    with ThreadPoolExecutor() as pool:
        running_now = {name: pool.submit(finish, *command) for name, command in commands.items()}
    return {name: future.result() for name, future in running_now.items()}


def test_ends_with_its_standard_input(ended: Ended) -> None:
    assert ended["served"].returncode == 0


def test_prints_exactly_one_line_of_json(ended: Ended) -> None:
    (line,) = ended["served"].stdout.splitlines()
    assert isinstance(json.loads(line), dict)


def test_logs_nothing_when_all_is_well(ended: Ended) -> None:
    assert ended["served"].stderr == ""


def test_seeds_only_the_accounts_named(ended: Ended) -> None:
    announced = json.loads(ended["served"].stdout)
    assert list(announced["accounts"]) == ["model"]
    assert list(announced["declared"]) == ["model"]


def test_refuses_an_account_it_does_not_know(ended: Ended) -> None:
    assert ended["refused"].returncode == 2
    assert "no such account: production; there are demo, model, empty, " in ended["refused"].stderr


def test_fails_with_a_traceback_when_a_seed_fails(ended: Ended) -> None:
    assert ended["failed"].returncode == 1
    assert ended["failed"].stdout == ""
    assert "Traceback" in ended["failed"].stderr
    assert "declared twice" in ended["failed"].stderr


def test_ends_at_sigterm(process: tuple[House, subprocess.Popen[str]]) -> None:
    process[1].send_signal(signal.SIGTERM)
    assert process[1].wait(timeout=30) == 0


def test_an_interrupt_of_its_process_group_leaves_it_serving(process: tuple[House, subprocess.Popen[str]]) -> None:
    house, serving = process
    serving.send_signal(signal.SIGINT)
    assert house.client("demo", "sts").get_caller_identity()["Account"] == "444455556666"


def test_announces_what_an_estate_needs_to_know(house: House) -> None:
    assert house.announced["accounts"]["demo"] == {
        "id": "444455556666",
        "role_arn": "arn:aws:iam::444455556666:role/MusterAudit",
        "regions": ["eu-west-1", "us-east-1"],
        "github": "acme-demo",
    }


def test_the_model_account_breaks_nothing(house: House) -> None:
    assert house.announced["declared"]["model"] == {}


def test_declares_failures_as_pairs_of_resource_and_region(house: House) -> None:
    assert ["https://github.com/acme-demo", "global"] in house.announced["declared"]["demo"]["gh-members-mfa"]


@pytest.mark.parametrize("endpoint", ["aws_endpoint", "github_endpoint"])
def test_listens_on_loopback_only(house: House, endpoint: str) -> None:
    url = urlsplit(house.announced[endpoint])
    assert url.hostname == "127.0.0.1"
    assert url.port
    # Had it bound every address, any other of 127.0.0.0/8 would answer as well.
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", url.port), timeout=2):
        pass


@pytest.mark.parametrize("account", ["demo", "model"])
def test_the_audit_role_leads_into_its_own_account(house: House, account: str) -> None:
    identity = house.client(account, "sts").get_caller_identity()
    assert identity["Account"] == house.account(account)["id"]
    assert identity["Arn"].endswith(":assumed-role/MusterAudit/muster")


def test_accounts_do_not_share_state(house: House) -> None:
    house.client("demo", "iam").create_user(UserName="only-in-demo")
    assert "only-in-demo" not in {user["UserName"] for user in house.client("model", "iam").list_users()["Users"]}


def test_regions_do_not_share_state(house: House) -> None:
    house.client("demo", "sns", "us-east-1").create_topic(Name="only-in-us-east-1")
    topics = house.client("demo", "sns", "eu-west-1").list_topics()["Topics"]
    assert [topic for topic in topics if topic["TopicArn"].endswith(":only-in-us-east-1")] == []


def test_the_audit_role_trusts_the_audit_account_by_external_id_alone(house: House) -> None:
    role = house.client("model", "iam").get_role(RoleName="MusterAudit")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::777788889999:role/MusterRunner"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "muster-sandbox"}},
        }
    ]


def test_the_audit_role_may_only_read(house: House) -> None:
    attached = house.client("model", "iam").list_attached_role_policies(RoleName="MusterAudit")
    assert {policy["PolicyName"] for policy in attached["AttachedPolicies"]} == {"SecurityAudit", "ViewOnlyAccess"}


def test_the_audit_role_was_used_lately(house: House) -> None:
    assert house.client("model", "iam").get_role(RoleName="MusterAudit")["Role"]["RoleLastUsed"]["LastUsedDate"]


def test_a_role_of_another_account_shows_nothing_of_ours(house: House) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        house.client("model", "iam").get_user(UserName="only-in-demo")


def test_the_same_failure_cannot_be_declared_twice() -> None:
    seed = Seed(ACCOUNTS["demo"])
    seed.breaks("arn:aws:s3:::acme-web", "s3-bucket-tls-only", region="eu-west-1")
    with pytest.raises(ValueError, match=r"acme-web in eu-west-1 is declared twice to break s3-bucket-tls-only"):
        seed.breaks("arn:aws:s3:::acme-web", "s3-bucket-tls-only", region="eu-west-1")


KEEPS = {"Encrypted": True, "Public": False}
BROKEN_BY = {"lamp-encrypted": {"Encrypted": False}, "lamp-not-public": {"Public": True}}


def test_a_thing_is_made_with_settings_that_keep_every_control_but_those_it_breaks() -> None:
    made = settings(KEEPS, BROKEN_BY, ["lamp-not-public"], Name="hall")
    assert made == {"Encrypted": True, "Public": True, "Name": "hall"}


def test_a_control_that_nobody_knows_how_to_break_is_named() -> None:
    with pytest.raises(ValueError, match="how to break lamp-dim; known: lamp-encrypted, lamp-not-public"):
        settings(KEEPS, BROKEN_BY, ["lamp-dim"])


def test_services_are_filled_with_what_they_stand_on() -> None:
    assert [module.__name__.rpartition(".")[2] for module in seed_modules({"cloudwatch"})] == [
        "s3",
        "organizations",
        "group",
        "cloudtrail",
        "cloudwatch",
    ]
    assert [module.__name__.rpartition(".")[2] for module in seed_modules({"lambda"})] == ["awslambda"]


@pytest.mark.parametrize("module", seed_modules(), ids=lambda module: module.__name__.rpartition(".")[2])
def test_what_breaks_a_control_is_filled_where_only_that_control_is_judged(module: ModuleType) -> None:
    source = ast.parse(Path(str(module.__file__)).read_text())
    constants = {str(node.value) for node in ast.walk(source) if isinstance(node, ast.Constant)}

    for control in constants.intersection(CONTROLS):
        services = {operation.partition(":")[0] for operation in operations_of([CONTROLS[control]])}
        assert module in seed_modules(services), f"{control} reads {', '.join(sorted(services))}"
