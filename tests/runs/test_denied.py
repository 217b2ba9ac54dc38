"""The whole way from a denied or unanswered request to the exit code, through boto3 and pytest."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.runs.audits import Audits

TLS = "--control=s3-bucket-tls-only"
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


class Gate(BaseHTTPRequestHandler):
    """Stands before the sandbox and answers itself what it was told to refuse; the rest is passed on."""

    behind = ""
    refused = ""
    status = 403
    body = DENIED

    def do_GET(self) -> None:
        self.answer(None)

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("content-length", 0))))

    def answer(self, data: bytes | None) -> None:
        if self.refused and self.refused in self.path:
            self.reply(self.status, {"content-type": "application/xml"}, self.body)
            return
        request = urllib.request.Request(
            self.behind + self.path, data=data, headers=dict(self.headers), method=self.command
        )
        try:
            with urllib.request.urlopen(request) as response:
                self.reply(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            self.reply(error.code, dict(error.headers), error.read())

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def gate(audits: Audits, sandbox: dict[str, Any]) -> Iterator[type[Gate]]:
    """A gate before the sandbox, and an estate that leads through it."""
    handler = type("OneGate", (Gate,), {"behind": sandbox["aws_endpoint"]})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    accounts = audits.estate / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace(sandbox["aws_endpoint"], f"http://127.0.0.1:{server.server_port}"))
    yield handler
    server.shutdown()
    server.server_close()


def test_an_open_gate_changes_nothing(audits: Audits, gate: type[Gate]) -> None:
    outcome = audits(TLS, "--account=demo")

    assert {row.status for row in outcome.rows} == {"pass", "fail"}


def test_a_denied_detail_is_an_error_of_its_resource(audits: Audits, gate: type[Gate]) -> None:
    open_gate = audits(TLS, "--account=demo").statuses
    gate.refused = "/acme-demo-website?policy"
    outcome = audits(TLS, "--account=demo")
    changed = {key: status for key, status in outcome.statuses.items() if status != open_gate[key]}

    assert outcome.code == 1
    assert [(resource, status) for (_, _, resource, _), status in changed.items()] == [
        ("arn:aws:s3:::acme-demo-website", "error")
    ]
    assert "s3:get_bucket_policy in eu-west-1: AccessDenied: Access Denied" in outcome.output


def test_a_denied_list_is_an_error_of_the_account(audits: Audits, gate: type[Gate]) -> None:
    gate.refused = "/?max-buckets"
    outcome = audits(TLS, "--account=demo")

    assert outcome.code == 1
    assert [(row.resource, row.status) for row in outcome.rows] == [("arn:aws:iam::444455556666:root", "error")]


def test_an_answer_that_is_no_answer_is_an_error(audits: Audits, gate: type[Gate]) -> None:
    gate.refused, gate.status, gate.body = "?policy", 200, b"<html>proxy login</html>"
    outcome = audits(TLS, "--account=demo")

    assert outcome.code == 1
    assert {row.status for row in outcome.rows} == {"error"}


def test_errors_alone_fail_a_clean_company(model_audits: Audits, sandbox: dict[str, Any]) -> None:
    outcome = model_audits("--control=gh-members-mfa", "--account=model-github", environment={"MUSTER_TEST_TOKEN": "x"})

    assert outcome.code == 0, outcome.output
    accounts = model_audits.estate / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace("github: acme-model", "github: nobody"))
    outcome = model_audits("--control=gh-members-mfa", "--account=model-github")
    assert outcome.code == 1
    assert {row.status for row in outcome.rows} == {"error"}
