"""One client of a service for all regions and accounts: where a request goes, and how it is signed, is the call's.

A client costs 4 ms and 300 KB, and an account has some twenty services in seventeen regions.
"""

from __future__ import annotations

import threading
from typing import Any

from botocore.exceptions import NoRegionError
from botocore.retries import standard
from botocore.retries.quota import RetryQuota
from botocore.utils import validate_region_name

from muster.errors import MusterError
from muster.reading.sessions.asking import now_asking

HOSTS = 64
"""To how many hosts a client keeps connections: more than there are regions, of which each is a host."""


class BoundToRegion(MusterError):
    """A service whose client cannot be asked for another region than its own: botocore has no endpoint rules for it."""


def serve_all_regions(client: Any) -> None:
    """Let a boto3 client ask the region of the call, whatever region it was made for.

    Endpoints are botocore's rules for that region; a service without regions (IAM, say) is signed for the one that its
    rules name. Raises `BoundToRegion`.
    """
    service = client.meta.service_model.service_id.hyphenize()
    if client._ruleset_resolver is None:
        raise BoundToRegion(f"{service}: botocore has no endpoint rules for it: install a newer one")
    events = client.meta.events
    # First: S3 puts the region there that it was redirected to.
    events.register_first(f"before-endpoint-resolution.{service}", _resolve_for_region)
    events.register("before-sign", _sign_for_call)
    _keep_hosts(client._endpoint.http_session)
    _retry_by_account_and_region(client, service)


def _resolve_for_region(builtins: Any, context: Any, **_: Any) -> None:
    region = now_asking().call.region
    # A name from an answer becomes part of a host.
    if not region:
        raise NoRegionError
    validate_region_name(region)
    builtins["AWS::Region"] = context["client_region"] = region
    # What botocore decided for the region of the client. Regional endpoints answer as the global ones do.
    builtins["AWS::S3::UseGlobalEndpoint"] = builtins["AWS::STS::UseGlobalEndpoint"] = False


def _sign_for_call(request: Any, **_: Any) -> None:
    question = now_asking()
    signing = {"region": question.call.region, **request.context.get("signing", {})}
    if question.caller.credentials is not None:
        signing["request_credentials"] = question.caller.credentials
    # A dictionary of this request alone: no other one may find these credentials.
    request.context["signing"] = signing


def _keep_hosts(http_session: Any) -> None:
    """Keep connections to so many hosts, behind a proxy too; botocore keeps those to the ten latest."""
    http_session._manager.pools = type(http_session._manager.pools)(HOSTS)
    # With which managers for proxies will be made.
    arguments_of = http_session._get_pool_manager_kwargs
    http_session._get_pool_manager_kwargs = lambda **more: arguments_of(num_pools=HOSTS, **more)
    manager_of = http_session._get_proxy_manager
    lock = threading.Lock()

    def one_manager_of(proxy_url: str) -> Any:
        # Of two that two threads make at once one is lost, with its connections.
        with lock:
            return manager_of(proxy_url)

    http_session._get_proxy_manager = one_manager_of


class _QuotaByAccountAndRegion:
    """Botocore's quota of retries, one an account and region: what one refuses is not paid by the others."""

    def acquire(self, amount: int) -> bool:
        return bool(self._quota().acquire(amount))

    def release(self, amount: int) -> None:
        self._quota().release(amount)

    def _quota(self) -> RetryQuota:
        question = now_asking()
        quota: RetryQuota = question.caller.quotas.get((question.call.service, question.call.region), RetryQuota)
        return quota


def _retry_by_account_and_region(client: Any, service: str) -> None:
    events = client.meta.events
    events.unregister(f"needs-retry.{service}", unique_id=f"retry-config-{service}")
    handler = standard.register_retry_handler(client, client.meta.config.retries["total_max_attempts"])
    handler._retry_quota._quota = _QuotaByAccountAndRegion()
