"""Which read gave no answer behind a verdict, and which permission it lacked: from the answers, not from sentences."""

from __future__ import annotations

from copy import copy
from functools import partial
from pathlib import Path

import pytest

from muster.reading.archive import FolderArchive
from muster.reading.reads import Answer, ApiError, Call
from reports.refused import RefusedRead, RefusedReads
from tests.reports.formats import samples

PERMISSIONS = {
    "s3:get_bucket_encryption": "s3:GetEncryptionConfiguration",
    "sts:assume_role": "sts:AssumeRole",
    "ec2:describe_vpcs": "ec2:DescribeVpcs",
}


AWS, GITHUB = "s3:get_bucket_encryption", "github:GET /orgs/{org}/members"


@pytest.mark.parametrize(
    ("name", "code", "message", "permission"),
    [
        pytest.param(AWS, "AccessDenied", "Access Denied", "s3:GetEncryptionConfiguration", id="as the run knows it"),
        pytest.param("sqs:list_queues", "AccessDenied", "no", None, id="of a run that did not say"),
        pytest.param(
            "iam:list_users",
            "AccessDenied",
            "not authorized to perform: iam:ListUsers on resource: *",
            "iam:ListUsers",
            id="named by AWS",
        ),
        pytest.param(
            "ec2:describe_vpcs",
            "UnauthorizedOperation",
            "You are\nnot authorized",
            "ec2:DescribeVpcs",
            id="EC2's own code, over two lines",
        ),
        pytest.param("ec2:describe_vpcs", "ThrottlingException", "Rate exceeded", None, id="not about rights"),
        pytest.param(
            GITHUB,
            "404",
            "Not Found",
            "read access of the token to /orgs/{org}/members",
            id="a code host hides what a token may not see",
        ),
    ],
)
def test_the_permission_behind_a_refused_read(name: str, code: str, message: str, permission: str | None) -> None:
    service, _, operation = name.partition(":")
    call = Call("prod", "eu-west-1", service, operation, {})

    assert RefusedRead(call, ApiError(code, message)).permission(PERMISSIONS) == permission


ANSWERED = Answer({"Buckets": []})
REFUSED = Answer(error=ApiError("AccessDenied", "no: in this: sentence, s3:get_bucket_acl in eu-west-1: Oops: colons"))
ABSENT = Answer(error=ApiError("NoSuchBucketPolicy", "there is none"))


@pytest.mark.parametrize(
    ("answers", "reason", "code"),
    [
        pytest.param([ANSWERED, REFUSED], "{read}", "AccessDenied", id="the reason is the error"),
        pytest.param([REFUSED], "the account could not be entered: {read}", "AccessDenied", id="in a longer sentence"),
        pytest.param([ABSENT, REFUSED], "{read}", "AccessDenied", id="beside an error that was an answer"),
        pytest.param([ABSENT], "the control broke: KeyError('x')", None, id="an error that was an answer alone"),
        pytest.param([], "s3:get_bucket_acl in eu-west-1: AccessDenied: no", None, id="a reason without an answer"),
        pytest.param([], "the run ended before", None, id="no read"),
    ],
)
def test_the_read_behind_a_verdict_is_taken_from_the_answers(
    tmp_path: Path, answers: list[Answer], reason: str, code: str | None
) -> None:
    archive = FolderArchive(tmp_path / "reads")
    calls = [Call("prod", "eu-west-1", "s3", f"get_{number}", {}) for number in range(len(answers))]
    reads = tuple(
        archive.fetch(call, partial(copy, answer)).sha256 for call, answer in zip(calls, answers, strict=True)
    )
    refused = f"s3:get_{len(answers) - 1} in eu-west-1: AccessDenied: {REFUSED.error and REFUSED.error.message}"
    given = samples.row("error", reason=reason.format(read=refused), reads=reads)
    read = RefusedReads(tmp_path).behind(given)

    assert (read and read.error.code) == code
