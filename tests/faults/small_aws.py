"""An AWS over HTTP on 127.0.0.1, small enough to see through, that fails as a test tells it to.

Two regions, each with an encrypted file system and a key that rotates. A fault is asked before each answer what to say
instead, and may let the sound answer stand.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from muster.estate.declarations import Facts
from muster.reading.access import Access
from muster.reading.reads import Answer, Call
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.limits import AnswerLimits
from muster.run.plan import Plan
from muster.run.run import Run
from muster.verdict import Verdict
from tests.conftest import CONTROLS
from tests.engine.loopback import Request, Response, loopback

ACCOUNT = "111122223333"
HERE, THERE = "eu-west-1", "eu-north-1"
EFS, KMS = "efs-encrypted", "kms-key-rotated"
JSON = {"Content-Type": "application/x-amz-json-1.1"}
XML = {"Content-Type": "text/xml"}
_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")


@dataclass(frozen=True)
class Question:
    """What is asked of whom, and for the how manieth time: retries count."""

    service: str
    region: str
    operation: str
    number: int
    page: str = ""


Fault = Callable[[Question], Response | None]


@dataclass(frozen=True)
class Night:
    """How an audit of the two controls ended: a status a control and region, and what it took."""

    rows: tuple[Verdict, ...]
    counts: Mapping[str, Mapping[str, int]]
    asked: Counter[tuple[str, str, str]]
    seconds: float

    @property
    def statuses(self) -> dict[tuple[str, str], str]:
        return {(row.control, row.region): row.status for row in self.rows}

    @property
    def reasons(self) -> str:
        return "\n".join(row.reason for row in self.rows)

    def total(self, kind: str) -> int:
        return sum(each[kind] for each in self.counts.values())


def night(
    fault: Fault, limits: AnswerLimits | None = None, nowhere: str = "", controls: tuple[str, ...] = (EFS, KMS)
) -> Night:
    """An audit of the account while this goes wrong; the host of the region `nowhere` has no address."""
    asked: Counter[tuple[str, str, str]] = Counter()
    lock = threading.Lock()

    def respond(request: Request) -> Response:
        service, region, operation, page = question_of(request)
        with lock:
            asked[service, region, operation] += 1
            question = Question(service, region, operation, asked[service, region, operation], page)
        return fault(question) or sound(question)

    with loopback(respond) as server:
        run = Run(
            plan_of(Access("prod", "aws", ACCOUNT, None), controls),
            lent={"prod": lambda _, counts: ByRegion(counts, server.url, limits or AnswerLimits(), nowhere)},
        )
        began = time.monotonic()
        run.enter()
        rows = [row for control in controls for row in run.judge(CONTROLS[control], "prod").verdicts]
        seconds = time.monotonic() - began
        run.audit.stop()
        return Night(tuple(rows), run.audit.doorkeeper.counts.as_data(), asked, seconds)


class ByRegion:
    """Sends to the server, but for one region, whose host nobody knows (a name that never resolves, RFC 6761)."""

    def __init__(self, counts: Counts, url: str, limits: AnswerLimits, nowhere: str) -> None:
        session = new_session(aws_access_key_id="testing", aws_secret_access_key="testing")
        self._there = AwsTransport(session, counts, endpoint_url=url, limits=limits)
        self._nobody = AwsTransport(session, counts, endpoint_url="http://nobody.invalid", limits=limits)
        self._nowhere = nowhere

    def send(self, call: Call) -> Answer:
        return (self._nobody if call.region == self._nowhere else self._there).send(call)


def plan_of(access: Access, controls: tuple[str, ...]) -> Plan:
    """Some controls of one account, kept nowhere."""
    now = datetime.now(UTC)
    return Plan(
        run="20261120T220000Z-faults",
        folder=None,
        started=now,
        as_of=now,
        profiles=(),
        accounts=(access,),
        controls={name: dict(CONTROLS[name].parameters) for name in controls},
        facts=Facts(),
        waivers=(),
        attestations=(),
        redaction_key="00" * 32,
    )


def question_of(request: Request) -> tuple[str, str, str, str]:
    """Service, region, operation and page of a signed request."""
    scope = _SCOPE.search(request.headers["authorization"])
    assert scope is not None
    target = request.headers.get("x-amz-target", "").rpartition(".")[2]
    action = re.search(rb"Action=(\w+)", request.body)
    operation = target or (action[1].decode() if action else "DescribeFileSystems")
    page = re.search(r"Marker=([^&]+)", request.path)
    return scope["service"], scope["region"], operation, page[1] if page else ""


def sound(question: Question) -> Response:
    """What AWS would answer."""
    if question.operation == "GetCallerIdentity":
        return Response(200, xml("GetCallerIdentity", CALLER), XML)
    if question.operation == "DescribeRegions":
        return regions(HERE, THERE)
    return json_response(sound_json(question))


def regions(*names: str) -> Response:
    """The regions that are enabled."""
    items = "".join(f"<item><regionName>{name}</regionName></item>" for name in names)
    body = (
        f"<DescribeRegionsResponse><requestId>r</requestId><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
    )
    return Response(200, body.encode(), XML)


def sound_json(question: Question) -> dict[str, Any]:
    """The sound answer of a service that speaks JSON."""
    key = f"key-{question.region}"
    answers: dict[str, dict[str, Any]] = {
        "DescribeFileSystems": {"FileSystems": [file_system(question.region, "fs-0")]},
        "ListKeys": {"Keys": [{"KeyId": key, "KeyArn": arn("kms", question.region, f"key/{key}")}], "Truncated": False},
        "DescribeKey": {
            "KeyMetadata": {
                "KeyId": key,
                "Arn": arn("kms", question.region, f"key/{key}"),
                "KeyManager": "CUSTOMER",
                "KeyState": "Enabled",
                "KeySpec": "SYMMETRIC_DEFAULT",
                "KeyUsage": "ENCRYPT_DECRYPT",
                "Origin": "AWS_KMS",
                "MultiRegion": False,
            }
        },
        "GetKeyRotationStatus": {"KeyId": key, "KeyRotationEnabled": True, "RotationPeriodInDays": 365},
        "GetKeyPolicy": {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [OURS_ALONE]})},
        "ListGrants": {"Grants": [], "Truncated": False},
        "ListAliases": {"Aliases": [], "Truncated": False},
    }
    return answers[question.operation]


OURS_ALONE = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def file_system(region: str, name: str) -> dict[str, Any]:
    """An encrypted file system, as EFS lists it."""
    return {
        "FileSystemArn": arn("elasticfilesystem", region, f"file-system/{name}"),
        "FileSystemId": name,
        "OwnerId": ACCOUNT,
        "Encrypted": True,
        "Name": name,
        "Tags": [],
    }


def arn(service: str, region: str, what: str) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{what}"


def json_response(content: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(content).encode(), JSON)


def error(code: str, message: str = "", status: int = 400) -> Response:
    """An error of a service that speaks JSON."""
    headers = {**JSON, "x-amzn-errortype": code}
    return Response(status, json.dumps({"__type": code, "message": message}).encode(), headers)


def xml(operation: str, result: str) -> bytes:
    return (
        f"<{operation}Response><{operation}Result>{result}</{operation}Result>"
        f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>"
    ).encode()


CALLER = (
    f"<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/MusterAudit/muster</Arn><UserId>A:muster</UserId>"
    f"<Account>{ACCOUNT}</Account>"
)


def nothing(_: Question) -> Response | None:
    """No fault."""
    return None
