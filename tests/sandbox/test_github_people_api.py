"""The fake GitHub shows people, apps, tokens, hooks and the audit log in the shapes that GitHub publishes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

import pytest

from fixtures.github_members import CONTRIBUTIONS, EMAILS
from fixtures.github_settings import SAML, SETTINGS
from fixtures.sandbox import serve
from fixtures.sandbox.hub import server
from fixtures.sandbox.hub.apps import HubCredential, HubInstallation, HubToken, InstalledApps, PersonalTokens
from fixtures.sandbox.hub.audit_log import Auditing, HubStream
from fixtures.sandbox.hub.hooks import Hooks, HubHook, WorkflowSecrets
from fixtures.sandbox.hub.people import Outsiders, RepositoryAccess
from fixtures.sandbox.hub.state import Hub, HubOrganization, HubRepository, Member
from tests.sandbox.test_github_api import USER, get

DAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
NoneType = type(None)


@pytest.fixture(scope="module")
def api() -> str:
    acme = HubOrganization("acme", "Acme", two_factor_required=True, plan="enterprise")
    acme.members = [Member("olga", role="admin"), *(Member(f"member-{number}") for number in range(60))]
    shop = HubRepository("shop")
    acme.repositories = [shop]
    shop.part(RepositoryAccess).rights = {"member-1": "admin", acme.part(Outsiders).add("ext"): "push"}
    acme.part(InstalledApps).installations = [HubInstallation("bot", {"contents": "write"})]
    acme.part(PersonalTokens).fine_grained = [HubToken("olga", granted=DAY, expires=None, used=None)]
    acme.part(PersonalTokens).classic = [HubCredential("olga", authorized=DAY, expires=DAY, used=None)]
    acme.part(Hooks).hooks = [HubHook()]
    shop.part(Hooks).hooks = [HubHook(has_secret=False)]
    acme.part(WorkflowSecrets).updated = {"TOKEN": DAY}
    shop.part(WorkflowSecrets).updated = {"TOKEN": DAY}
    auditing = acme.part(Auditing)
    auditing.enterprise, auditing.streams = "acme-group", [HubStream()]
    auditing.events = {DAY: "org.audit_log_export"}
    hub = Hub()
    hub.add(acme)
    return serve.serve(server.application(hub))


COLLABORATOR = {**USER, "permissions": dict, "role_name": str}
HOOK = {"id": int, "type": str, "name": str, "active": bool, "events": list, "config": dict, "url": str}
SECRET = {"name": str, "created_at": str, "updated_at": str}
INSTALLATION = {
    "id": int,
    "account": dict,
    "app_id": int,
    "app_slug": str,
    "target_type": str,
    "repository_selection": str,
    "permissions": dict,
    "suspended_at": (str, NoneType),
}
TOKEN = {
    "id": int,
    "owner": dict,
    "token_id": int,
    "access_granted_at": str,
    "token_expired": bool,
    "token_expires_at": (str, NoneType),
    "token_last_used_at": (str, NoneType),
}
CREDENTIAL = {
    "login": str,
    "credential_id": int,
    "credential_type": str,
    "credential_authorized_at": str,
    "credential_accessed_at": (str, NoneType),
    "authorized_credential_expires_at": (str, NoneType),
    "scopes": list,
}
STREAM = {"id": int, "stream_type": str, "stream_details": str, "enabled": bool, "paused_at": (str, NoneType)}
SHAPES: list[tuple[str, str | None, dict[str, Any]]] = [
    ("/orgs/acme/outside_collaborators", None, USER),
    ("/repos/acme/shop/collaborators", None, COLLABORATOR),
    ("/orgs/acme/installations", "installations", INSTALLATION),
    ("/orgs/acme/personal-access-tokens", None, TOKEN),
    ("/orgs/acme/credential-authorizations", None, CREDENTIAL),
    ("/orgs/acme/hooks", None, HOOK),
    ("/repos/acme/shop/hooks", None, {**HOOK, "test_url": str, "last_response": dict}),
    ("/orgs/acme/actions/secrets", "secrets", {**SECRET, "visibility": str}),
    ("/repos/acme/shop/actions/secrets", "secrets", SECRET),
    ("/orgs/acme/audit-log?phrase=action:org.audit_log_export%20created:%3E=2026-11-20", None, {"@timestamp": int}),
    ("/enterprises/acme-group/audit-log/streams", None, STREAM),
]
"""Path, the name of the list in an object that counts it, and what each entry has."""


@pytest.mark.parametrize(("path", "under", "fields"), SHAPES, ids=[path.partition("?")[0] for path, *_ in SHAPES])
def test_answers_have_the_shape_that_github_publishes(
    api: str, path: str, under: str | None, fields: dict[str, Any]
) -> None:
    status, _, body = get(api, path)
    entries = body if under is None else body[under]

    assert (status, bool(entries)) == (200, True)
    assert under is None or body["total_count"] == len(entries)
    for entry in entries:
        assert {name: entry.get(name) for name, kind in fields.items() if not isinstance(entry.get(name), kind)} == {}


@pytest.mark.parametrize(
    ("path", "logins"),
    [
        ("", {"olga", "member-1", "ext"}),
        ("?affiliation=outside", {"ext"}),
        ("?affiliation=direct", {"member-1", "ext"}),
        ("?affiliation=all&permission=admin", {"olga", "member-1"}),
        ("?affiliation=outside&permission=admin", set()),
    ],
)
def test_collaborators_are_filtered(api: str, path: str, logins: set[str]) -> None:
    _, _, body = get(api, f"/repos/acme/shop/collaborators{path}")
    assert {each["login"] for each in body} == logins


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/enterprises/other/audit-log/streams", id="an enterprise of others"),
        pytest.param("/orgs/other/audit-log", id="an organization of others"),
    ],
)
def test_what_is_not_ours_is_not_found(api: str, path: str) -> None:
    assert get(api, path)[0] == 404


def query(api: str, document: str, **variables: Any) -> dict[str, Any]:
    body = json.dumps({"query": document, "variables": {"login": "acme", **variables}}).encode()
    with urlopen(Request(f"{api}/graphql", data=body, headers={"Authorization": "Bearer x"}), timeout=10) as response:
        told: dict[str, Any] = json.load(response)["data"]["organization"]
        return told


@pytest.mark.parametrize("document", [CONTRIBUTIONS, EMAILS], ids=["contributions", "addresses"])
def test_members_come_in_pages(api: str, document: str) -> None:
    first = query(api, document)["membersWithRole"]
    second = query(api, document, after=first["pageInfo"]["endCursor"])["membersWithRole"]

    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]
    entries = [*first.get("edges", first.get("nodes", [])), *second.get("edges", second.get("nodes", []))]
    assert len(entries) == first["totalCount"] == 61


def test_settings_are_told_by_queries(api: str) -> None:
    assert query(api, SAML)["samlIdentityProvider"]["ssoUrl"].startswith("https://")
    assert query(api, SETTINGS)["ipAllowListEntries"]["nodes"][0]["isActive"] is True
