"""The AWS session: sends reads through boto3, and nothing else.

Clients are shared by threads; the service models by all accounts of the process. Retries are botocore's standard mode.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError, UnknownRegionError

from muster.errors import NotARead
from muster.reading.reads import SERVICE_ABSENT, THREADS, Answer, ApiError, Call
from muster.reading.sessions.asking import asking, now_asking
from muster.reading.sessions.bodies import PARSING_FAULTS, UNPARSABLE, refuse_non_answers, said_of
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.guard import refuse_writes
from muster.reading.sessions.hosts import NOWHERE, host_of, is_local, is_of_aws
from muster.reading.sessions.limits import LimitPassed, Limits
from muster.reading.sessions.pace import Pace
from muster.reading.sessions.pages import Page, Truncated, as_json, merged, pages
from muster.reading.sessions.regions import BoundToRegion, serve_all_regions
from muster.reading.sessions.wire import watch

ATTEMPTS = 10
FEW_ATTEMPTS = 3
"""How often a question is sent whose like has failed to the end in another region or for another thing."""
THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "RequestThrottled",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "SlowDown",
        "PriorRequestNotComplete",
        "TransactionInProgressException",
        "EC2ThrottledException",
    }
)

# A Session parses every service model it meets anew (0.2 s an account); the loader keeps what it parsed.
_loader = botocore.loaders.create_loader()


def new_session(*, profile_name: str | None = None, **arguments: Any) -> boto3.Session:
    """A boto3 session that shares its service models with every other."""
    return _boto3_session(botocore.session.Session(profile=profile_name), arguments)


def nobodys_session(**arguments: Any) -> boto3.Session:
    """The same, without the profile that the environment names and the AWS CLI's files."""
    hidden = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    inner = botocore.session.Session(session_vars={**hidden, "profile": (None, None, None, None)})
    return _boto3_session(inner, arguments)


def _boto3_session(inner: botocore.session.Session, arguments: dict[str, Any]) -> boto3.Session:
    inner.register_component("data_loader", _loader)
    return boto3.Session(botocore_session=inner, **arguments)


class AwsTransport:
    """Sends the reads of one AWS account; a `Transport`."""

    def __init__(
        self,
        session: boto3.Session,
        counts: Counts,
        *,
        endpoint_url: str | None = None,
        calls_per_second: float | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._session = session
        self._counts = counts
        self._endpoint_url = endpoint_url
        self._pace = Pace(calls_per_second)
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._failing: set[str] = set()

    def send(self, call: Call) -> Answer:
        """Ask; every error of the API, the network or the credentials is an answer with that error."""
        self._counts.add(call.service, "calls")
        with asking(call, self._limits) as question:
            answer = self._answer(call)
        if answer.error is None and not question.sent:
            self._counts.note_host(call.account, NOWHERE)
        return answer

    def _answer(self, call: Call) -> Answer:
        try:
            content, request_ids = merged(self._pages(call))
            plain = as_json(content, self._limits.depth)
        except ClientError as error:
            if _is_failure(error.response):
                self._failing.add(call.name)
            return Answer(error=_api_error(error), request_ids=_request_ids(error))
        except EndpointConnectionError as error:
            return Answer(error=ApiError(self._no_answer_code(call, error), str(error)))
        except (BotoCoreError, HTTPClientError, Truncated, NotARead, LimitPassed, BoundToRegion) as error:
            return Answer(error=ApiError(type(error).__name__, str(error)))
        except PARSING_FAULTS as error:
            return Answer(error=ApiError(UNPARSABLE, said_of(error)))
        self._failing.discard(call.name)
        return Answer(plain, request_ids=request_ids)

    def client(self, service: str, region: str) -> Any:
        """The client of a service for all regions, made for the first of them that is asked.

        It is made once, under a lock, because sessions are not thread-safe.
        """
        with self._lock:
            known = self._clients.get(service)
            if known is None:
                known = self._session.client(
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint_url,
                    config=client_config(self._endpoint_url),
                )
                self._watch(known, service)
                self._clients[service] = known
            return known

    def _no_answer_code(self, call: Call, error: EndpointConnectionError) -> str:
        """Whether nobody answered because the region has no such service.

        Botocore's list may be behind, so that it counts only together with an address of AWS's that does not answer.
        """
        try:
            partition = self._session.get_partition_for_region(call.region)
        except UnknownRegionError:
            return str(EndpointConnectionError.__name__)
        known = self._session.get_available_regions(call.service, partition)
        asked_aws = is_of_aws(host_of(error.kwargs["endpoint_url"]))
        absent = asked_aws and bool(known) and call.region not in known
        return SERVICE_ABSENT if absent else str(EndpointConnectionError.__name__)

    def _pages(self, call: Call) -> Iterator[Page]:
        client = self.client(call.service, call.region)
        if call.operation not in client.meta.method_to_api_mapping:
            raise Truncated(f"this boto3 knows no operation {call.name}: install a newer one")
        return pages(client, call.operation, call.request)

    def _watch(self, client: Any, service: str) -> None:
        def before_each_attempt(request: Any, **_: Any) -> None:
            question = now_asking()
            self._pace.wait((service, question.call.region), question.allowance.pause)
            self._counts.add(service, "requests")
            if request.context.get("retries", {}).get("attempt", 1) > 1:
                self._counts.add(service, "retries")

        def after_each_attempt(parsed_response: Any, **_: Any) -> None:
            if parsed_response and parsed_response.get("Error", {}).get("Code") in THROTTLED:
                self._counts.add(service, "throttles")

        def before_each_retry(response: Any, attempts: int, operation: Any, **_: Any) -> None:
            is_known = now_asking().call.name in self._failing
            if is_known and attempts >= FEW_ATTEMPTS and response is not None and _is_failure(response[1]):
                raise ClientError(response[1], operation.name)

        serve_all_regions(client)
        watch(client, self._counts)
        client.meta.events.register_first("needs-retry", before_each_retry)
        # On the client, not on the session: a session that was lent to us does its owner's work afterwards.
        client.meta.events.register("before-parameter-build", _guard)
        if not is_of_aws(host_of(client.meta.endpoint_url)):
            client.meta.events.register("before-send.s3-control", _keep_host(client.meta.endpoint_url))
        client.meta.events.register("before-parse", refuse_non_answers)
        client.meta.events.register("request-created", before_each_attempt)
        client.meta.events.register("response-received", after_each_attempt)


def client_config(endpoint_url: str | None = None) -> Config:
    """How clients behave: retries, connections for every thread, time-outs in seconds.

    A bucket is named in the path, not in the host: each host costs connections of its own. Nothing between this machine
    and itself goes through a proxy, or to another kind of endpoint, that the environment names for AWS.
    """
    local: dict[str, Any] = {}
    if endpoint_url is not None and is_local(endpoint_url):
        local = {"proxies": {}, "use_fips_endpoint": False, "use_dualstack_endpoint": False}
    return Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=THREADS,
        connect_timeout=10,
        read_timeout=60,
        user_agent="muster",
        s3={"addressing_style": "path"},
        **local,
    )


def _is_failure(parsed: Any) -> bool:
    """Whether an answer says that the API itself has failed (5xx), and not that it was asked too often."""
    status = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return bool(status >= 500) and parsed.get("Error", {}).get("Code") not in THROTTLED


def _guard(model: Any, **_: Any) -> None:
    refuse_writes(model.service_model.service_name, model.name)


def _keep_host(endpoint_url: str) -> Any:
    """S3 Control puts the account id before the host name, and no such host resolves beside a local endpoint."""
    host = urlsplit(endpoint_url).netloc

    def keep(request: Any, **_: Any) -> None:
        request.url = urlunsplit(urlsplit(request.url)._replace(netloc=host))

    return keep


def _api_error(error: ClientError) -> ApiError:
    response = error.response
    details = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return ApiError(details.get("Code", "Unknown"), details.get("Message", ""), status)


def _request_ids(error: ClientError) -> tuple[str, ...]:
    request_id = error.response.get("ResponseMetadata", {}).get("RequestId")
    return (request_id,) if request_id else ()
