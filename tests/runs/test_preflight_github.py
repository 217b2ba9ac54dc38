"""`muster preflight` of an organization on GitHub: what its token may not read, told before the audit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from muster.__main__ import main
from tests.runs.audits import Audits
from tests.runs.gate import Gate, gated

CONTROLS = ("--control=gh-webhooks-secured", "--control=gh-deploy-keys", "--control=gh-base-permission")
MAY_NOT = "Resource not accessible by personal access token"


@pytest.fixture
def gate(audits: Audits, sandbox: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Gate]]:
    monkeypatch.setenv("MUSTER_TEST_TOKEN", "some-token")
    with gated(audits, sandbox, of="github") as gate:
        yield gate


def checked(audits: Audits, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = main(["preflight", f"--estate={audits.estate}", "--account=demo-github", *CONTROLS, *arguments])
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("demo-github: entered by a token; ")
    return code, others


def says(gate: type[Gate], of: str, status: int, content: Any, permission: str = "") -> None:
    gate.refused, gate.status, gate.body = of, status, json.dumps(content).encode()
    gate.headers_said = {"content-type": "application/json"}
    if permission:
        gate.headers_said["x-accepted-github-permissions"] = permission


def test_an_organization_that_answers_everything_is_clear(
    audits: Audits, gate: type[Gate], capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(audits, capsys) == (0, [])


@pytest.mark.parametrize(
    ("of", "permission", "unreadable"),
    [
        pytest.param("/orgs/acme-demo/hooks", "organization_hooks=read", "gh-webhooks-secured", id="the organization"),
        pytest.param("/keys", "administration=read", "gh-deploy-keys", id="its repositories"),
    ],
)
def test_a_missing_permission_is_named_with_the_controls_that_it_takes_along(
    audits: Audits, gate: type[Gate], capsys: pytest.CaptureFixture[str], of: str, permission: str, unreadable: str
) -> None:
    says(gate, of, 403, {"message": MAY_NOT}, permission)
    why = f"403: {MAY_NOT} (GitHub wants {permission})"

    assert checked(audits, capsys) == (1, [f"  {permission} is missing ({why}): unreadable {unreadable}"])


def test_not_found_may_be_what_a_token_is_told_that_may_not_know(
    audits: Audits, gate: type[Gate], capsys: pytest.CaptureFixture[str]
) -> None:
    says(gate, "/orgs/acme-demo/hooks", 404, {"message": "Not Found"}, "organization_hooks=read")
    why = "404: Not Found (GitHub wants organization_hooks=read)"

    assert checked(audits, capsys) == (
        1,
        [f"  github:GET /orgs/{{org}}/hooks gives no answer ({why}): unreadable gh-webhooks-secured"],
    )


def test_a_wrong_token_is_told_once(audits: Audits, gate: type[Gate], capsys: pytest.CaptureFixture[str]) -> None:
    says(gate, "/", 401, {"message": "Bad credentials"})
    code, (line,) = checked(audits, capsys)

    assert code == 1
    assert "gives no answer (401: Bad credentials (the token is wrong, was revoked, or has expired)): " in line
    assert line.endswith("unreadable gh-base-permission, gh-deploy-keys, gh-webhooks-secured")


def test_repositories_that_the_token_does_not_see_are_told(
    audits: Audits, gate: type[Gate], capsys: pytest.CaptureFixture[str]
) -> None:
    says(gate, "/orgs/acme-demo/repos", 200, [])
    code, (line,) = checked(audits, capsys)

    assert code == 1
    assert "the token sees 0 of the 6 private repositories of acme-demo" in line
    assert line.endswith("unreadable gh-deploy-keys, gh-webhooks-secured")


def test_fields_that_github_leaves_out_for_a_token_are_told(
    audits: Audits, gate: type[Gate], capsys: pytest.CaptureFixture[str]
) -> None:
    says(gate, "/orgs/acme-demo?", 200, {"login": "acme-demo", "public_repos": 1})
    code, lines = checked(audits, capsys, "--control=gh-base-permission")

    assert code == 1
    assert any("default_repository_permission" in line and "unreadable gh-base-permission" in line for line in lines)


def test_what_the_plan_lacks_is_no_missing_permission(
    audits: Audits, gate: type[Gate], capsys: pytest.CaptureFixture[str]
) -> None:
    says(gate, "/rules/branches/", 403, {"message": "Upgrade to GitHub Pro or make this repository public."})

    assert checked(audits, capsys, "--control=gh-branch-protected") == (0, [])
