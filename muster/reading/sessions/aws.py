"""The AWS session: sends reads through boto3, and nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError, UnknownRegionError

from muster.errors import NotARead
from muster.reading.reads import SERVICE_ABSENT, Answer, ApiError, Call
from muster.reading.sessions.asking import Caller, asking
from muster.reading.sessions.aws_credentials import OfOneAccount
from muster.reading.sessions.bodies import PARSING_FAULTS, UNPARSABLE, said_of
from muster.reading.sessions.clients import NO_ANSWER, Clients, is_failure
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.hosts import NOWHERE, host_of, is_aws_host
from muster.reading.sessions.limits import AnswerLimits, DeadlinePassed, LimitPassed
from muster.reading.sessions.pace import Pace
from muster.reading.sessions.pages import Page, Truncated, as_json, merged_pages, pages
from muster.reading.sessions.regions import BoundToRegion


class AwsTransport:
    """Sends the reads of one AWS account; a `Transport`."""

    def __init__(
        self,
        session: boto3.Session,
        counts: Counts,
        *,
        endpoint_url: str | None = None,
        calls_per_second: float | None = None,
        limits: AnswerLimits | None = None,
    ) -> None:
        """Ask through a session that is this account's alone, with the credentials that it has."""
        self._clients = Clients(session, endpoint_url)
        self._caller = Caller(counts, pace=Pace(calls_per_second))
        self._limits = limits or AnswerLimits()

    @classmethod
    def through(cls, clients: Clients, caller: Caller, limits: AnswerLimits) -> Self:
        """Ask through clients that other accounts ask through as well."""
        transport = cls.__new__(cls)
        transport._clients, transport._caller, transport._limits = clients, caller, limits
        return transport

    def stay_in(self, account: str) -> None:
        """Ask this account alone from now on (its id), whatever account its credentials are of after a while."""
        if isinstance(self._caller.credentials, OfOneAccount):
            self._caller.credentials.stay_in(account)

    def send(self, call: Call) -> Answer:
        """Ask; every error of the API, the network or the credentials is an answer with that error."""
        self._caller.counts.add(call.service, "calls")
        with asking(call, self._limits, self._caller) as question:
            answer = self._answer(call)
        if answer.error is None and not question.sent:
            self._caller.counts.note_host(call.account, NOWHERE)
        return answer

    def _answer(self, call: Call) -> Answer:
        try:
            content, request_ids = merged_pages(self._pages(call))
            plain = as_json(content, self._limits.depth)
        except ClientError as error:
            if is_failure(error.response):
                self._caller.failing.add(call.name)
            return Answer(error=_api_error(error), request_ids=_request_ids(error))
        except EndpointConnectionError as error:
            self._note_silence(call)
            return Answer(error=ApiError(self._no_answer_code(call, error), str(error)))
        except (BotoCoreError, HTTPClientError, Truncated, NotARead, LimitPassed, BoundToRegion) as error:
            if isinstance(error, (*NO_ANSWER, DeadlinePassed)):
                self._note_silence(call)
            return Answer(error=ApiError(type(error).__name__, str(error)))
        except PARSING_FAULTS as error:
            return Answer(error=ApiError(UNPARSABLE, said_of(error)))
        self._caller.failing.discard(call.name)
        return Answer(plain, request_ids=request_ids)

    def _note_silence(self, call: Call) -> None:
        self._caller.failing.add(call.name)
        self._caller.silent.add(call.region)

    def client(self, service: str, region: str, *operations: str) -> Any:
        """The client of a service for all regions, by which these operations can be asked."""
        return self._clients.get(service, region, *operations)

    def _no_answer_code(self, call: Call, error: EndpointConnectionError) -> str:
        """Whether nobody answered because the region has no such service.

        Botocore's list may be behind, so that it counts only together with a name of AWS's that nobody knows: a name
        server or a network that is down tells nothing of a service.
        """
        try:
            partition = self._clients.session.get_partition_for_region(call.region)
        except UnknownRegionError:
            return str(EndpointConnectionError.__name__)
        known = self._clients.session.get_available_regions(call.service, partition)
        asked_aws = is_aws_host(host_of(error.kwargs["endpoint_url"]))
        absent = asked_aws and bool(known) and call.region not in known and _is_unknown_name(error)
        return SERVICE_ABSENT if absent else str(EndpointConnectionError.__name__)

    def _pages(self, call: Call) -> Iterator[Page]:
        client = self.client(call.service, call.region, call.operation)
        if call.operation not in client.meta.method_to_api_mapping:
            raise Truncated(f"this boto3 knows no operation {call.name}: install a newer one")
        return pages(client, call.operation, call.request)


def _is_unknown_name(error: EndpointConnectionError) -> bool:
    """Whether the name of the host was looked up, and there is none; botocore keeps why it did not connect.

    https://man7.org/linux/man-pages/man3/getaddrinfo.3.html
    """
    cause: BaseException | None = error.kwargs.get("error")
    while cause is not None and not isinstance(cause, socket.gaierror):
        cause = cause.__cause__
    return cause is not None and cause.errno == socket.EAI_NONAME


def _api_error(error: ClientError) -> ApiError:
    response = error.response
    details = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return ApiError(details.get("Code", "Unknown"), details.get("Message", ""), status)


def _request_ids(error: ClientError) -> tuple[str, ...]:
    request_id = error.response.get("ResponseMetadata", {}).get("RequestId")
    return (request_id,) if request_id else ()
