"""`credentials: default`: each way by which machines are signed in to AWS, renewed in mid-run, and never quoted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from muster.estate.accounts import AwsAccountEntry
from muster.reading.reads import Answer, Call
from muster.reading.sessions.aws_login import aws_transport
from muster.reading.sessions.counts import Counts
from muster.run.kinds import access_of
from tests.engine import aws_chain
from tests.engine.loopback import Loopback, loopback

LIST_KEYS = Call("prod", "eu-west-1", "kms", "list_keys", {})
HOUR, MOMENT = timedelta(hours=1), timedelta(seconds=30)
PASSED_OVER = ("AWS_", "BOTO_")
THREE_CALLS = """
import sys
import fixtures.kms
from muster.judging.catalogue import import_controls
from muster.suites import Suites, shipped_suite
import_controls(Suites(shipped_suite()))
from tests.engine.test_sessions_default_chain import answers
print([answer.error for answer in answers(sys.argv[1])])
"""


def answers(url: str, calls: int = 3) -> list[Answer]:
    """What this machine is told at the address, with whatever it is signed in with."""
    entry = AwsAccountEntry(
        name="prod", id="111122223333", credentials="default", endpoint_url=url, regions=("eu-west-1",)
    )
    transport = aws_transport(access_of(entry, {}), Counts())
    return [transport.send(LIST_KEYS) for _ in range(calls)]


def sign_in(monkeypatch: pytest.MonkeyPatch, home: Path, given: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith(PASSED_OVER)]:
        monkeypatch.delenv(name)
    for name, value in in_home(home, given).items():
        monkeypatch.setenv(name, value)


def in_home(home: Path, given: Mapping[str, str]) -> Mapping[str, str]:
    files = {"AWS_CONFIG_FILE": str(home / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials")}
    return {"HOME": str(home), **files, **given}


def signers(server: Loopback) -> list[str]:
    """The access keys that signed what KMS was asked, in order."""
    return [
        request.headers["authorization"].partition("Credential=")[2].partition("/")[0]
        for request in server.requests
        if "TrentService" in request.headers.get("x-amz-target", "")
    ]


@pytest.mark.parametrize(
    ("way", "life", "keys"),
    [
        pytest.param(aws_chain.environment, HOUR, [1, 1, 1], id="environment"),
        pytest.param(aws_chain.process, HOUR, [1, 1, 1], id="credential_process"),
        pytest.param(aws_chain.process, MOMENT, [2, 3, 4], id="credential_process, about to expire"),
        pytest.param(aws_chain.web_identity, HOUR, [1, 1, 1], id="web identity"),
        pytest.param(aws_chain.web_identity, MOMENT, [1, 2, 3], id="web identity, about to expire"),
        pytest.param(aws_chain.task, HOUR, [1, 1, 1], id="task"),
        pytest.param(aws_chain.task, MOMENT, [2, 3, 4], id="task, about to expire"),
        pytest.param(aws_chain.pod, MOMENT, [2, 3, 4], id="pod, about to expire"),
        pytest.param(aws_chain.instance, HOUR, [1, 1, 1], id="instance"),
    ],
)
def test_a_request_is_signed_with_what_the_machine_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: aws_chain.Way, life: timedelta, keys: list[int]
) -> None:
    with loopback(aws_chain.issuing(life)) as server:
        sign_in(monkeypatch, tmp_path, way(tmp_path, server.url))
        told = [answer.error for answer in answers(server.url)]
    assert (told, signers(server)) == ([None] * 3, [f"KEY-{number}" for number in keys])


def test_the_keys_of_an_instance_are_renewed_in_mid_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Botocore takes keys that the instance should have renewed for good a while longer: the hour is made short.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
    """
    monkeypatch.setattr("botocore.credentials.RefreshableCredentials._advisory_refresh_timeout", 2 * HOUR.seconds)
    with loopback(aws_chain.issuing(HOUR)) as server:
        sign_in(monkeypatch, tmp_path, aws_chain.instance(tmp_path, server.url))
        told = [answer.error for answer in answers(server.url)]
    assert (told, signers(server)) == ([None] * 3, ["KEY-2", "KEY-3", "KEY-4"])


@pytest.mark.parametrize(("life", "keys"), [(HOUR, [1, 1, 1]), (MOMENT, [1, 2, 3])], ids=["an hour", "a moment"])
def test_a_token_of_identity_center_is_renewed_and_then_gives_keys(
    tmp_path: Path, life: timedelta, keys: list[int]
) -> None:
    """In a process of its own: botocore looks for the home when it is imported."""
    with loopback(aws_chain.issuing(life)) as server:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PASSED_OVER)}
        done = subprocess.run(
            [sys.executable, "-c", THREE_CALLS, server.url],
            env={**kept, **in_home(tmp_path, aws_chain.identity_center(tmp_path, server.url))},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert (done.stdout, done.stderr) == ("[None, None, None]\n", "")
    assert signers(server) == [f"KEY-{number}" for number in keys]


PLANTED = "hunter2-planted"


@pytest.mark.parametrize(
    ("config", "said"),
    [
        pytest.param(f"credential_process = /nowhere/{PLANTED}", "FileNotFoundError", id="no such program"),
        pytest.param(f"credential_process = echo {PLANTED}", "JSONDecodeError", id="output that is no JSON"),
        pytest.param(f'credential_process = echo [\\"{PLANTED}\\"]', "AttributeError", id="JSON of another form"),
        pytest.param(
            f"credential_process = sh -c 'echo {PLANTED} >&2; exit 1'", "credential_process gave none", id="a failure"
        ),
        pytest.param(f"web_identity_token_file = /nowhere/{PLANTED}\nrole_arn = {aws_chain.ROLE}", "Error", id="token"),
    ],
)
def test_what_goes_wrong_on_the_way_to_keys_is_an_error_answer_that_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str], config: str, said: str
) -> None:
    (tmp_path / "config").write_text(f"[default]\n{config}\n")
    sign_in(monkeypatch, tmp_path, aws_chain.NOBODY)
    (answer,) = answers("http://127.0.0.1:9", calls=1)
    assert answer.error is not None
    assert answer.error.code == "CredentialRetrievalError"
    assert said in answer.error.message
    assert PLANTED not in answer.error.message + "".join(capfd.readouterr())


def test_a_machine_on_which_nobody_is_signed_in_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sign_in(monkeypatch, tmp_path, aws_chain.NOBODY)
    (answer,) = answers("http://127.0.0.1:9", calls=1)
    assert answer.error is not None
    assert answer.error.code == "NoCredentialsError"
