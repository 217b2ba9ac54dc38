"""`muster preflight`: what an audit could not read, told before it, and by the exit code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from muster.__main__ import main
from tests.runs.audits import Audits
from tests.runs.gate import Gate, gated

CONTROLS = ("--control=s3-bucket-tls-only", "--control=s3-bucket-versioned", "--control=rds-instance-encrypted")


@pytest.fixture
def gate(audits: Audits, sandbox: dict[str, Any]) -> Iterator[type[Gate]]:
    with gated(audits, sandbox) as gate:
        yield gate


def checked(audits: Audits, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["preflight", f"--estate={audits.estate}", "--account=demo", *CONTROLS, *arguments])
    return code, capsys.readouterr().out


def test_an_account_that_answers_everything_is_clear(audits: Audits, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = checked(audits, capsys)
    assert (code, told.count("\n")) == (0, 1)
    assert told.startswith("demo: entered as arn:aws:sts::444455556666:assumed-role/MusterAudit/muster; ")
    assert "0 refused" in told


@pytest.mark.parametrize(
    ("refused", "action", "unreadable"),
    [
        pytest.param("?policy", "s3:GetBucketPolicy", "s3-bucket-tls-only", id="a detail"),
        pytest.param("?versioning", "s3:GetBucketVersioning", "s3-bucket-versioned", id="another"),
        pytest.param(
            "/?max-buckets", "s3:ListAllMyBuckets", "s3-bucket-tls-only, s3-bucket-versioned", id="a list of all"
        ),
    ],
)
def test_a_missing_action_is_named_with_the_controls_that_it_takes_along(
    audits: Audits, gate: type[Gate], capsys: pytest.CaptureFixture[str], refused: str, action: str, unreadable: str
) -> None:
    gate.refused = refused
    code, told = checked(audits, capsys)
    assert code == 1
    assert f"  {action} is missing (AccessDenied: Access Denied): unreadable {unreadable}\n" in told


def test_an_account_that_nobody_can_enter_is_told_and_does_not_stop_the_others(
    audits: Audits, capsys: pytest.CaptureFixture[str]
) -> None:
    file = audits.estate / "accounts.yaml"
    entry = (
        '  gone: {id: "920000000001", role_arn: "arn:aws:iam::920000000001:role/MusterAudit", regions: [us-east-1], '
    )
    endpoint = file.read_text().partition("endpoint_url: ")[2].partition("\n")[0]
    file.write_text(file.read_text().replace("accounts:\n", f"accounts:\n{entry}endpoint_url: {endpoint}}}\n", 1))
    code, told = checked(audits, capsys, "--account=gone")
    gone, demo = told.splitlines()
    assert code == 1
    assert gone.startswith("gone: no control can be judged: the account gone could not be entered: ")
    assert "0 refused" in demo


def test_a_mistake_in_the_options_is_one_line(audits: Audits, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["preflight", f"--estate={audits.estate}", "--account=nobody"])
    assert code == 2
    assert capsys.readouterr().err.startswith('muster preflight: there is no account "nobody" in the estate')
