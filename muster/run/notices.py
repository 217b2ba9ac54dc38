"""Where a run says how it ended: a webhook, or a topic of Amazon SNS, both named in the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from muster.errors import UsageError

WEBHOOK_VARIABLE = "MUSTER_WEBHOOK_URL"
TOPIC_VARIABLE = "MUSTER_SNS_TOPIC_ARN"
SECONDS = 20
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Notifier(Protocol):
    """Takes one message of a run: `subject` is a line, `message` plain JSON with the same as `text` for people."""

    def send(self, subject: str, message: Mapping[str, Any]) -> None:
        """Send it. Raises `UsageError` where nobody took it."""


def notifier(kind: str, environment: Mapping[str, str]) -> Notifier:
    """The one that `--notify` names. Raises `UsageError` where the environment does not say where it is."""
    if kind == "webhook":
        return Webhook(_named(environment, WEBHOOK_VARIABLE))
    from muster.run.sns_topic import TopicNotifier  # boto3, where it is used

    return TopicNotifier(_named(environment, TOPIC_VARIABLE))


class Webhook:
    """Posts JSON. Its address is a secret: it stands in no message, no file and no evidence."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        is_fit = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not parts.hostname or not is_fit:
            raise UsageError(f"--notify=webhook: ${WEBHOOK_VARIABLE} is no address that begins with https://")
        self._url = url
        self._host = parts.hostname

    def send(self, subject: str, message: Mapping[str, Any]) -> None:
        """Post it; a redirect is not followed."""
        body = json.dumps({"subject": subject, **message}).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(self._url, body, headers, method="POST")  # noqa: S310  # http or https, looked at above
        try:
            build_opener(_NoRedirect).open(request, timeout=SECONDS).close()
        except HTTPError as error:
            raise UsageError(f"--notify=webhook: {self._host} answered {error.code}: nobody was told") from error
        except (URLError, OSError) as error:
            raise UsageError(f"--notify=webhook: {self._host} was not reached: nobody was told") from error


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: what was told here is told nowhere else."""


def _named(environment: Mapping[str, str], variable: str) -> str:
    value = environment.get(variable, "").strip()
    if not value:
        raise UsageError(f"--notify: ${variable} is not set: it names where to send")
    return value
