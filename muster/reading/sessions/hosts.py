"""Hosts: whether an account's answers came from AWS or GitHub themselves, told by where its requests were sent."""

from __future__ import annotations

import functools
import ipaddress
from urllib.parse import urlsplit

# Where an answer came although nothing was sent: a mock inside this process answered.
NOWHERE = "in-process"
# Names under AWS's own domains behind which customers serve what they like: API Gateway, load balancers, instances.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
CUSTOMERS = frozenset({"execute-api", "elb", "compute", "compute-1"})
GITHUB = "api.github.com"
# GitHub Enterprise Cloud with data residency: api.SUBDOMAIN.ghe.com.
# https://docs.github.com/en/enterprise-cloud@latest/rest/using-the-rest-api/getting-started-with-the-rest-api
GITHUB_WITH_DATA_RESIDENCY = ".ghe.com"


def host_of(url: str) -> str:
    """`https://host` or `https://host:port`: the part of an address that says who is asked."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{host}{port}"


def is_aws_host(host: str) -> bool:
    """Whether a host is one of AWS's own endpoints: FIPS, dual stack, VPC and every partition included.

    https://docs.aws.amazon.com/general/latest/gr/rande.html
    """
    parts = urlsplit(host)
    name = parts.hostname or ""
    return parts.scheme == "https" and name.endswith(_aws_suffixes()) and CUSTOMERS.isdisjoint(name.split("."))


def is_of_github(host: str) -> bool:
    """Whether a host is GitHub's own API, or that of an enterprise on GitHub's cloud."""
    parts = urlsplit(host)
    name = parts.hostname or ""
    return parts.scheme == "https" and (name == GITHUB or name.endswith(GITHUB_WITH_DATA_RESIDENCY))


def web_of_github(endpoint_url: str | None) -> str:
    """Where people see what an API of GitHub tells of: `https://github.com` for None."""
    if endpoint_url is None:
        return "https://github.com"
    url = endpoint_url.removesuffix("/").removesuffix("/api/v3")
    if (urlsplit(url).hostname or "").endswith(GITHUB_WITH_DATA_RESIDENCY):
        return url.replace("//api.", "//", 1)
    return url


def is_remote(host: str) -> bool:
    """Whether a host is asked over TLS and is not this machine."""
    return urlsplit(host).scheme == "https" and not is_local(host)


def is_local(url: str) -> bool:
    """Whether an address is of this machine."""
    name = urlsplit(url).hostname or "localhost"
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


@functools.cache
def _aws_suffixes() -> tuple[str, ...]:
    """`.amazonaws.com`, `.api.aws` and the like of the other partitions, as botocore's own list has them."""
    from botocore.loaders import Loader  # where it is used

    from muster.reading.sessions.models import of_botocore

    partitions = Loader(**of_botocore()).load_data("partitions")["partitions"]
    names = ("dnsSuffix", "dualStackDnsSuffix")
    return tuple(sorted({f".{each['outputs'][name]}" for each in partitions for name in names}))
