"""An account in which the tests of IAM's nouns make things, or have AWS say things, and judge them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from moto import mock_aws
from moto.iam.models import iam_backends

from fixtures.sandbox import gaps
from fixtures.sandbox.gaps.credential_report import COLUMNS
from fixtures.sandbox.gaps.iam import RootUserState, set_root_user
from fixtures.sandbox.seed import SandboxAccount, Seed
from muster import Facts
from muster.judging.account import Account
from muster.judging.catalogue import import_controls
from muster.judging.judgement import Finding, judge_control
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Reads
from muster.reading.redaction import Redactor
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.suites import Suites

ACCOUNT = "123456789012"
NOW = datetime.now(UTC)
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER = f"arn:aws:iam::{ACCOUNT}:user/analyst"
HOME = "us-east-1"
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
SEED = Seed(SandboxAccount(name="stage", id=ACCOUNT, github="acme"))
CONTROLS = import_controls(Suites.at(Path(__file__).parents[2]))
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READING = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
FLAGS = ("password_enabled", *(name for name in COLUMNS if name.endswith("_active")))
GITHUB = "token.actions.githubusercontent.com"


def ago(*, days: float = 0, minutes: float = 0) -> datetime:
    return NOW - timedelta(days=days, minutes=minutes)


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@dataclass
class Stage:
    """An account in moto, which can be made to answer an operation otherwise, and judged at a fixed time.

    It does what `muster.judge` does, save that all tests share their clients: those cost more than the judging.
    """

    iam: Any
    transport: AwsTransport
    fed: list[tuple[str, Callable[..., Any]]] = field(default_factory=list)

    def clear(self) -> Stage:
        """The stage with nothing on it and no answer fed."""
        iam_backends[ACCOUNT]["global"].reset()
        set_root_user(SEED, RootUserState(created=NOW))
        while self.fed:
            self.events.unregister(*self.fed.pop())
        return self

    @property
    def events(self) -> Any:
        """The hooks of the client that the audit asks through."""
        return self.transport.client("iam", HOME).meta.events

    def answer(self, operation: str, *answers: Mapping[str, Any]) -> list[int]:
        """Answer the operation with these, one a call, and then with the last; the list counts the calls."""
        calls: list[int] = []

        def reply(**_event: Any) -> tuple[Any, dict[str, Any]]:
            calls.append(1)
            content = dict(answers[min(len(calls), len(answers)) - 1])
            status = 400 if "Error" in content else 200
            return SimpleNamespace(status_code=status), {"ResponseMetadata": {"HTTPStatusCode": status}, **content}

        self.fed.append((f"before-call.iam.{operation}", reply))
        self.events.register(*self.fed[-1])
        return calls

    def report(self, *rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> Mapping[str, Any]:
        """An answer with these rows; a column that a row does not name is N/A, or false where it is a flag."""
        lines = [",".join(columns)]
        for row in rows:
            lines.append(",".join(row.get(name, "false" if name in FLAGS else "N/A") for name in columns))
        return {"Content": "\n".join(lines).encode(), "GeneratedTime": NOW, "ReportFormat": "text/csv"}

    def make_user(self, name: str = "analyst", *, path: str = "/", created: datetime = NOW) -> str:
        arn = str(self.iam.create_user(UserName=name, Path=path)["User"]["Arn"])
        iam_backends[ACCOUNT]["global"].get_user(name).create_date = created
        return arn

    def make_role(self, *statements: Mapping[str, Any], name: str = "pipeline", path: str = "/") -> str:
        trusted = statements or ({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROOT}},)
        answer = self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document(*trusted))
        return str(answer["Role"]["Arn"])

    def enter(self) -> Account:
        """The account as an audit finds it, with nothing read yet."""
        reads = Reads("stage", self.transport, MemoryArchive(), Redactor(b"key"))
        return Account("stage", ACCOUNT, "aws", ROOT, ("eu-west-1",), HOME, NOW, reads)

    def judge(self, control_id: str, facts: Mapping[str, Any] | None = None, **parameters: Any) -> dict[str, Finding]:
        """The findings by resource."""
        control = CONTROLS[control_id]
        declared = Facts.model_validate_json(json.dumps(facts or {}))
        findings = judge_control(control, self.enter(), {**control.parameters, **parameters}, declared, threads=1)
        found = {finding.resource: finding for finding in findings}
        assert len(found) == len(findings)
        return found

    def status(self, control_id: str, facts: Mapping[str, Any] | None = None, **parameters: Any) -> str:
        """The status of the only resource."""
        (finding,) = self.judge(control_id, facts, **parameters).values()
        return finding.status


@contextmanager
def opened() -> Iterator[Stage]:
    """A stage, for all the tests of a file; each of them clears it."""
    gaps.install()
    with mock_aws():
        # An audit's own client refuses to make anything.
        iam = boto3.Session(**CREDENTIALS).client("iam", region_name=HOME)
        yield Stage(iam, AwsTransport(new_session(**CREDENTIALS), Counts()))


def refused(code: str = "AccessDenied") -> Mapping[str, Any]:
    return {"Error": {"Code": code, "Message": "not now"}}


def root_row(**columns: str) -> Mapping[str, str]:
    return {"user": "<root_account>", "arn": ROOT, "password_last_used": "no_information", **columns}


def user_row(**columns: str) -> Mapping[str, str]:
    return {"user": "analyst", "arn": USER, "user_creation_time": text(NOW), **columns}
