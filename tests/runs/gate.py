"""A gate before the sandbox, at which a test refuses requests or holds them up."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from tests.runs.audits import Audits

PATIENCE = 120
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


class Gate(BaseHTTPRequestHandler):
    """Stands before the sandbox and answers itself what it was told to refuse; the rest is passed on.

    Requests whose body holds one of `held` wait until `opened` is set.
    """

    behind = ""
    refused = ""
    held: tuple[bytes, ...] = ()
    opened: threading.Event
    status = 403
    headers_said: ClassVar[dict[str, str]] = {"content-type": "application/xml"}
    body = DENIED

    def do_GET(self) -> None:
        self.answer(None)

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("content-length", 0))))

    def answer(self, data: bytes | None) -> None:
        if self.refused and self.refused in self.path:
            self.reply(self.status, self.headers_said, self.body)
            return
        if any(each in (data or b"") for each in self.held):
            self.opened.wait(PATIENCE)
        request = urllib.request.Request(
            self.behind + self.path, data=data, headers=dict(self.headers), method=self.command
        )
        try:
            with urllib.request.urlopen(request) as response:
                self.reply(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            self.reply(error.code, dict(error.headers), error.read())

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def gated(audits: Audits, sandbox: dict[str, Any], of: str = "aws") -> Iterator[type[Gate]]:
    """A gate before the sandbox, of AWS or of GitHub, to which the estate of the audits leads."""
    endpoint = sandbox[f"{of}_endpoint"]
    opened = threading.Event()
    handler = type("OneGate", (Gate,), {"behind": endpoint, "opened": opened})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    accounts = audits.estate / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace(endpoint, f"http://127.0.0.1:{server.server_port}"))
    try:
        yield handler
    finally:
        opened.set()
        server.shutdown()
        server.server_close()
