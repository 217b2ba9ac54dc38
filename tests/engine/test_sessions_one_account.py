"""Credentials that come to be another account's while a run is under way: nothing that these are told is taken."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from muster.errors import Unreadable
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Archive, Reads
from muster.run.entering import Doorkeeper
from tests.engine import aws_chain
from tests.engine.aws_chain import spelled
from tests.engine.lamps import NOW, as_sent
from tests.engine.loopback import Loopback, Request, Response, loopback
from tests.engine.test_sessions_default_chain import sign_in, signers

OURS, ANOTHER = "111122223333", "999988887777"
CALLER = """<GetCallerIdentityResponse><GetCallerIdentityResult><Account>{account}</Account>
<Arn>arn:aws:iam::{account}:user/auditor</Arn><UserId>U</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>"""


def aws(request: Request) -> Response:
    """STS, which knows keys by their first word, and KMS, which has none."""
    key = request.headers["authorization"].partition("Credential=")[2].partition("/")[0]
    if b"GetCallerIdentity" in request.body:
        if key.startswith("NOBODY"):
            return Response(403, b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>")
        return Response(200, CALLER.format(account=OURS if key.startswith("OURS") else ANOTHER).encode())
    return Response(200, b'{"Keys": []}', {"Content-Type": "application/x-amz-json-1.1"})


def who_was_asked(server: Loopback) -> int:
    return sum(b"GetCallerIdentity" in request.body for request in server.requests)


def enter(archive: Archive, url: str) -> Reads:
    access = Access("prod", "aws", OURS, ("eu-west-1",), endpoint_url=url)
    return Doorkeeper(archive, as_sent, NOW, {}).enter(access).reads


def file_with(home: Path, key: str) -> None:
    """The credentials file of the AWS CLI, which tools that switch accounts write anew."""
    (home / "credentials").write_text(f"[default]\naws_access_key_id = {key}\naws_secret_access_key = s\n")


def program_with(home: Path, *keys: str) -> None:
    """A `credential_process` that gives other keys each time, in the end the last of them; they expire at once."""
    (home / "program.py").write_text(
        "import json, pathlib\n"
        f"keys, turns = {list(keys)!r}, pathlib.Path({str(home / 'turns')!r})\n"
        "turn = int(turns.read_text()) if turns.exists() else 0\n"
        "turns.write_text(str(turn + 1))\n"
        "key = keys[min(turn, len(keys) - 1)]\n"
        f"expiration = {spelled(timedelta(seconds=30))!r}\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': key, 'SecretAccessKey': 's', 'SessionToken': 't',"
        " 'Expiration': expiration}))\n"
    )
    (home / "config").write_text(f"[default]\ncredential_process = {sys.executable} {home / 'program.py'}\n")


def test_keys_that_do_not_change_are_asked_once_whose_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sign_in(monkeypatch, tmp_path, aws_chain.NOBODY)
    file_with(tmp_path, "OURS-1")
    with loopback(aws) as server:
        reads = enter(MemoryArchive(), server.url)
        reads.content("kms:list_keys", "eu-west-1", {})
        assert (who_was_asked(server), signers(server)) == (1, ["OURS-1"])


def test_renewed_keys_of_the_same_account_sign(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sign_in(monkeypatch, tmp_path, aws_chain.NOBODY)
    program_with(tmp_path, "OURS-1", "OURS-2", "OURS-3")
    with loopback(aws) as server:
        reads = enter(MemoryArchive(), server.url)
        reads.content("kms:list_keys", "eu-west-1", {})
        assert signers(server) == ["OURS-3"]


@pytest.mark.parametrize(
    ("renewed", "said"),
    [
        pytest.param("ANOTHER-1", f"the keys are those of {ANOTHER} now, and {OURS} was entered", id="another account"),
        pytest.param("NOBODY-1", "could not be asked: InvalidClientTokenId", id="nobody knows whose"),
    ],
)
def test_renewed_keys_of_another_account_sign_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, renewed: str, said: str
) -> None:
    sign_in(monkeypatch, tmp_path, aws_chain.NOBODY)
    program_with(tmp_path, "OURS-1", "OURS-1", renewed)
    with loopback(aws) as server:
        reads = enter(MemoryArchive(), server.url)
        with pytest.raises(Unreadable, match=said):
            reads.content("kms:list_keys", "eu-west-1", {})
        assert signers(server) == []


@pytest.mark.parametrize(("key", "signed"), [("OURS-2", ["OURS-2"]), ("ANOTHER-1", [])], ids=["ours", "another's"])
def test_a_process_that_starts_later_asks_whose_its_keys_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str, signed: list[str]
) -> None:
    """A worker: who the account is was asked by the process that conducts, and stands in the archive of both."""
    sign_in(monkeypatch, tmp_path, aws_chain.NOBODY)
    archive = MemoryArchive()
    with loopback(aws) as server:
        file_with(tmp_path, "OURS-1")
        enter(archive, server.url)
        file_with(tmp_path, key)
        reads = enter(archive, server.url)
        reads.ask("kms:list_keys", "eu-west-1", {})
        assert (who_was_asked(server), signers(server)) == (2, signed)
