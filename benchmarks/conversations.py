"""HTTP as the benchmarks' servers speak it: requests taken apart, one after the other, on each connection."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

Respond = Callable[[bytes, bytes, asyncio.Transport], None]
"""Answers a request, its head and its body, on its connection, at once or later."""


class Conversation(asyncio.Protocol):
    """One connection; its client sends a request only when it has the answer to the one before."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *([0-9]+)", head, re.IGNORECASE)
        if end and len(body) >= (int(length[1]) if length else 0):
            self._received = b""
            self._respond(head, body, self._transport)
