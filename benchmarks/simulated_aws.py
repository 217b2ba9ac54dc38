"""An AWS without a network: it answers as an empty account was seen to answer, as late and unwillingly as it is told.

The answers are recorded once, byte by byte, from the sandbox's empty account. From then on every account gives them, in
the process that asks: boto3 resolves the endpoint, signs, and parses as ever, and nothing leaves the process.
"""

from __future__ import annotations

import pickle
import re
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.credentials import Credentials

from benchmarks.figures import BenchmarkFailed
from benchmarks.population import ROOT
from muster.estate.declarations import Facts
from muster.judging.catalogue import import_controls
from muster.judging.judgement import judge_control
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Reads, Transport
from muster.reading.redaction import Redactor
from muster.reading.sessions.asking import Caller
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.aws_credentials import FoundCredentials
from muster.reading.sessions.clients import Clients, nobodys_session, without_credentials
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.limits import AnswerLimits
from muster.run.entering import entered
from muster.run.sandbox import Sandbox
from muster.suites import Suites

HOLDER = re.compile(r"Credential=ASIA([0-9]{12})")
# What differs from one recording to the next, and says nothing: moments, and the account.
MOMENT = re.compile(rb"20\d\d-\d\d-\d\dT[\d:%A-F.]*Z?|\b1[6-9]\d{8}(\.\d+)?")
OF_THE_ACCOUNT = b"ACCOUNT-NUMBER"
ONE_IN = 10_000

Answered = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""

SHUT: Answered = (
    403,
    {"Content-Type": "text/xml"},
    b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>",
)


@dataclass(frozen=True)
class Simulated:
    """Makes transports into accounts of the simulated AWS; `throttled` of 10,000 questions are refused at first.

    Nobody gets into the accounts that are `shut`. Each answer takes `seconds`. It goes to workers as it is: they read
    the recording themselves.
    """

    recording: Path
    seconds: float = 0.0
    throttled: int = 0
    shut: frozenset[str] = frozenset()

    def __call__(self, access: Access, counts: Counts) -> Transport:
        """The transport into an account."""
        keys = Credentials(f"ASIA{access.id}", "simulated", "simulated")
        caller = Caller(counts, FoundCredentials(lambda: keys))
        return AwsTransport.through(_clients(self), caller, AnswerLimits())


@dataclass
class Responder:
    """Answers requests before they are sent; with an `endpoint` what it does not know is asked there, and kept."""

    known: dict[bytes, Answered]
    seconds: float = 0.0
    throttled: int = 0
    endpoint: str | None = None
    account: bytes = b""
    shut: frozenset[str] = frozenset()
    refused: set[bytes] = field(default_factory=set)

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        """The response to a request of botocore's."""
        holder = HOLDER.search(_text(request.headers.get("Authorization", "")))
        account = (holder[1] if holder else "").encode()
        key = _key(request, account)
        if self.seconds:
            time.sleep(self.seconds)
        refusal = SHUT if account.decode() in self.shut else self._refusal(request, key + account)
        if refusal is not None:
            return _response(request.url, refusal)
        if key not in self.known:
            if self.endpoint is None:
                raise BenchmarkFailed(f"nothing was recorded of {key[:300]!r}")
            self.known[key] = _asked(self.endpoint, request, self.account)
        status, headers, body = self.known[key]
        return _response(request.url, (status, headers, body.replace(OF_THE_ACCOUNT, account)))

    def _refusal(self, request: Any, question: bytes) -> Answered | None:
        if not self.throttled or zlib.crc32(question) % ONE_IN >= self.throttled or question in self.refused:
            return None
        self.refused.add(question)
        return _throttling(request)


def record(target: Path, regions: Sequence[str], asked: Sequence[str] | None = None) -> None:
    """Record what the sandbox's empty account answers in these regions to every AWS control, or those `asked`."""
    sandbox = Sandbox(["empty"], Suites.at(ROOT))
    try:
        said = sandbox.ready()
        seeded = said["accounts"]["empty"]
        responder = Responder({}, endpoint=said["aws_endpoint"], account=seeded["id"].encode())
        access = Access("recorded", "aws", seeded["id"], tuple(regions))
        keys = Credentials(f"ASIA{access.id}", "simulated", "simulated")
        transport = AwsTransport.through(
            _clients_of(responder), Caller(credentials=FoundCredentials(lambda: keys)), AnswerLimits()
        )
        reads = Reads(access.name, transport, MemoryArchive(), Redactor(b"benchmark"))
        account = entered(access, reads, datetime.now(UTC))
        for control in import_controls(Suites.at(ROOT)).values():
            if control.kind == "aws" and (asked is None or control.id in asked):
                judge_control(control, account, control.parameters, Facts())
    finally:
        sandbox.stop()
    target.write_bytes(pickle.dumps(responder.known))


@cache
def _clients(simulated: Simulated) -> Clients:
    """The clients of this process: all accounts are asked through them, as they are in an audit."""
    known = pickle.loads(simulated.recording.read_bytes())  # written by `record`, a moment ago
    return _clients_of(Responder(known, simulated.seconds, simulated.throttled, shut=simulated.shut))


def _clients_of(responder: Responder) -> Clients:
    session = without_credentials(nobodys_session())
    session.events.register("before-send", responder)
    return Clients(session)


def _key(request: Any, account: bytes) -> bytes:
    """What makes two requests the same, whichever account they are for."""
    body = request.body or b""
    body = body if isinstance(body, bytes) else str(body).encode()
    parts = (
        request.method.encode(),
        request.url.encode(),
        _text(request.headers.get("X-Amz-Target", "")).encode(),
        body,
    )
    return MOMENT.sub(b"MOMENT", b"\n".join(parts).replace(account, OF_THE_ACCOUNT))


def _asked(endpoint: str, request: Any, account: bytes) -> Answered:
    """What the sandbox answers, with the account's number taken out."""
    address, asked = urlsplit(endpoint), urlsplit(request.url)
    headers = {name: _text(value) for name, value in request.headers.items()} | {"x-moto-account-id": account.decode()}
    connection = HTTPConnection(address.hostname or "", address.port)
    path = f"{asked.path or '/'}{'?' + asked.query if asked.query else ''}"
    connection.request(request.method, path, body=request.body or None, headers=headers)
    answered = connection.getresponse()
    content = answered.read()
    dropped = ("content-length", "transfer-encoding", "connection")
    kept = {name: value for name, value in answered.getheaders() if name.lower() not in dropped}
    connection.close()
    return answered.status, kept, content.replace(account, OF_THE_ACCOUNT)


class _Raw:
    """A body as botocore reads it from a connection."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Any:
        """All of it."""
        yield self._content

    def release_conn(self) -> None:
        """There is none."""


def _response(url: str, answered: Answered) -> AWSResponse:
    status, headers, body = answered
    return AWSResponse(url, status, _headers(headers, body), _Raw(body))


def _headers(headers: Mapping[str, str], body: bytes) -> Any:
    from botocore.compat import HTTPHeaders

    made = HTTPHeaders()
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        made[name] = value
    return made


def _throttling(request: Any) -> Answered | None:
    """How the protocol of a request says that it was asked too often; None where we do not know."""
    code = "ThrottlingException"
    if request.headers.get("X-Amz-Target"):
        return 400, {"Content-Type": "application/x-amz-json-1.1"}, f'{{"__type":"{code}"}}'.encode()
    body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
    if b"Action=" in body:
        text = f"<ErrorResponse><Error><Code>{code}</Code></Error><RequestId>r</RequestId></ErrorResponse>"
        return 400, {"Content-Type": "text/xml"}, text.encode()
    return None


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
