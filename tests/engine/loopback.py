"""A web server on 127.0.0.1 that answers as a test says and remembers what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What came in; `path` as it stood in the request line, query included."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """What goes out. `length` other than that of the body plays a connection that breaks.

    `raw` goes out instead of all else, piece by piece: status line, headers and body as a test writes them.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    raw: Iterable[bytes] | None = None


Respond = Callable[[Request], Response]


@dataclass
class Loopback:
    """The running server: where it is, and all requests in the order they came."""

    url: str
    requests: list[Request] = field(default_factory=list)


@contextmanager
def loopback(respond: Respond) -> Iterator[Loopback]:
    """Serve on a free port until the block ends, a thread a connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one packet: between two the other side's acknowledgement is waited for, 40 ms.
        wbufsize = 64 * 1024

        def handle(self) -> None:
            # Until nobody listens any more.
            with suppress(ConnectionError):
                super().handle()

        def finish(self) -> None:
            with suppress(ConnectionError):
                super().finish()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            seen.requests.append(request)
            response = respond(request)
            if response.raw is not None:
                self.close_connection = True
                self._write(response.raw)
                return
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body) if response.length is None else response.length))
            self.end_headers()
            self._write([response.body])
            self.close_connection = response.length is not None

        def _write(self, pieces: Iterable[bytes]) -> None:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _answer  # noqa: N815  # the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing: pytest's output is for tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    seen = Loopback(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def slowly(raw: bytes, pause: float) -> Iterator[bytes]:
    """A byte after each pause (seconds)."""
    for byte in raw:
        time.sleep(pause)
        yield bytes([byte])


def in_turn(*responses: Response) -> Respond:
    """One response after the other; the last is repeated."""
    turns = iter(responses[:-1])
    lock = threading.Lock()

    def respond(_: Request) -> Response:
        with lock:
            return next(turns, responses[-1])

    return respond
