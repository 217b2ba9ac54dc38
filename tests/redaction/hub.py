"""A GitHub organization in which secrets are planted, served by the sandbox's fake."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.wrappers import Request, Response

from fixtures.sandbox.hub.actions import HubRunner, HubRunnerGroup, OrganizationActions
from fixtures.sandbox.hub.alerts import HubAlert, OrganizationAlerts
from fixtures.sandbox.hub.deployments import DeployKeys, Environments, HubDeployKey, HubEnvironment
from fixtures.sandbox.hub.files import HubFiles
from fixtures.sandbox.hub.releases import HubRelease, Releases
from fixtures.sandbox.hub.rule_sets import HubRuleSet, HubRuleSuite, Rules, RuleSets
from fixtures.sandbox.hub.security import OrganizationSecurity, SecurityConfiguration
from fixtures.sandbox.hub.server import application
from fixtures.sandbox.hub.state import (
    Branch,
    ClassicProtection,
    Hub,
    HubOrganization,
    HubRepository,
    Member,
    Visibility,
)
from fixtures.sandbox.serve import serve
from tests.redaction.garden import encoded
from tests.redaction.hub_people import PEOPLE_OPERATIONS, plant_people, with_texts_of_people
from tests.redaction.hub_releases import RELEASE_OPERATIONS, plant_releases
from tests.redaction.planted import SECRETS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ORGANIZATION = "acme-planted"
TEXTS = [secret.text for secret in SECRETS.values()]
EVERYTHING = "\n".join([*TEXTS, *(quote(text) for text in TEXTS), *(encoded(text) for text in TEXTS)])
ORGANIZATION_TEXTS = (
    "name",
    "description",
    "company",
    "blog",
    "location",
    "email",
    "billing_email",
    "twitter_username",
)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
REFUSING = "refusing"
"""The repository whose rules are refused with a message full of secrets."""

GITHUB_OPERATIONS = {
    "github:GET /orgs/{org}",
    "github:GET /orgs/{org}/members",
    "github:GET /orgs/{org}/repos",
    "github:GET /repos/{owner}/{repo}/rules/branches/{branch}",
    "github:GET /repos/{owner}/{repo}/branches/{branch}/protection",
    "github:GET /repos/{owner}/{repo}/community/profile",
    "github:GET /repos/{owner}/{repo}/contents/{path}",
    "github:GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
    "github:GET /orgs/{org}/secret-scanning/alerts",
    "github:GET /orgs/{org}/dependabot/alerts",
    "github:GET /orgs/{org}/code-scanning/alerts",
    "github:GET /orgs/{org}/security-advisories",
    "github:GET /orgs/{org}/code-security/configurations/defaults",
    "github:GET /repos/{owner}/{repo}/keys",
    "github:GET /repos/{owner}/{repo}/environments",
    *PEOPLE_OPERATIONS,
    "github:GET /repos/{owner}/{repo}/rulesets",
    "github:GET /repos/{owner}/{repo}/rulesets/{ruleset_id}",
    "github:GET /repos/{owner}/{repo}/rulesets/rule-suites",
    "github:GET /repos/{owner}/{repo}/releases",
    "github:QUERY RepositoryBranches",
    "github:QUERY RepositoryForcePushers",
    *RELEASE_OPERATIONS,
}


def serve_planted() -> str:
    """Serve the organization from a thread of its own; the endpoint's URL."""
    hub = Hub()
    organization = hub.add(HubOrganization(ORGANIZATION, EVERYTHING, two_factor_required=False))
    organization.members = [
        Member(secret.text if re.fullmatch("[A-Za-z0-9-]+", secret.text) else f"member-{number}", two_factor=False)
        for number, secret in enumerate(SECRETS.values())
    ]
    organization.repositories = [
        *(_described(number, text) for number, text in enumerate(TEXTS)),
        *(
            HubRepository(text, branches={"main": _protected()})
            for text in TEXTS
            if re.fullmatch(r"[\w.-]{1,100}", text)
        ),
        *(
            HubRepository(f"branched-{number}", default_branch=text, branches={text: Branch(text)})
            for number, text in enumerate(TEXTS)
            if re.fullmatch(r"[\w./=+-]+", text)
        ),
        HubRepository(REFUSING),
        _building(),
    ]
    actions = organization.part(OrganizationActions)
    actions.runners = [HubRunner(text, labels=(EVERYTHING,)) for text in TEXTS]
    actions.groups = [HubRunnerGroup(EVERYTHING, allows_public=True)]
    _plant_what_was_found(organization)
    plant_people(organization)
    plant_releases(organization, TEXTS)
    return serve(_more_texts(application(hub)))


def _building() -> HubRepository:
    """A repository whose workflow has every secret in a script."""
    script = "".join(f"          {line}\n" for line in EVERYTHING.splitlines())
    workflow = f"on: push\njobs:\n  build:\n    steps:\n      - run: |\n{script}"
    repository = HubRepository("building")
    repository.part(HubFiles).files[".github/workflows/ci.yml"] = workflow
    return repository


def _described(number: int, text: str) -> HubRepository:
    """A repository with a secret in description and files; every third public, every other under rules."""
    visibility: Visibility = "public" if number % 3 == 0 else "private"
    repository = HubRepository(f"described-{number}", visibility, description=text)
    if number % 2:
        repository.part(RuleSets).sets = [_ruled()]
        repository.part(RuleSets).suites = [HubRuleSuite(text)]
    else:
        repository.branches["main"] = _protected()
    repository.part(Releases).releases = [HubRelease(tag=text)]
    files = repository.part(HubFiles).files
    files["SECURITY.md"] = f"Write to security@acme.example\n{text}\n"
    files[".github/CODEOWNERS"] = f"* @acme/planted # {text}\n{text}\n"
    if re.fullmatch(r"[\w./=+-]+", text):
        files[text] = "planted"
    return repository


def _plant_what_was_found(organization: HubOrganization) -> None:
    """Secrets that were pushed, and names of packages, rules, flaws, keys and reviewers that hold one."""
    alerts = organization.part(OrganizationAlerts)
    found = [HubAlert("described-0", LONG_AGO, text, "high") for text in TEXTS]
    alerts.secrets, alerts.dependencies, alerts.code = found, found, found
    alerts.advisories = [replace(each, state="triage") for each in found]
    organization.part(OrganizationSecurity).defaults = [SecurityConfiguration(text) for text in TEXTS]
    repository = organization.repositories[0]
    repository.part(DeployKeys).keys = [HubDeployKey(text, LONG_AGO, read_only=False) for text in TEXTS]
    repository.part(Environments).environments = [HubEnvironment("production", reviewers=tuple(TEXTS))]


def _ruled() -> HubRuleSet:
    checks = [{"context": text, "integration_id": 1} for text in TEXTS]
    named = {"name": EVERYTHING, "operator": "contains", "pattern": EVERYTHING, "negate": True}
    paths = {"restricted_file_paths": [*TEXTS, EVERYTHING]}
    rules: Rules = {
        "commit_message_pattern": named,
        "required_status_checks": {"required_status_checks": checks},
        "file_path_restriction": paths,
    }
    return HubRuleSet(name=EVERYTHING, rules=rules, include=["~DEFAULT_BRANCH", *TEXTS], exclude=[EVERYTHING])


def _protected() -> Branch:
    return Branch("main", protection=ClassicProtection(approvals=None, required_checks=(*TEXTS, EVERYTHING)))


def _more_texts(fake: WSGIApplication) -> WSGIApplication:
    """The fake's answers with the free texts that GitHub's have and the fake's state does not."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = Response.from_app(fake, environ)
        parts = Request(environ).path.strip("/").split("/")
        if parts[:3] == ["repos", ORGANIZATION, REFUSING]:
            response = Response(json.dumps({"message": EVERYTHING}), status=422, mimetype="application/json")
        elif response.status_code == 200:
            response.set_data(json.dumps(_filled(parts, json.loads(response.get_data()))))
        body: Iterable[bytes] = response(environ, start_response)
        return body

    return answer


def _filled(parts: Sequence[str], content: Any) -> Any:
    """See https://docs.github.com/en/rest/repos/repos#list-organization-repositories and the pages beside it."""
    if (filled := with_texts_of_people(parts, content)) is not None:
        return filled
    match parts:
        case ["orgs", _]:
            return {**content, **dict.fromkeys(ORGANIZATION_TEXTS, EVERYTHING)}
        case ["orgs", _, "members"]:
            return [{**member, "name": text, "email": text} for member, text in zip(content, TEXTS * 2, strict=False)]
        case ["orgs", _, "repos"]:
            properties = {f"note-{number}": text for number, text in enumerate(TEXTS)}
            more = {"topics": TEXTS, "custom_properties": {**properties, "all": [EVERYTHING]}}
            return [{**each, "homepage": text, **more} for each, text in zip(content, TEXTS * 4, strict=False)]
        case ["orgs", _, "secret-scanning", "alerts"]:
            return [{**alert, "secret": alert["secret_type"], "resolution_comment": EVERYTHING} for alert in content]
        case [*_, "protection"]:
            team = {"name": EVERYTHING, "slug": "planted", "description": EVERYTHING}
            return {**content, "restrictions": {"users": [], "teams": [team], "apps": []}}
        case _:
            return content
