"""The fake of GitHub: security settings, alerts, keys and environments in the shapes that GitHub publishes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fixtures.sandbox import serve
from fixtures.sandbox.hub import server
from fixtures.sandbox.hub.alerts import HubAlert, OrganizationAlerts
from fixtures.sandbox.hub.code_scanning import CodeScanning, HubAnalysis
from fixtures.sandbox.hub.deployments import DeployKeys, Environments, HubDeployKey, HubEnvironment
from fixtures.sandbox.hub.security import RepositorySecurity
from fixtures.sandbox.hub.state import Hub, HubOrganization, HubRepository
from tests.sandbox.test_github_api import NoneType, get

THEN = datetime(2026, 11, 1, 9, tzinfo=UTC)
ALERT: dict[str, Any] = {
    "number": int,
    "state": str,
    "created_at": str,
    "url": str,
    "html_url": str,
    "repository": dict,
    **dict.fromkeys(("dismissed_at", "dismissed_by", "dismissed_reason"), (str, dict, NoneType)),
}
SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("/orgs/acme", {"members_can_fork_private_repositories": bool, "deploy_keys_enabled_for_repositories": bool}),
    ("/repos/acme/shop", {"allow_forking": bool, "security_and_analysis": dict}),
    ("/repos/acme/shop/automated-security-fixes", {"enabled": bool, "paused": bool}),
    ("/repos/acme/shop/private-vulnerability-reporting", {"enabled": bool}),
    ("/orgs/acme/code-security/configurations/defaults", {"default_for_new_repos": str, "configuration": dict}),
    ("/orgs/acme/secret-scanning/alerts", {**ALERT, "secret_type": str, "resolution": NoneType, "validity": str}),
    (
        "/orgs/acme/dependabot/alerts",
        {**ALERT, "dependency": dict, "security_advisory": dict, "security_vulnerability": dict, "fixed_at": NoneType},
    ),
    ("/orgs/acme/code-scanning/alerts", {**ALERT, "rule": dict, "tool": dict, "most_recent_instance": dict}),
    (
        "/orgs/acme/security-advisories?state=triage",
        {"ghsa_id": str, "state": str, "created_at": str, "html_url": str, "severity": str, "submission": dict},
    ),
    ("/repos/acme/shop/code-scanning/default-setup", {"state": str, "languages": list, "query_suite": str}),
    (
        "/repos/acme/shop/code-scanning/analyses",
        {"ref": str, "commit_sha": str, "error": str, "created_at": str, "tool": dict, "deletable": bool},
    ),
    (
        "/repos/acme/shop/keys",
        {"id": int, "key": str, "title": str, "verified": bool, "created_at": str, "read_only": bool},
    ),
    ("/repos/acme/shop/environments", {"total_count": int, "environments": list}),
    (
        "/repos/acme/shop/environments/Prod/deployment-branch-policies",
        {"total_count": int, "branch_policies": list},
    ),
    ("/repos/acme/shop/environments/prod/secrets", {"total_count": int, "secrets": list}),
    ("/repos/acme/shop/branches", {"name": str, "commit": dict, "protected": bool}),
]
"""Fields and types that GitHub's description of its REST API gives each answer, or each item of a list."""


@pytest.fixture(scope="module")
def api() -> str:
    return serve.serve(server.application(hub()))


def hub() -> Hub:
    acme = HubOrganization("acme", "Acme", two_factor_required=True)
    acme.repositories = [HubRepository("shop", visibility="public"), HubRepository("bare")]
    shop, bare = acme.repositories
    found = [HubAlert("shop", THEN, "left-handed", "high"), HubAlert("shop", THEN, "old", "low", state="fixed")]
    alerts = acme.part(OrganizationAlerts)
    alerts.secrets, alerts.dependencies, alerts.code = [*found, HubAlert("shop", THEN, "password")], found, found
    alerts.advisories = [HubAlert("shop", THEN, "A flaw", "high", state="triage")]
    shop.part(DeployKeys).keys = [HubDeployKey("farm", THEN)]
    shop.part(Environments).environments = [HubEnvironment("prod", branches=("release/*",)), HubEnvironment("dev")]
    shop.part(CodeScanning).analyses = [HubAnalysis(THEN), HubAnalysis(THEN, "refs/heads/next", "Trivy")]
    bare.part(RepositorySecurity).dependency_alerts = False
    bare.part(CodeScanning).switched_on = False
    made = Hub()
    made.add(acme)
    return made


@pytest.mark.parametrize(("path", "fields"), SHAPES, ids=[path for path, _ in SHAPES])
def test_answers_have_the_shape_that_github_publishes(api: str, path: str, fields: dict[str, Any]) -> None:
    _, _, body = get(api, path)
    items = body if isinstance(body, list) else [body]

    assert items
    for item in items:
        wrong = {name: item.get(name) for name, kind in fields.items() if not isinstance(item.get(name), kind)}
        assert wrong == {}


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/repos/acme/bare/vulnerability-alerts", 404, "Vulnerability alerts are disabled."),
        ("/repos/acme/bare/automated-security-fixes", 404, "Not Found"),
        ("/repos/acme/bare/code-scanning/default-setup", 403, "Code Security must be enabled"),
        ("/repos/acme/bare/code-scanning/analyses", 403, "Code Security must be enabled"),
        ("/repos/acme/shop/environments/none/deployment-branch-policies", 404, "Not Found"),
        ("/repos/acme/shop/environments/none/secrets", 404, "Not Found"),
        ("/orgs/acme/dependabot/alerts?state=odd", 422, "Validation Failed"),
    ],
)
def test_refusals_carry_githubs_message(api: str, path: str, status: int, message: str) -> None:
    got, _, body = get(api, path)

    assert got == status
    assert body["message"].startswith(message)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/orgs/acme/secret-scanning/alerts", 2),
        ("/orgs/acme/secret-scanning/alerts?secret_type=password,rsa_private_key", 1),
        ("/orgs/acme/dependabot/alerts", 2),
        ("/orgs/acme/dependabot/alerts?state=open", 1),
        ("/repos/acme/shop/code-scanning/analyses?ref=refs/heads/main", 1),
        ("/repos/acme/shop/code-scanning/analyses?tool_name=Trivy", 1),
        ("/repos/acme/shop/branches?protected=true", 0),
        ("/orgs/acme/security-advisories?state=draft", 0),
    ],
)
def test_a_list_holds_what_the_query_asks_for(api: str, path: str, count: int) -> None:
    assert len(get(api, path)[2]) == count


def test_secrets_are_told_only_to_those_who_want_them(api: str) -> None:
    assert get(api, "/orgs/acme/secret-scanning/alerts")[2][0]["secret"] == "left-handed-in-clear"
    assert get(api, "/orgs/acme/secret-scanning/alerts?hide_secret=true")[2][0]["secret"] is None
