"""Connections that read an answer within its limits: each read from the socket ends at the deadline, and is counted.

Time-outs of HTTP libraries are for one read from the socket: a byte a minute keeps them waiting for ever.
"""

from __future__ import annotations

import http.client
import io
import logging
from typing import Any

from muster.reading.sessions.asking import is_asking, now_asking


class _Metered(io.RawIOBase):
    """The bytes of an answer as they come in; `LimitPassed` where they are too many or too slow."""

    def __init__(self, raw: io.RawIOBase, socket: Any) -> None:
        self._raw = raw
        self._socket = now_asking().socket = socket
        self._timeout: float | None = socket.gettimeout()
        self._set = self._timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        allowance = now_asking().allowance
        left = allowance.seconds_left()
        wait = left if self._timeout is None else min(left, self._timeout)
        if wait != self._set:
            # A call of the system's, and so a change of threads: as a rule it would set what is set.
            self._socket.settimeout(wait)
            self._set = wait
        try:
            number = self._raw.readinto(buffer) or 0
        except TimeoutError:
            allowance.check()
            raise
        allowance.take(number)
        return number

    def close(self) -> None:
        self._raw.close()
        super().close()


class _MeteredResponse(http.client.HTTPResponse):
    """A response whose every byte, headers too, comes through the meter."""

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_Metered(self.fp.detach(), sock))


class _SendsWhole:
    """A connection that sends a request's head and body in one piece: urllib3 sends each by itself.

    That is a packet less, and a change of threads. Who waits for leave to send a body gets none without the head.
    """

    _held: list[bytes] | None = None

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        self._held = None if headers is not None and "Expect" in headers else []
        try:
            super().request(method, url, body, headers, **options)  # type: ignore[misc]  # that of a connection
            self._send_held()
        finally:
            self._held = None

    def send(self, data: Any) -> None:
        if self._held is not None and isinstance(data, bytes):
            self._held.append(data)
        else:
            self._send_held()
            super().send(data)  # type: ignore[misc]  # that of a connection

    def _send_held(self) -> None:
        held, self._held = self._held, None
        if held:
            super().send(b"".join(held))  # type: ignore[misc]  # that of a connection


def hush(*loggers: str) -> None:
    """Let these loggers say nothing of what is asked here.

    What libraries warn of, on standard error where nobody set up logging, they quote: the line that is no status line.
    """
    for name in loggers:
        logging.getLogger(name).addFilter(_is_nobodys_question)


def _is_nobodys_question(_: logging.LogRecord) -> bool:
    return not is_asking()


hush("urllib3.connection", "urllib3.connectionpool")


def metered(pool: type[Any]) -> type[Any]:
    """A pool of connections like the given one of urllib3's (`http.client` names `response_class` for this)."""
    connection = type("MeteredConnection", (_SendsWhole, pool.ConnectionCls), {"response_class": _MeteredResponse})
    return type("MeteredPool", (pool,), {"ConnectionCls": connection})
