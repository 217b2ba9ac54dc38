"""File systems: what is known of their encryption, and what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws

from muster import Verdict, judge
from muster.reading.sessions.aws import new_session

KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "eu-west-1"}


@pytest.fixture(autouse=True)
def mocked() -> Iterator[None]:
    with mock_aws():
        yield


def judged(answer: Mapping[str, Any] | None = None) -> list[Verdict]:
    """The verdicts on the account's file systems; `answer` takes the place of EFS's."""
    auditor = new_session(**KEYS)
    if answer is not None:
        status = 403 if "Error" in answer else 200
        fed = SimpleNamespace(status_code=status), {"ResponseMetadata": {}, **answer}
        auditor.events.register("before-call.efs.DescribeFileSystems", lambda **_event: fed)
    return judge(auditor, ["efs-encrypted"], regions=["eu-west-1"], threads=1)


def test_each_file_system_is_judged_by_its_encryption() -> None:
    efs = new_session(**KEYS).client("efs")
    made = {
        efs.create_file_system(CreationToken=str(encrypted), Encrypted=encrypted)["FileSystemArn"]: status
        for encrypted, status in ((True, "pass"), (False, "fail"))
    }

    assert {each.resource: each.status for each in judged()} == made


def test_an_account_without_file_systems_has_nothing_to_judge() -> None:
    (verdict,) = judged()

    assert (verdict.status, verdict.reason) == ("not_applicable", "there are no file systems in the account")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, "AccessDeniedException"),
        (
            {"FileSystems": [{"FileSystemId": "fs-1", "FileSystemArn": "arn"}]},
            "malformed answer: KeyError('Encrypted')",
        ),
    ],
    ids=["denied", "no word of encryption"],
)
def test_what_is_not_told_is_an_error(answer: Mapping[str, Any], reason: str) -> None:
    (verdict,) = judged(answer)

    assert verdict.status == "error"
    assert reason in verdict.reason
