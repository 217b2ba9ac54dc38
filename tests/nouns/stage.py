"""An account in moto in which tests make things, or have AWS answer what moto cannot play, and judge them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
from moto import mock_aws

from fixtures.sandbox import gaps
from muster import Facts
from muster.judging.account import Account
from muster.judging.judgement import Finding, judge_control
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Reads
from muster.reading.redaction import Redactor
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.selection.chosen import matching_controls
from tests.conftest import CONTROLS

ACCOUNT = "123456789012"
REGION = "eu-west-1"
HOME = "us-east-1"
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
Response = tuple[Any, dict[str, Any]]


class Stage:
    """Does what `muster.judge` does, save that all tests share their clients: those cost more than the judging."""

    def __init__(self) -> None:
        gaps.install()
        self._makers = boto3.Session(**CREDENTIALS)
        audits = new_session(**CREDENTIALS)
        audits.events.register("before-call", self._ask)
        self._transport = AwsTransport(audits, Counts())
        self._fed: dict[str, Response] = {}
        self.asked: list[str] = []
        """The operations that audits asked of AWS, by the names that AWS gives them."""
        self.client = cache(self._client)

    def _client(self, service: str, region_name: str = REGION) -> Any:
        """A client of boto3 to make things with; an audit's own refuses to."""
        return self._makers.client(service, region_name=region_name)

    @contextmanager
    def opened(self) -> Iterator[Stage]:
        """The stage with nothing on it and no answer fed."""
        self._fed.clear()
        self.asked.clear()
        with mock_aws():
            yield self

    def answer(self, operation: str, content: Mapping[str, Any]) -> None:
        """Let an audit's every call of `cloudtrail.DescribeTrails` (service id and operation) be answered with this."""
        self._fed[operation] = _response(200, content)

    def refuse(self, operation: str, code: str = "AccessDeniedException") -> None:
        """Let an audit's every call of an operation end with this error."""
        self._fed[operation] = _response(400, {"Error": {"Code": code, "Message": "not for you"}})

    def judge(
        self,
        controls: Sequence[str],
        regions: Sequence[str] = (REGION,),
        facts: Mapping[str, Any] | None = None,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> list[Finding]:
        """What these controls (ids or patterns) find, with nothing read before."""
        reads = Reads("stage", self._transport, MemoryArchive(), Redactor(b"key"))
        root = f"arn:aws:iam::{ACCOUNT}:root"
        account = Account("stage", ACCOUNT, "aws", root, tuple(regions), HOME, datetime.now(UTC), reads)
        declared = Facts.model_validate_json(json.dumps(facts or {}))
        return [
            finding
            for control in (CONTROLS[name] for name in matching_controls(controls, CONTROLS))
            for finding in judge_control(
                control, account, {**control.parameters, **(parameters or {}).get(control.id, {})}, declared, threads=1
            )
        ]

    def _ask(self, model: Any, **_event: Any) -> Response | None:
        self.asked.append(model.name)
        return self._fed.get(f"{model.service_model.service_id.hyphenize()}.{model.name}")


def _response(status: int, content: Mapping[str, Any]) -> Response:
    return SimpleNamespace(status_code=status), {**content, "ResponseMetadata": {"HTTPStatusCode": status}}
