"""Accounts that are reached in the same way share clients and nothing else: no credentials, quotas, paces or counts."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import NoCredentialsError

from muster.reading.access import Access
from muster.reading.reads import Answer, Call
from muster.reading.sessions.asking import asking
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.aws_login import aws_transport, forget_ways
from muster.reading.sessions.clients import Clients, new_session, without_credentials
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.limits import AnswerLimits
from tests.engine.loopback import Loopback, Request, Response, loopback

ACCOUNTS = {"first": "111122223333", "second": "444455556666"}
JSON = {"Content-Type": "application/x-amz-json-1.1"}
ASSUMED = """<AssumeRoleResponse><AssumeRoleResult><Credentials>
<AccessKeyId>KEY-OF-{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>TOKEN-OF-{account}</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
THROTTLED = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Somebody is signed in who may assume roles."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "HUB")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    (tmp_path / "config").write_text("[profile first]\n[profile second]\n")
    (tmp_path / "credentials").write_text(
        "".join(
            f"[{name}]\naws_access_key_id = KEY-OF-{id_}\naws_secret_access_key = s\n" for name, id_ in ACCOUNTS.items()
        )
    )


def role(name: str, server: Loopback) -> Access:
    """The way into an account by a role in it."""
    arn = f"arn:aws:iam::{ACCOUNTS[name]}:role/MusterAudit"
    return Access(name, "aws", ACCOUNTS[name], ("eu-west-1",), role_arn=arn, endpoint_url=server.url)


def profile(name: str, server: Loopback) -> Access:
    """The way into an account by a profile of the AWS CLI."""
    return Access(name, "aws", ACCOUNTS[name], ("eu-west-1",), profile=name, endpoint_url=server.url)


def sts_and_kms(request: Request) -> Response:
    """STS lets anybody into any role; KMS has no keys."""
    form = parse_qs(request.body.decode())
    if form.get("Action") == ["AssumeRole"]:
        return Response(200, ASSUMED.format(account=form["RoleArn"][0].split(":")[4]).encode())
    return Response(200, b'{"Keys": []}', JSON)


@pytest.mark.parametrize("way", [role, profile])
def test_each_request_of_64_threads_is_signed_for_the_account_that_asks(way: object) -> None:
    assert callable(way)
    counts = Counts()
    with loopback(sts_and_kms) as server, ThreadPoolExecutor(64) as pool:
        transports = {name: aws_transport(way(name, server), counts) for name in ACCOUNTS}
        together = threading.Barrier(64)

        def ask(number: int) -> Answer:
            name = ("first", "second")[number % 2]
            if number < 64:
                together.wait(timeout=20)
            region = ("eu-west-1", "us-east-1")[number // 2 % 2]
            # What is asked for names the account, so that the server can tell for whom the question is.
            request = {"KeyId": f"key-of-{ACCOUNTS[name]}"}
            return transports[name].send(Call(name, region, "kms", "describe_key", request))

        answers = list(pool.map(ask, range(640)))
    assert {answer.error for answer in answers} == {None}
    asked = [request for request in server.requests if b"key-of-" in request.body]
    assert len(asked) == 640
    for request in asked:
        meant = re.search(rb"key-of-([0-9]{12})", request.body)
        signed = re.search(r"Credential=KEY-OF-([0-9]{12})/", request.headers["authorization"])
        assert meant is not None
        assert signed is not None
        assert signed[1] == meant[1].decode()
        assert request.headers.get("x-amz-security-token", f"TOKEN-OF-{signed[1]}") == f"TOKEN-OF-{signed[1]}"


def test_accounts_in_roles_share_the_clients_of_their_run_alone() -> None:
    with loopback(sts_and_kms) as server:
        counts = Counts()
        first, second = (aws_transport(role(name, server), counts) for name in ACCOUNTS)
        of_another_run = aws_transport(role("first", server), Counts())
    assert first.client("kms", "eu-west-1") is second.client("kms", "us-east-1")
    assert first.client("kms", "eu-west-1") is not of_another_run.client("kms", "eu-west-1")


def test_accounts_by_profiles_share_no_clients_because_profiles_have_settings() -> None:
    with loopback(sts_and_kms) as server:
        counts = Counts()
        first, second = (aws_transport(profile(name, server), counts) for name in ACCOUNTS)
    assert first.client("kms", "eu-west-1") is not second.client("kms", "eu-west-1")


def test_a_shared_client_signs_nothing_by_itself() -> None:
    with loopback(sts_and_kms) as server:
        clients = Clients(without_credentials(new_session(profile_name="first")), server.url)
        client = clients.get("kms", "eu-west-1")
        with (
            asking(Call("first", "eu-west-1", "kms", "list_keys", {}), AnswerLimits()),
            pytest.raises(NoCredentialsError),
        ):
            client.list_keys()
        assert server.requests == []


def test_an_account_that_is_throttled_spends_no_retries_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)

    def respond(request: Request) -> Response:
        return Response(400, THROTTLED, JSON) if b"AssumeRole" not in request.body else sts_and_kms(request)

    with loopback(respond) as server:
        counts = Counts()
        transports = {name: aws_transport(role(name, server), counts) for name in ACCOUNTS}

        def requests_of(name: str) -> int:
            before = counts.as_data().get("kms", {}).get("requests", 0)
            transports[name].send(Call(name, "eu-west-1", "kms", "list_keys", {}))
            return counts.as_data()["kms"]["requests"] - before

        spent = [requests_of("first") for _ in range(14)]
        assert (spent[0], spent[-1]) == (10, 1)
        assert requests_of("second") == 10


def test_an_operation_that_fails_in_one_account_is_tried_to_the_end_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)

    def respond(request: Request) -> Response:
        return Response(500, b"{}", JSON) if b"AssumeRole" not in request.body else sts_and_kms(request)

    with loopback(respond) as server:
        counts = Counts()
        transports = {name: aws_transport(role(name, server), counts) for name in ACCOUNTS}

        def requests_of(transport: AwsTransport, name: str) -> int:
            before = counts.as_data().get("kms", {}).get("requests", 0)
            transport.send(Call(name, "eu-west-1", "kms", "list_keys", {}))
            return counts.as_data()["kms"]["requests"] - before

        assert [requests_of(transports[name], name) for name in ("first", "first", "second")] == [10, 3, 10]


def test_ways_are_forgotten_when_nobody_is_asked_any_more() -> None:
    counts = Counts()
    with loopback(sts_and_kms) as server:
        before, same = (aws_transport(role("first", server), counts).client("kms", "eu-west-1") for _ in range(2))
        forget_ways(counts)
        after = aws_transport(role("first", server), counts).client("kms", "eu-west-1")

    assert before is same
    assert after is not before
    assert after.meta.service_model is not before.meta.service_model
