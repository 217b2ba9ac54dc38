"""Signing in to AWS: profiles, roles, external ids, and credentials that do not outlive themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from muster.errors import UsageError
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, Call
from muster.reading.sessions.aws_login import aws_transport, cli_profiles
from muster.reading.sessions.counts import Counts
from muster.run.entering import Doorkeeper
from tests.engine.lamps import NOW, as_sent
from tests.engine.loopback import Loopback, Request, Response, loopback

ROLE = "arn:aws:iam::111122223333:role/MusterAudit"
LIST_KEYS = Call("prod", "eu-west-1", "kms", "list_keys", {})
CREDENTIALS = """<AssumeRoleResponse><AssumeRoleResult><Credentials>
<AccessKeyId>ROLE-{number}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nobody is signed in."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
    ):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def profiles(nobody: None, tmp_path: Path) -> None:
    """The AWS CLI's files, with the profiles `hub` and `stage`."""
    (tmp_path / "config").write_text("[profile hub]\nregion = eu-west-1\n[profile stage]\nregion = eu-west-1\n")
    (tmp_path / "credentials").write_text(
        "[hub]\naws_access_key_id = HUB\naws_secret_access_key = s\n"
        "[stage]\naws_access_key_id = STAGE\naws_secret_access_key = s\n"
    )


def aws(life: timedelta = timedelta(hours=1)) -> Callable[[Request], Response]:
    """STS, whose credentials live so long, and KMS, which has no keys."""
    assumed = iter(range(1, 100))

    def respond(request: Request) -> Response:
        if b"AssumeRole" not in request.body:
            return Response(200, b'{"Keys": []}', {"Content-Type": "application/x-amz-json-1.1"})
        expiration = (datetime.now(UTC) + life).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Response(200, CREDENTIALS.format(number=next(assumed), expiration=expiration).encode())

    return respond


def sent(access: Access, server: Loopback, calls: int = 1) -> list[Answer]:
    transport = aws_transport(access, Counts())
    assert server.requests == [], "signing in sends nothing by itself"
    return [transport.send(LIST_KEYS) for _ in range(calls)]


def signers(server: Loopback) -> list[str]:
    """The access keys that signed the requests, in order."""
    return [
        request.headers["authorization"].partition("Credential=")[2].partition("/")[0] for request in server.requests
    ]


def access(server: Loopback, **arguments: Any) -> Access:
    return Access("prod", "aws", "111122223333", ("eu-west-1",), endpoint_url=server.url, **arguments)


@pytest.mark.usefixtures("profiles")
def test_a_profile_signs_with_its_own_key() -> None:
    with loopback(aws()) as server:
        sent(access(server, profile="stage"), server)
        assert signers(server) == ["STAGE"]


@pytest.mark.usefixtures("profiles")
def test_a_role_is_assumed_from_its_source_profile_and_then_signs() -> None:
    with loopback(aws()) as server:
        (answer,) = sent(access(server, profile="hub", role_arn=ROLE), server)
        assert answer.error is None
        assert signers(server) == ["HUB", "ROLE-1"]
        form = parse_qs(server.requests[0].body.decode())
    assert (form["RoleArn"], form["RoleSessionName"], form.get("ExternalId")) == ([ROLE], ["muster"], None)


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize("given", [{"external_id": "x-1"}, {"external_id_env": "MUSTER_TEST_EXTERNAL_ID"}], ids=str)
def test_the_external_id_goes_along(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    monkeypatch.setenv("MUSTER_TEST_EXTERNAL_ID", "x-1")
    with loopback(aws()) as server:
        sent(access(server, profile="hub", role_arn=ROLE, **given), server)
        assert parse_qs(server.requests[0].body.decode())["ExternalId"] == ["x-1"]


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize("value", [None, ""], ids=["not set", "empty"])
def test_an_external_id_that_is_missing_is_named_and_not_left_out(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("MUSTER_TEST_EXTERNAL_ID", raising=False)
    if value is not None:
        monkeypatch.setenv("MUSTER_TEST_EXTERNAL_ID", value)
    way_in = Access("prod", "aws", "", profile="hub", role_arn=ROLE, external_id_env="MUSTER_TEST_EXTERNAL_ID")
    with pytest.raises(UsageError, match=r"^account prod: its external id is expected in \$MUSTER_TEST_EXTERNAL_ID"):
        aws_transport(way_in, Counts())


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(
    ("life", "assumed"), [(timedelta(hours=1), 1), (timedelta(seconds=30), 3)], ids=["a long life", "about to expire"]
)
def test_a_role_is_assumed_again_before_its_credentials_expire(life: timedelta, assumed: int) -> None:
    with loopback(aws(life)) as server:
        answers = sent(access(server, profile="hub", role_arn=ROLE), server, calls=3)
    assert [answer.error for answer in answers] == [None] * 3
    assert signers(server).count("HUB") == assumed
    assert signers(server)[-1] == f"ROLE-{assumed}"


@pytest.mark.usefixtures("profiles")
def test_a_role_that_may_not_be_assumed_is_an_error_answer() -> None:
    denied = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>"
    with loopback(lambda _: Response(403, denied)) as server:
        (answer,) = sent(access(server, profile="hub", role_arn=ROLE), server)
    assert answer.error is not None
    assert (answer.error.code, answer.error.status) == ("AccessDenied", 403)


def test_a_role_without_anybody_to_assume_it_is_an_error_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with loopback(aws()) as server:
        (answer,) = sent(access(server, role_arn=ROLE), server)
    assert answer.error is not None
    assert server.requests == []


def test_a_sandbox_is_entered_with_nobodys_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "MINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    with loopback(aws()) as server:
        way_in = Access(
            "demo", "aws", "", ("eu-west-1",), sandbox=True, mocked=True, endpoint_url=server.url, role_arn=ROLE
        )
        sent(way_in, server)
        assert signers(server) == ["sandbox", "ROLE-1"]


@pytest.mark.parametrize("config", ["", "[profile hub\n"], ids=["a profile of nobody", "files that cannot be read"])
def test_a_sandbox_does_not_care_who_is_signed_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, config: str) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    (tmp_path / "config").write_text(config)
    with loopback(aws()) as server:
        (answer,) = sent(access(server, sandbox=True, role_arn=ROLE), server)
    assert answer.error is None


@pytest.mark.usefixtures("profiles")
def test_the_profiles_of_the_aws_cli_are_known() -> None:
    assert cli_profiles() == ["hub", "stage"]


def test_without_the_aws_clis_files_there_are_no_profiles() -> None:
    assert cli_profiles() == []


@pytest.mark.usefixtures("profiles")
def test_a_profile_that_does_not_exist_is_named() -> None:
    doorkeeper = Doorkeeper(MemoryArchive(), as_sent, NOW, {})
    way_in = Access("prod", "aws", "111122223333", ("eu-west-1",), profile="stagee", endpoint_url="http://127.0.0.1:1")
    assert "stagee" in (doorkeeper.enter(way_in).unreachable or "")
