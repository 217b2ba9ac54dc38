"""The wire: the last place before a request leaves this process, under botocore and under what mocks it."""

from __future__ import annotations

from typing import Any

from muster.reading.sessions.asking import now_asking
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.hosts import host_of


class Wire:
    """An HTTP session of botocore's that notes where it sends the requests of which account."""

    def __init__(self, session: Any, counts: Counts) -> None:
        self._session = session
        self._counts = counts

    def send(self, request: Any) -> Any:
        """Send a request for the call that this thread asks."""
        question = now_asking()
        question.sent = True
        self._counts.note_host(question.call.account, host_of(request.url))
        return self._session.send(request)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


def note_hosts(client: Any, counts: Counts) -> None:
    """Let a boto3 client note where its requests go.

    No event of botocore's will do: a mock in this process answers instead of the network, and hooks cannot tell.
    """
    endpoint = client._endpoint
    endpoint.http_session = Wire(endpoint.http_session, counts)
