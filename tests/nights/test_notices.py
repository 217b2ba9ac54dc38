"""Who is told, and of what: a webhook and a topic; that nobody took the message is said, and never by the secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from muster.errors import UsageError
from muster.run.notices import Webhook, notifier
from reports.drift.compare import compare
from reports.session.notify_plugin import MOST_CHANGES, message_of
from tests.engine.loopback import Request, Response, loopback
from tests.reports.formats.samples import row, row_of_each_status, run_of


def test_a_webhook_gets_the_message_as_json() -> None:
    with loopback(lambda _: Response()) as told:
        Webhook(f"{told.url}/hook").send("a line", {"text": "more"})

    (request,) = told.requests
    assert (request.method, request.path) == ("POST", "/hook")
    assert json.loads(request.body) == {"subject": "a line", "text": "more"}


def moved(request: Request) -> Response:
    return Response(302, headers={"Location": "/elsewhere"}) if request.path == "/hook-7f3a" else Response()


@pytest.mark.parametrize(
    "respond",
    [
        pytest.param(lambda _: Response(500), id="500"),
        pytest.param(lambda _: Response(403), id="403"),
        pytest.param(moved, id="a redirect is not followed"),
    ],
)
def test_that_nobody_was_told_is_an_error_without_the_secret(respond: Any) -> None:
    with loopback(respond) as told, pytest.raises(UsageError, match="nobody was told") as raised:
        Webhook(f"{told.url}/hook-7f3a").send("a line", {})

    assert "7f3a" not in str(raised.value)
    assert [request.path for request in told.requests] == ["/hook-7f3a"]


def test_a_webhook_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match="not reached"):
        Webhook("http://127.0.0.1:9/hook").send("a line", {})


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """The ARN of a topic, and the queue behind it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    with mock_aws():
        arn = boto3.client("sns", region_name="eu-west-1").create_topic(Name="nights")["TopicArn"]
        sqs = boto3.client("sqs", region_name="eu-west-1")
        url = sqs.create_queue(QueueName="nights")["QueueUrl"]
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        boto3.client("sns", region_name="eu-west-1").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)
        yield arn, lambda: json.loads(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"])


def test_a_topic_gets_a_subject_that_fits_and_the_message(topic: tuple[str, Any]) -> None:
    arn, received = topic
    notifier("sns", {"MUSTER_SNS_TOPIC_ARN": arn}).send("ä" * 120, {"text": "more"})

    message = received()
    assert message["Subject"] == "?" * 100
    assert json.loads(message["Message"]) == {"text": "more"}


def test_a_topic_that_is_not_there_is_an_error(topic: tuple[str, Any]) -> None:
    told = notifier("sns", {"MUSTER_SNS_TOPIC_ARN": f"{topic[0]}-gone"})

    with pytest.raises(UsageError, match="sns:Publish"):
        told.send("a line", {})


@pytest.mark.parametrize(
    ("kind", "environment"),
    [
        ("sns", {}),
        ("sns", {"MUSTER_SNS_TOPIC_ARN": " "}),
        ("sns", {"MUSTER_SNS_TOPIC_ARN": "arn:aws:sqs:eu-west-1:111122223333:nights"}),
        ("webhook", {}),
    ],
)
def test_what_names_nobody_is_refused(kind: str, environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="--notify"):
        notifier(kind, environment)


def test_a_message_names_what_is_new_and_why(tmp_path: Path) -> None:
    before = run_of(tmp_path / "before", [row("pass")])
    now = run_of(tmp_path / "now", [row("fail")])

    message = message_of(now, compare(before, now), None)

    assert message["text"].splitlines()[0].startswith(f"Muster {now.name}: 1 new; 1 fail")
    assert message["changed"][0] | {"name": None} == {
        "change": "new failure",
        "control": "s3-bucket-encrypted",
        "account": "production",
        "region": "eu-west-1",
        "resource": "arn:aws:s3:::data",
        "name": None,
        "reason": "because of fail",
    }


def test_a_message_of_a_thousand_changes_is_short(tmp_path: Path) -> None:
    before = run_of(tmp_path / "before", [row("pass", f"arn:aws:s3:::{n:04}") for n in range(1_000)])
    now = run_of(tmp_path / "now", [row("fail", f"arn:aws:s3:::{n:04}") for n in range(1_000)])

    message = message_of(now, compare(before, now), "s3://kept/run.zip")

    assert len(message["changed"]) == MOST_CHANGES
    assert "… and 950 more, in drift.json" in message["text"]
    assert message["text"].splitlines()[-1] == "Evidence: s3://kept/run.zip"
    assert len(json.dumps(message)) < 256 * 1024


def test_a_sandbox_says_so_in_its_message(tmp_path: Path) -> None:
    assert "SANDBOX" in message_of(run_of(tmp_path, row_of_each_status(), mocked=True), None, None)["text"]
