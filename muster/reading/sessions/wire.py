"""The wire: the last place before a request leaves this process, under botocore and under what mocks it."""

from __future__ import annotations

from typing import Any

from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool

from muster.reading.sessions.asking import now_asking
from muster.reading.sessions.hosts import host_of
from muster.reading.sessions.metered import metered

POOLS = {"http": metered(AWSHTTPConnectionPool), "https": metered(AWSHTTPSConnectionPool)}


class Wire:
    """An HTTP session of botocore's that notes where it sends the requests of which account."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def send(self, request: Any) -> Any:
        """Send a request for the call that this thread asks."""
        question = now_asking()
        question.sent = True
        question.caller.counts.note_host(question.call.account, host_of(request.url))
        return self._session.send(request)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


def watch(client: Any) -> None:
    """Let a boto3 client note where its requests go, and keep to the limits of the call that is asked.

    Hosts are not noted by an event of botocore's: a mock in this process may answer instead of the network, and hooks
    cannot tell.
    """
    endpoint = client._endpoint
    # The dictionary that the session's managers of connections, for proxies too, take their pools from.
    endpoint.http_session._pool_classes_by_scheme.update(POOLS)
    endpoint.http_session = Wire(endpoint.http_session)
    client.meta.events.register("request-created", _begin_attempt)
    client.meta.events.register_first("needs-retry", _end_attempt)


def _begin_attempt(request: Any, **_: Any) -> None:
    if request.context.get("retries", {}).get("attempt", 1) > 1:
        now_asking().allowance.check()
    else:
        now_asking().allowance.begin_page()


def _end_attempt(**_: Any) -> None:
    # Botocore takes what the meter raises for a connection that broke, and would try again.
    now_asking().allowance.check()
