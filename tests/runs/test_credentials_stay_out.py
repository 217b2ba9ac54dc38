"""Credentials stay where they were: not in the run folder, on the console, in tracebacks with locals, or in any log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from muster.reading.access import Access
from muster.run.plan import Plan
from tests.engine.lamps import NOW
from tests.engine.loopback import Loopback, Request, Response, loopback
from tests.runs.audits import Audits, Outcome

PLANTED = "Zebra7Quagga"
"""Is part of every key, token and id that is planted."""
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/MusterAudit"
ASSUMED = f"""<AssumeRoleResponse><AssumeRoleResult><Credentials>
<AccessKeyId>ASIA{PLANTED}</AccessKeyId><SecretAccessKey>secret-{PLANTED}</SecretAccessKey>
<SessionToken>token-{PLANTED}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>"""
CALLER = f"""<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::{ACCOUNT}:assumed-role/a/b</Arn>
<Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
DENIED = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>"
TASK = {
    "AccessKeyId": f"ASIA{PLANTED}",
    "SecretAccessKey": f"secret-{PLANTED}",
    "Token": f"token-{PLANTED}",
    "Expiration": "2099-01-01T00:00:00Z",
}
SAY_EVERYTHING = (
    *("-vv", "-rA", "-s", "--showlocals", "--full-trace", "--tb=long"),
    *("--log-level=DEBUG", "--log-cli-level=DEBUG", "--log-file-level=DEBUG"),
)
KEYS = {
    "AWS_ACCESS_KEY_ID": f"AKIA{PLANTED}",
    "AWS_SECRET_ACCESS_KEY": f"secret-{PLANTED}",
    "AWS_SESSION_TOKEN": f"token-{PLANTED}",
    "MUSTER_TEST_EXTERNAL_ID": f"external-{PLANTED}",
}


def aws(request: Request) -> Response:
    """AWS, which lets in whoever has the role and then denies everything."""
    if request.path == "/task":
        return Response(200, json.dumps(TASK).encode())
    if b"AssumeRole" in request.body:
        return Response(200, ASSUMED.encode())
    if b"GetCallerIdentity" in request.body:
        return Response(200, CALLER.encode())
    return Response(403, DENIED.encode())


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback(aws) as serving:
        yield serving


def audited(
    audits: Audits, server: Loopback, way_in: str, environment: Mapping[str, str], *arguments: str
) -> tuple[Outcome, str]:
    """The outcome of an audit that says all it can, and every text that came of it."""
    log = audits.reports.parent / "log.txt"
    (audits.estate / "accounts.yaml").write_text(
        f'accounts:\n  prod: {{id: "{ACCOUNT}", {way_in}, endpoint_url: "{server.url}", regions: [eu-west-1]}}\n'
    )
    outcome = audits("--account=prod", *SAY_EVERYTHING, f"--log-file={log}", *arguments, environment=environment)
    assert outcome.folder is not None, outcome.output
    files = [path for path in (*outcome.folder.rglob("*"), log) if path.is_file()]
    return outcome, outcome.output + "".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


@pytest.mark.parametrize(
    ("way_in", "environment", "arguments"),
    [
        pytest.param(
            f"role_arn: {ROLE}, external_id_env: MUSTER_TEST_EXTERNAL_ID", KEYS, ("-n1",), id="a role, in a worker"
        ),
        pytest.param("credentials: default", {"AWS_CONTAINER_AUTHORIZATION_TOKEN": f"b-{PLANTED}"}, (), id="a task"),
    ],
)
def test_nothing_of_credentials_is_told(
    audits: Audits, server: Loopback, way_in: str, environment: Mapping[str, str], arguments: tuple[str, ...]
) -> None:
    in_task = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{server.url}/task", "AWS_ACCESS_KEY_ID": ""}
    outcome, told = audited(audits, server, way_in, {**in_task, **environment}, *arguments)
    signed = "".join(request.headers.get("authorization", "") for request in server.requests)
    assert f"ASIA{PLANTED}" in signed
    assert {row.status for row in outcome.rows} >= {"error"}
    assert [line for line in told.splitlines() if PLANTED in line] == []


def test_the_plan_of_a_worker_names_the_variable_and_holds_no_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    access = Access("prod", "aws", ACCOUNT, role_arn=ROLE, external_id_env="MUSTER_TEST_EXTERNAL_ID")
    assert PLANTED not in plan_of(access, tmp_path).to_json()


def test_no_text_of_a_plan_holds_an_external_id_or_the_key_of_marks(tmp_path: Path) -> None:
    access = Access("prod", "aws", ACCOUNT, role_arn=ROLE, external_id=f"external-{PLANTED}")
    assert not {PLANTED, "c0ffee"} & {part for part in (PLANTED, "c0ffee") if part in repr(plan_of(access, tmp_path))}


def plan_of(access: Access, folder: Path) -> Plan:
    from muster.estate.declarations import Facts

    return Plan("run", folder, NOW, NOW, (), (access,), {}, Facts(), (), (), "c0ffee")
