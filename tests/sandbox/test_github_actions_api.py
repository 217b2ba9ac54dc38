"""The fake of GitHub: settings of GitHub Actions, runners and files by query, in the shapes that GitHub publishes."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from fixtures.github_workflow_files import WORKFLOWS
from fixtures.sandbox import serve
from fixtures.sandbox.hub import server
from fixtures.sandbox.hub.actions import HubRunner, OrganizationActions, RepositoryActions
from fixtures.sandbox.hub.files import HubFiles
from fixtures.sandbox.hub.shapes import node_id
from fixtures.sandbox.hub.state import Hub, HubOrganization, HubRepository
from tests.sandbox.test_github_api import get

ORG, SHOP, SITE = "/orgs/acme/actions", "/repos/acme/shop/actions", "/repos/acme/site/actions"
TOKEN = {"default_workflow_permissions": str, "can_approve_pull_request_reviews": bool}
FORKS = dict.fromkeys(
    (
        "run_workflows_from_fork_pull_requests",
        "send_write_tokens_to_workflows",
        "send_secrets_and_variables",
        "require_approval_for_fork_pr_workflows",
    ),
    bool,
)
SHAPES: list[tuple[str, dict[str, Any]]] = [
    (
        f"{ORG}/permissions",
        {
            "enabled_repositories": str,
            "allowed_actions": str,
            "selected_actions_url": str,
            "sha_pinning_required": bool,
        },
    ),
    (
        f"{ORG}/permissions/selected-actions",
        {"github_owned_allowed": bool, "verified_allowed": bool, "patterns_allowed": list},
    ),
    (f"{ORG}/permissions/workflow", TOKEN),
    (f"{SHOP}/permissions/workflow", TOKEN),
    (f"{ORG}/permissions/artifact-and-log-retention", {"days": int, "maximum_allowed_days": int}),
    (f"{SHOP}/permissions", {"enabled": bool, "allowed_actions": str}),
    (f"{SITE}/permissions/fork-pr-contributor-approval", {"approval_policy": str}),
    (f"{ORG}/permissions/fork-pr-workflows-private-repos", FORKS),
    (f"{SHOP}/permissions/fork-pr-workflows-private-repos", FORKS),
    (f"{ORG}/permissions/self-hosted-runners", {"enabled_repositories": str, "selected_repositories_url": str}),
    (f"{ORG}/permissions/self-hosted-runners/repositories", {"total_count": int, "repositories": list}),
    (f"{ORG}/runner-groups", {"total_count": int, "runner_groups": list}),
    (f"{ORG}/runners", {"total_count": int, "runners": list}),
    (f"{SHOP}/runners", {"total_count": int, "runners": list}),
]
"""Fields and types that GitHub's description of its REST API gives each answer."""
RUNNER = {"id": int, "name": str, "os": str, "status": str, "busy": bool, "ephemeral": bool, "labels": list}
GROUP = {
    "id": int,
    "name": str,
    "visibility": str,
    "default": bool,
    "runners_url": str,
    "inherited": bool,
    "allows_public_repositories": bool,
}


@pytest.fixture(scope="module")
def acme() -> HubOrganization:
    acme = HubOrganization("acme", "Acme", two_factor_required=True)
    acme.repositories = [HubRepository("shop"), HubRepository("site", visibility="public"), HubRepository("bare")]
    actions = acme.part(OrganizationActions)
    actions.with_runners, actions.runners = "selected", [HubRunner("build-1")]
    shop, _, bare = acme.repositories
    shop.part(RepositoryActions).may_have_runners = True
    shop.part(HubFiles).files[".github/workflows/ci.yml"] = "on: push\n"
    bare.part(HubFiles).files.clear()
    return acme


@pytest.fixture(scope="module")
def api(acme: HubOrganization) -> str:
    hub = Hub()
    hub.add(acme)
    return serve.serve(server.application(hub))


def typed(body: dict[str, Any], fields: dict[str, Any]) -> bool:
    return all(isinstance(body[name], kind) for name, kind in fields.items())


@pytest.mark.parametrize(("path", "fields"), SHAPES, ids=[path for path, _ in SHAPES])
def test_answers_have_the_shape_that_github_publishes(api: str, path: str, fields: dict[str, Any]) -> None:
    status, _, body = get(api, path)

    assert status == 200
    assert typed(body, fields)


def test_runners_and_groups_have_the_shape_that_github_publishes(api: str) -> None:
    assert typed(get(api, f"{ORG}/runners")[2]["runners"][0], RUNNER)
    assert typed(get(api, f"{ORG}/runner-groups")[2]["runner_groups"][0], GROUP)
    chosen = get(api, f"{ORG}/permissions/self-hosted-runners/repositories")[2]["repositories"]
    assert [each["full_name"] for each in chosen] == ["acme/shop"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param(f"{SHOP}/permissions/fork-pr-contributor-approval", 422, id="approval, of a private repository"),
        pytest.param(f"{SITE}/permissions/fork-pr-workflows-private-repos", 403, id="private forks, of a public one"),
    ],
)
def test_what_is_for_other_repositories_is_refused(api: str, path: str, status: int) -> None:
    assert get(api, path)[0] == status


def test_actions_that_are_not_selected_cannot_be_listed(api: str, acme: HubOrganization) -> None:
    acme.part(OrganizationActions).allowed = "all"
    try:
        assert get(api, f"{ORG}/permissions/selected-actions")[0] == 409
        assert "selected_actions_url" not in get(api, f"{ORG}/permissions")[2]
    finally:
        acme.part(OrganizationActions).allowed = "selected"


def asked(api: str, *ids: str) -> dict[str, Any]:
    body = json.dumps({"query": WORKFLOWS, "variables": {"ids": ids}}).encode()
    request = Request(f"{api}/graphql", data=body, headers={"Authorization": "Bearer x"})
    with urlopen(request, timeout=10) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def test_files_are_told_for_many_repositories_at_once(api: str, acme: HubOrganization) -> None:
    shop, site, bare = (node_id("Repository", each.id) for each in acme.repositories)
    told = asked(api, bare, shop, site)["data"]["nodes"]

    assert [each["isEmpty"] for each in told] == [True, False, False]
    assert [each["root"] is None for each in told] == [True, False, False]
    assert [each["workflows"] is None for each in told] == [True, False, True]
    assert told[1]["workflows"]["entries"] == [
        {
            "path": ".github/workflows/ci.yml",
            "type": "blob",
            "object": {"text": "on: push\n", "isBinary": False, "isTruncated": False},
        }
    ]


def test_an_id_that_is_no_repositorys_is_an_error(api: str) -> None:
    assert asked(api, "nobody's")["errors"][0]["type"] == "NOT_FOUND"
