"""Answers of AWS that moto cannot play, put in the place of a call."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import boto3


def answer(session: boto3.Session, operation: str, content: dict[str, Any]) -> None:
    """Let every call of `cloudtrail.DescribeTrails` (service id and operation) answer this."""
    response = (SimpleNamespace(status_code=200), {**content, "ResponseMetadata": {"HTTPStatusCode": 200}})
    session.events.register(f"before-call.{operation}", lambda **_: response)


def refuse(session: boto3.Session, operation: str, code: str = "AccessDeniedException") -> None:
    """Let every call of an operation answer this error."""
    content = {"Error": {"Code": code, "Message": "not for you"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    session.events.register(f"before-call.{operation}", lambda **_: (SimpleNamespace(status_code=400), content))
