"""The kinds of value that tell how GitHub is reached, each judged with a message that says what was expected."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from muster.files.problems import shown
from muster.files.values import Endpoint, Expected

OF_THE_CLOUD = ("github.com", "www.github.com", "api.github.com")
WITH_DATA_RESIDENCY = ".ghe.com"
OF_A_SERVER = "/api/v3"


def _endpoint(value: str) -> str:
    """An address of the REST API.

    https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api
    https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
    """
    url = urlsplit(value)
    host, path = url.hostname or "", url.path.rstrip("/")
    if url.query or url.fragment:
        raise ValueError(f"{shown(value)} is more than an address; take off what follows ? or #")
    if host in OF_THE_CLOUD:
        raise ValueError(f"{shown(value)} is GitHub itself, whose API is asked without it; leave endpoint_url out")
    if host.endswith(WITH_DATA_RESIDENCY):
        name = host.removesuffix(WITH_DATA_RESIDENCY).rpartition(".")[2]
        expected = f"https://api.{name}{WITH_DATA_RESIDENCY}"
        if value.rstrip("/") != expected:
            raise ValueError(f"{shown(value)} is not the API of an enterprise on ghe.com; expected {expected}")
    elif url.scheme == "https" and host not in ("localhost", "127.0.0.1", "::1") and path != OF_A_SERVER:
        raise ValueError(
            f"{shown(value)} is not the REST API of GitHub Enterprise Server; expected https://{url.netloc}{OF_A_SERVER}"
        )
    return value


def _app_id(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,12}|Iv[A-Za-z0-9.]{6,60}", value):
        raise ValueError(
            f"{shown(value)} is no GitHub App; expected its App ID, quoted, or its client ID (Iv…), which its page says"
        )
    return value


GitHubEndpoint = Annotated[
    Endpoint,
    Expected("`https://HOST/api/v3`, `https://api.NAME.ghe.com`, or `http://host:port`"),
    AfterValidator(_endpoint),
]
AppId = Annotated[str, Expected("the App ID in quotes, or the client ID, of a GitHub App"), AfterValidator(_app_id)]
