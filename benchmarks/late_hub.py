"""A GitHub of one large organization that answers late and counts: `python -m benchmarks.late_hub REPOSITORIES`.

Answers are those of the sandbox's GitHub, each worked out once and kept, so that what is measured is who asks. They
have ETags, and a 304 counts against no limit. It says on its standard output where it listens, takes a JSON object of
`Manner` on each line of its standard input (and says what it has seen since the last), and ends with it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from subprocess import PIPE, Popen
from typing import IO, Any

from werkzeug.test import Client

from benchmarks.conversations import Conversation
from benchmarks.population import ROOT
from fixtures.sandbox.github_branches import RULES
from fixtures.sandbox.hub.rule_sets import HubRuleSet, RuleSets
from fixtures.sandbox.hub.server import application
from fixtures.sandbox.hub.state import Hub, HubOrganization, HubRepository, Member

ORGANIZATION = "acme-large"
_SPENT = json.dumps({"message": "API rate limit exceeded for user ID 1."}).encode()
_STATUS = {200: b"OK", 204: b"No Content", 304: b"Not Modified", 403: b"Forbidden", 404: b"Not Found"}


@dataclass(frozen=True)
class Manner:
    """How it answers: after so many seconds, and so many requests in each `hour` (seconds).

    After `spent_after` requests somebody else has taken, with the same token, all that was left of the hour.
    """

    seconds: float = 0.0
    limit: int = 1_000_000_000
    hour: float = 3_600.0
    spent_after: int = 1_000_000_000


@dataclass
class Seen:
    """What was seen: all requests, those that counted, those refused because the hour was spent, and most at once."""

    requests: int = 0
    counted: int = 0
    refused: int = 0
    at_once: int = 0


class LateHub:
    """Such a server, seen from the benchmark that runs it."""

    def __init__(self, process: Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._tell: IO[str] = process.stdin
        self._hear: IO[str] = process.stdout
        self.url = self._hear.readline().strip()

    def answer(self, manner: Manner) -> Seen:
        """Answer so from now on, in a new hour; what was seen before."""
        print(json.dumps(asdict(manner)), file=self._tell, flush=True)
        return Seen(**json.loads(self._hear.readline()))


@contextmanager
def late_hub(repositories: int) -> Iterator[LateHub]:
    """A server that runs for as long as the block."""
    command = [sys.executable, "-m", "benchmarks.late_hub", str(repositories)]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        yield LateHub(process)
        assert process.stdin is not None
        process.stdin.close()


def large_hub(repositories: int) -> Hub:
    """An organization that keeps what it should, of so many repositories, one in ten of them public."""
    organization = HubOrganization(ORGANIZATION, "Acme Large", two_factor_required=True, plan="enterprise")
    organization.members = [Member("owner-1", role="admin"), Member("owner-2", role="admin"), Member("engineer")]
    organization.part(RuleSets).sets = [HubRuleSet(name="default branches", rules=RULES)]
    organization.repositories = [
        HubRepository(f"repository-{number:04}", visibility="private" if number % 10 else "public")
        for number in range(repositories)
    ]
    hub = Hub()
    hub.add(organization)
    return hub


class Answers:
    """The answers by question, the hour that is counted, and what was seen."""

    def __init__(self, hub: Hub) -> None:
        self._client = Client(application(hub))
        self._known: dict[bytes, tuple[int, bytes, bytes, bytes]] = {}
        self.manner = Manner()
        self.seen = Seen()
        self.asking = 0
        self._left = 0
        self._resets = 0.0

    def begin(self, manner: Manner) -> Seen:
        """Answer in another manner, in a new hour; what was seen before."""
        seen, self.seen, self.manner, self._resets = self.seen, Seen(), manner, 0.0
        return seen

    def answer(self, head: bytes, body: bytes) -> bytes:
        """The whole response to a request."""
        self.seen.requests += 1
        self.seen.at_once = max(self.seen.at_once, self.asking)
        line, _, rest = head.partition(b"\r\n")
        status, etag, link, content = self._known.get(line + body) or self._worked_out(line, body)
        asked = re.search(rb"\r\nif-none-match: *([^\r]*)", rest, re.IGNORECASE)
        if etag and asked and asked[1] == etag:
            return self._response(304, etag, link, b"")
        if b"/rate_limit" in line:
            return self._response(200, b"", b"", json.dumps({"resources": {"core": self._limit()}}).encode())
        if not self._limit()["remaining"]:
            self.seen.refused += 1
            return self._response(403, b"", b"", _SPENT)
        self._left -= 1
        self.seen.counted += 1
        if self.seen.counted == self.manner.spent_after:
            self._left = 0
        return self._response(status, etag, link, content)

    def _limit(self) -> dict[str, int]:
        now = time.time()
        if now >= self._resets:
            self._left, self._resets = self.manner.limit, float(int(now + self.manner.hour))
        return {"limit": self.manner.limit, "remaining": self._left, "reset": int(self._resets)}

    def _worked_out(self, line: bytes, body: bytes) -> tuple[int, bytes, bytes, bytes]:
        method, target, _ = line.decode().split(" ")
        headers = {"Authorization": "Bearer benchmark", "Content-Type": "application/json", "Host": "127.0.0.1"}
        answered = self._client.open(target, method=method, headers=headers, data=body)
        content = answered.get_data()
        tag = f'W/"{hashlib.sha256(content).hexdigest()}"' if answered.status_code == 200 and method == "GET" else ""
        link = answered.headers.get("Link", "")
        known = answered.status_code, tag.encode(), link.encode(), content
        self._known[line + body] = known
        return known

    def _response(self, status: int, etag: bytes, link: bytes, content: bytes) -> bytes:
        limit = self._limit()
        lines = [
            b"HTTP/1.1 %d %s" % (status, _STATUS.get(status, b"Other")),
            b"Content-Type: application/json; charset=utf-8",
            b"X-RateLimit-Limit: %d" % limit["limit"],
            b"X-RateLimit-Remaining: %d" % limit["remaining"],
            b"X-RateLimit-Reset: %d" % limit["reset"],
            b"X-RateLimit-Resource: core",
        ]
        if etag:
            lines.append(b"ETag: " + etag)
        if link:
            lines.append(b"Link: " + link)
        if status not in (204, 304):
            lines.append(b"Content-Length: %d" % len(content))
        return b"\r\n".join([*lines, b"", content])


class _Late:
    """Answers as late as it was told, and counts what is under way."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def respond(self, head: bytes, body: bytes, transport: asyncio.Transport) -> None:
        self._answers.asking += 1
        response = self._answers.answer(head, body)
        asyncio.get_running_loop().call_later(self._answers.manner.seconds, self._send, response, transport)

    def _send(self, response: bytes, transport: asyncio.Transport) -> None:
        self._answers.asking -= 1
        transport.write(response)


async def serve(repositories: int) -> None:
    """Serve on a free port of 127.0.0.1 until the standard input ends."""
    loop = asyncio.get_running_loop()
    answers = Answers(large_hub(repositories))
    late = _Late(answers)
    server = await loop.create_server(lambda: Conversation(late.respond), "127.0.0.1", 0, backlog=1024)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told: dict[str, Any] = json.loads(line)
        seen = answers.begin(Manner(**{each.name: told[each.name] for each in fields(Manner)}))
        print(json.dumps(asdict(seen)), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
