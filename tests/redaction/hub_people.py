"""Secrets in what a GitHub organization tells of people, apps, tokens and hooks: names, notes and addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from fixtures.sandbox.hub.apps import HubCredential, HubInstallation, HubToken, InstalledApps, PersonalTokens
from fixtures.sandbox.hub.audit_log import Auditing
from fixtures.sandbox.hub.hooks import Hooks, HubHook, WorkflowSecrets
from fixtures.sandbox.hub.people import Outsiders, RepositoryAccess
from fixtures.sandbox.hub.sign_in import MemberSignIn
from fixtures.sandbox.hub.state import HubOrganization
from tests.redaction.planted import SECRETS

TEXTS = [secret.text for secret in SECRETS.values()]
LOGINS = [text for text in TEXTS if re.fullmatch("[A-Za-z0-9-]+", text)]
NOW = datetime.now(UTC)
PEOPLE_OPERATIONS = {
    "github:GET /orgs/{org}/outside_collaborators",
    "github:GET /orgs/{org}/personal-access-tokens",
    "github:GET /orgs/{org}/credential-authorizations",
    "github:GET /orgs/{org}/installations",
    "github:GET /orgs/{org}/hooks",
    "github:GET /orgs/{org}/actions/secrets",
    "github:GET /orgs/{org}/audit-log",
    "github:GET /repos/{owner}/{repo}/hooks",
    "github:GET /repos/{owner}/{repo}/actions/secrets",
    "github:GET /repos/{owner}/{repo}/collaborators",
    "github:QUERY MemberContributions",
    "github:QUERY MemberEmails",
    "github:QUERY OrganizationSettings",
}


def plant_people(organization: HubOrganization) -> None:
    """Name people, apps, secrets and networks by secrets, and send events to addresses that hold one."""
    organization.plan = "enterprise"
    outsiders = organization.part(Outsiders)
    for login in LOGINS:
        outsiders.add(login)
    hooks = [HubHook(f"https://ci.acme.example/hook?token={quote(text)}") for text in TEXTS]
    organization.part(Hooks).hooks = hooks
    organization.part(WorkflowSecrets).updated = dict.fromkeys(TEXTS, NOW)
    repository = organization.repositories[0]
    repository.part(Hooks).hooks = hooks
    repository.part(WorkflowSecrets).updated = dict.fromkeys(TEXTS, NOW)
    repository.part(RepositoryAccess).rights = dict.fromkeys(LOGINS, "admin")
    organization.part(InstalledApps).installations = [HubInstallation(text, {"contents": "write"}) for text in TEXTS]
    tokens = organization.part(PersonalTokens)
    tokens.fine_grained = [HubToken(login, granted=NOW, expires=None, used=NOW) for login in LOGINS]
    tokens.classic = [HubCredential(login, authorized=NOW, expires=None, used=NOW) for login in LOGINS]
    organization.part(Auditing).events = {NOW: "org.audit_log_export"}
    organization.part(MemberSignIn).allowed = ["203.0.113.0/24"] * len(TEXTS)


def with_texts_of_people(parts: Sequence[str], content: Any) -> Any:
    """An answer with the notes that people write: of tokens, searches of the log and networks; None for any other.

    https://docs.github.com/en/rest/orgs/personal-access-tokens
    https://docs.github.com/en/graphql/reference/objects#ipallowlistentry
    """
    match parts:
        case ["orgs", _, "personal-access-tokens"]:
            return [{**each, "token_name": text} for each, text in zip(content, TEXTS, strict=False)]
        case ["orgs", _, "credential-authorizations"]:
            named = zip(content, TEXTS, strict=False)
            return [{**each, "authorized_credential_note": text, "token_last_eight": text[-8:]} for each, text in named]
        case ["orgs", _, "audit-log"]:
            return [{**event, "query_string": text} for event in content for text in TEXTS]
        case ["graphql"] if "ipAllowListEntries" in (content["data"].get("organization") or {}):
            entries = content["data"]["organization"]["ipAllowListEntries"]
            entries["nodes"] = [{**each, "name": text} for each, text in zip(entries["nodes"], TEXTS, strict=False)]
            return content
    return None
