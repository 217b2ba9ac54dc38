"""A topic of Amazon SNS that is told how a run ended.

It publishes and sends nothing else, signed in as the user who runs Muster, never in the role of an account under audit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from muster.errors import UsageError
from muster.reading.sessions.clients import client_config, signing_session

MOST_OF_SUBJECT = 100
"""https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: characters of a subject, ASCII alone."""

_ARN = re.compile(r"arn:aws[a-z-]*:sns:(?P<region>[a-z0-9-]+):\d{12}:[A-Za-z0-9_.-]+")


class TopicNotifier:
    """A `muster.run.notices.Notifier`."""

    def __init__(self, arn: str) -> None:
        """Raises `UsageError` for what is no ARN of a topic."""
        found = _ARN.fullmatch(arn)
        if found is None:
            raise UsageError(f"--notify=sns: {arn!r} is no ARN of a topic (arn:aws:sns:REGION:ACCOUNT:NAME)")
        self._arn = arn
        self._client = signing_session(region_name=found["region"]).client("sns", config=client_config())

    def send(self, subject: str, message: Mapping[str, Any]) -> None:
        """Publish it."""
        plain = subject.encode("ascii", "replace").decode()[:MOST_OF_SUBJECT]
        try:
            self._client.publish(TopicArn=self._arn, Subject=plain, Message=json.dumps(message))
        except (ClientError, BotoCoreError) as error:
            raise UsageError(f"--notify=sns: {self._arn}: {error}. The caller needs sns:Publish on it") from error
