"""A running sandbox process, and AWS clients that enter its accounts as an audit does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.awsrequest import AWSRequest

ROOT = Path(__file__).parents[2]


@dataclass
class House:
    """A sandbox that serves, by what it announced."""

    announced: dict[str, Any]
    _credentials: dict[str, dict[str, str]] = field(default_factory=dict)
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def account(self, name: str) -> dict[str, Any]:
        account: dict[str, Any] = self.announced["accounts"][name]
        return account

    def client(self, account: str, service: str, region: str = "eu-west-1") -> Any:
        key = (account, service, region)
        if key not in self._clients:
            self._clients[key] = _session().client(
                service,
                region_name=region,
                endpoint_url=self.announced["aws_endpoint"],
                **self._assumed(account),
            )
        return self._clients[key]

    def _assumed(self, account: str) -> dict[str, str]:
        """Credentials of the account's audit role, which dummy credentials of no account are enough to assume."""
        if account not in self._credentials:
            sts = _session().client(
                "sts",
                region_name="eu-west-1",
                endpoint_url=self.announced["aws_endpoint"],
                aws_access_key_id="dummy",
                aws_secret_access_key="dummy",
            )
            answer = sts.assume_role(
                RoleArn=self.account(account)["role_arn"], RoleSessionName="muster", ExternalId="muster-sandbox"
            )["Credentials"]
            self._credentials[account] = {
                "aws_access_key_id": answer["AccessKeyId"],
                "aws_secret_access_key": answer["SecretAccessKey"],
                "aws_session_token": answer["SessionToken"],
            }
        return self._credentials[account]


@cache
def _session() -> Any:
    session = boto3.Session()
    session.events.register("before-send.s3-control.*", _drop_account_from_host)
    return session


def _drop_account_from_host(request: AWSRequest, **_event: object) -> None:
    """Send S3 Control, which boto3 addresses as ACCOUNT.HOST, to the loopback address itself."""
    request.url = re.sub(r"//\d{12}\.", "//", str(request.url), count=1)


@contextmanager
def running(command: Sequence[str]) -> Iterator[tuple[House, subprocess.Popen[str]]]:
    """Run a sandbox by `python COMMAND…` until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    try:
        yield House(json.loads(process.stdout.readline())), process
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()
