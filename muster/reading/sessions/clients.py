"""Clients of AWS: one a service, for all regions and for all accounts that are reached in the same way.

Clients are shared by threads; the service models by all sessions of the process. Retries are botocore's standard mode.
What belongs to one account travels with its question (`muster/reading/sessions/asking.py`).
"""

from __future__ import annotations

import os
import pkgutil
import threading
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
import botocore.retries
import botocore.session
from botocore.config import Config
from botocore.credentials import CredentialResolver
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError
from botocore.loaders import Loader

from muster.reading.reads import OF_A_SERVICE
from muster.reading.sessions.asking import now_asking
from muster.reading.sessions.bodies import refuse_non_answers
from muster.reading.sessions.guard import refuse_writes
from muster.reading.sessions.hosts import host_of, is_aws_host, is_local
from muster.reading.sessions.metered import hush
from muster.reading.sessions.models import LOADER, of_botocore
from muster.reading.sessions.regions import serve_all_regions
from muster.reading.sessions.wire import watch

CONNECTIONS = 8 * OF_A_SERVICE
"""How many connections to a host are kept: accounts whose reads overlap share them."""
ATTEMPTS = 10
FEW_ATTEMPTS = 3
"""How often a question is sent whose like has failed to the end in another region or for another thing."""
NO_ANSWER = (ConnectionError, HTTPClientError)
"""What botocore raises where nobody answers: time-outs, connections that break, names that do not resolve."""
_WHOLE_MODELS = Loader(**of_botocore())
# Both look at the same four hundred folders: once.
_WHOLE_MODELS.list_available_services = LOADER.list_available_services
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


# At the level DEBUG botocore writes down what it signs, sends and receives, the keys of an assumed role among it.
for _package in (botocore, botocore.retries):
    hush(*(module.name for module in pkgutil.iter_modules(_package.__path__, f"{_package.__name__}.")))


def new_session(*, profile_name: str | None = None, **arguments: Any) -> boto3.Session:
    """A boto3 session that shares its service models with every other."""
    return _boto3_session(botocore.session.Session(profile=profile_name), arguments)


def signing_session(**arguments: Any) -> boto3.Session:
    """A boto3 session whose service models are whole: to sign is no read."""
    return boto3.Session(**arguments)


def login_session(*, profile_name: str | None = None) -> boto3.Session:
    """A boto3 session that finds credentials; its models are whole, because some are renewed by what is no read."""
    inner = botocore.session.Session(profile=profile_name)
    inner.register_component("data_loader", _WHOLE_MODELS)
    return boto3.Session(botocore_session=inner)


def nobodys_session(**arguments: Any) -> boto3.Session:
    """The same, without the profile that the environment names and the AWS CLI's files."""
    hidden = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    inner = botocore.session.Session(session_vars={**hidden, "profile": (None, None, None, None)})
    return _boto3_session(inner, arguments)


def _boto3_session(inner: botocore.session.Session, arguments: dict[str, Any]) -> boto3.Session:
    inner.register_component("data_loader", LOADER)
    # An older version of an API, which a profile may ask for, does not have all that is judged.
    inner.set_config_variable("api_versions", {})
    return boto3.Session(botocore_session=inner, **arguments)


class Clients:
    """The clients of one way to reach AWS: a boto3 session and an endpoint.

    Accounts may share them if the session has no credentials of its own (`without_credentials`): a request is then
    signed for the account that asks, or it is not sent.
    """

    def __init__(self, session: boto3.Session, endpoint_url: str | None = None) -> None:
        self.session = session
        self._endpoint_url = endpoint_url
        self._lock = threading.Lock()
        # By service; what the model of each was loaded for.
        self._known: dict[str, tuple[Any, frozenset[str] | None]] = {}

    def get(self, service: str, region: str, *operations: str) -> Any:
        """The client of a service for all regions, made for the first of them that is asked.

        It is made under a lock, because sessions are not thread-safe, and once, unless one of these operations is asked
        and nobody had expected it: then the model is loaded anew.
        """
        asked = {f"{service}:{operation}" for operation in operations}
        with self._lock:
            known, loaded_for = self._known.get(service, (None, None))
            if known is None or (loaded_for is not None and not asked <= loaded_for):
                LOADER.load_for_more(asked)
                known = self.session.client(
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint_url,
                    config=client_config(self._endpoint_url),
                )
                self._prepare(known, service)
                self._known[service] = (known, LOADER.loads_for)
            return known

    def _prepare(self, client: Any, service: str) -> None:
        def before_each_attempt(request: Any, **_: Any) -> None:
            question = now_asking()
            question.caller.pace.wait((service, question.call.region), question.allowance.pause)
            question.allowance.check()
            question.caller.counts.add(service, "requests")
            if request.context.get("retries", {}).get("attempt", 1) > 1:
                question.caller.counts.add(service, "retries")

        def after_each_attempt(parsed_response: Any, **_: Any) -> None:
            if parsed_response is not None:
                now_asking().caller.silent.discard(now_asking().call.region)
            if parsed_response and parsed_response.get("Error", {}).get("Code") in THROTTLED:
                now_asking().caller.counts.add(service, "throttles")

        serve_all_regions(client)
        watch(client)
        client.meta.events.register_first("needs-retry", _before_each_retry)
        # On the client, not on the session: a session that was lent to us does its owner's work afterwards.
        client.meta.events.register("before-parameter-build", _guard)
        if not is_aws_host(host_of(client.meta.endpoint_url)):
            client.meta.events.register("before-send.s3-control", _keep_host(client.meta.endpoint_url))
        client.meta.events.register("before-parse", refuse_non_answers)
        client.meta.events.register("request-created", before_each_attempt)
        client.meta.events.register("response-received", after_each_attempt)


def without_credentials(session: boto3.Session) -> boto3.Session:
    """The session, made such that its clients sign with what each request brings along, and with nothing else."""
    session._session.register_component("credential_provider", CredentialResolver([]))
    return session


def _before_each_retry(
    response: Any, attempts: int, operation: Any, caught_exception: BaseException | None = None, **_: Any
) -> None:
    """Raise what came of an attempt where there is no sense in another one."""
    question = now_asking()
    is_known = question.call.name in question.caller.failing and attempts >= FEW_ATTEMPTS
    if isinstance(caught_exception, NO_ANSWER):
        if is_known or question.call.region in question.caller.silent:
            raise caught_exception
    elif is_known and response is not None and is_failure(response[1]):
        raise ClientError(response[1], operation.name)


def client_config(endpoint_url: str | None = None) -> Config:
    """How clients behave: retries, connections, time-outs in seconds.

    A bucket is named in the path, not in the host: each host costs connections of its own. Nothing between this machine
    and itself goes through a proxy, or to another kind of endpoint, that the environment names for AWS.
    """
    local: dict[str, Any] = {}
    if endpoint_url is not None and is_local(endpoint_url):
        local = {"proxies": {}, "use_fips_endpoint": False, "use_dualstack_endpoint": False}
    return Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=CONNECTIONS,
        connect_timeout=10,
        read_timeout=60,
        user_agent="muster",
        s3={"addressing_style": "path"},
        **local,
    )


def is_failure(parsed: Any) -> bool:
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
