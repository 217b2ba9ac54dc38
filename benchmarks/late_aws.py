"""A server that answers as AWS answers for empty accounts, late: `python -m benchmarks.late_aws`.

What it does not know yet it asks the sandbox's empty account, once for all accounts, and answers from memory then: a
role of any account may be assumed, and each of them is as empty. It says on its standard output where it listens, takes
seconds an answer on each line of its standard input (and says what it has seen since the last), and ends with it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from typing import IO, Any
from urllib.parse import urlsplit

from benchmarks.conversations import Conversation
from benchmarks.population import ROOT
from muster.run.sandbox import Sandbox
from muster.suites import Suites

HOLDER = re.compile(rb"Credential=ASIA([0-9]{12})")
SCOPE = re.compile(rb"Credential=[^/]+/[0-9]+/([a-z0-9-]+)/([a-z0-9-]+)/")
ROLE = re.compile(rb"arn%3Aaws%3Aiam%3A%3A([0-9]{12})%3Arole")
# What one caller's request has and the next one's has not.
FLEETING = (b"authorization", b"x-amz-date", b"x-amz-security-token", b"amz-sdk-", b"user-agent", b"host")


class LateAws:
    """Such a server, seen from the benchmark that runs it."""

    def __init__(self, process: Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._tell: IO[str] = process.stdin
        self._hear: IO[str] = process.stdout
        self.url = self._hear.readline().strip()

    def answer_after(self, seconds: float) -> dict[str, float]:
        """Answer so late from now on; what was seen before: `requests`, the time of the `first`, `unknown` to it."""
        print(seconds, file=self._tell, flush=True)
        seen: dict[str, float] = json.loads(self._hear.readline())
        return seen


@contextmanager
def late_aws() -> Iterator[LateAws]:
    """A server that runs for as long as the block."""
    command = [sys.executable, "-m", "benchmarks.late_aws"]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        server = LateAws(process)
        yield server
        assert process.stdin is not None
        process.stdin.close()


class Answers:
    """The answers of the empty account by question, and what was seen of those who asked."""

    def __init__(self, endpoint: str, account_id: str) -> None:
        self._address = urlsplit(endpoint)
        self._id = account_id.encode()
        self._known: dict[bytes, asyncio.Future[bytes]] = {}
        self.seconds = 0.0
        self._requests = 0
        self._first = 0.0

    def seen(self) -> dict[str, float]:
        """What was seen since this was asked last."""
        told = {"requests": self._requests, "first": self._first, "unknown": len(self._known)}
        self._requests, self._first = 0, 0.0
        return told

    async def answer(self, head: bytes, body: bytes) -> bytes:
        """The whole response to a request."""
        self._requests += 1
        self._first = self._first or time.time()
        holder = HOLDER.search(head)
        account = holder[1] if holder else self._id
        if b"Action=AssumeRole" in body:
            role = ROLE.search(body)
            return _sts(_ASSUMED, (role[1] if role else self._id).decode())
        if b"Action=GetCallerIdentity" in body:
            return _sts(_IDENTITY, account.decode())
        head, body = head.replace(account, self._id), body.replace(account, self._id)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(FLEETING)]
        scope = SCOPE.search(head)
        key = b"\n".join([*(scope.groups() if scope else ()), *lines, body])
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = asyncio.get_running_loop().create_future()
            known.set_result(await self._ask(head, body))
        return (await known).replace(self._id, account)

    async def _ask(self, head: bytes, body: bytes) -> bytes:
        lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection")]
        asked = b"\r\n".join([*lines, b"x-moto-account-id: " + self._id, b"Connection: close", b"", body])
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        writer.write(asked)
        answered = await reader.read()
        writer.close()
        head, _, content = answered.partition(b"\r\n\r\n")
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection")]
        kept[0] = kept[0].replace(b"HTTP/1.0", b"HTTP/1.1")
        return b"\r\n".join([*kept, b"", content])


class _Late:
    """Answers as late as it was told."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._tasks: set[asyncio.Task[None]] = set()

    def respond(self, head: bytes, body: bytes, transport: asyncio.Transport) -> None:
        task = asyncio.get_running_loop().create_task(self._answered(head, body, transport))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answered(self, head: bytes, body: bytes, transport: asyncio.Transport) -> None:
        response = await self._answers.answer(head, body)
        asyncio.get_running_loop().call_later(self._answers.seconds, transport.write, response)


async def serve() -> None:
    """Serve on a free port of 127.0.0.1 until the standard input ends."""
    loop = asyncio.get_running_loop()
    sandbox = Sandbox(["empty"], Suites.at(ROOT))
    try:
        said: Any = sandbox.ready()
        answers = Answers(said["aws_endpoint"], said["accounts"]["empty"]["id"])
        late = _Late(answers)
        server = await loop.create_server(lambda: Conversation(late.respond), "127.0.0.1", 0, backlog=1024)
        host, port = server.sockets[0].getsockname()
        print(f"http://{host}:{port}", flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            answers.seconds = float(line)
            print(json.dumps(answers.seen()), flush=True)
    finally:
        sandbox.stop()


def _sts(form: str, account: str) -> bytes:
    content = form.replace("ACCOUNT", account).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


_STS = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
_LAST = "<ResponseMetadata><RequestId>benchmark</RequestId></ResponseMetadata>"
_IDENTITY = (
    f"<GetCallerIdentityResponse {_STS}><GetCallerIdentityResult>"
    "<Arn>arn:aws:sts::ACCOUNT:assumed-role/audit/muster</Arn><UserId>AROABENCHMARK:muster</UserId>"
    f"<Account>ACCOUNT</Account></GetCallerIdentityResult>{_LAST}</GetCallerIdentityResponse>"
)
_ASSUMED = (
    f"<AssumeRoleResponse {_STS}><AssumeRoleResult><Credentials><AccessKeyId>ASIAACCOUNT</AccessKeyId>"
    "<SecretAccessKey>benchmark</SecretAccessKey><SessionToken>benchmark</SessionToken>"
    "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser>"
    "<Arn>arn:aws:sts::ACCOUNT:assumed-role/audit/muster</Arn><AssumedRoleId>AROABENCHMARK:muster</AssumedRoleId>"
    f"</AssumedRoleUser></AssumeRoleResult>{_LAST}</AssumeRoleResponse>"
)

if __name__ == "__main__":
    asyncio.run(serve())
