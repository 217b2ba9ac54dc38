"""The fake of GitHub's REST API, read by PyGithub and checked against GitHub's published description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from fixtures.sandbox import serve
from fixtures.sandbox.hub import server
from fixtures.sandbox.hub.releases import HubRelease, Releases
from fixtures.sandbox.hub.rule_sets import HubRuleSet, HubRuleSuite, RuleSets
from fixtures.sandbox.hub.state import (
    Branch,
    ClassicProtection,
    Hub,
    HubOrganization,
    HubRepository,
    Member,
)

PULL_REQUEST = {
    "dismiss_stale_reviews_on_push": True,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_approving_review_count": 1,
    "required_review_thread_resolution": False,
}


@pytest.fixture(scope="module")
def api() -> str:
    return serve.serve(server.application(hub()))


def hub() -> Hub:
    """Two organizations: one whose token is an owner's, and a free one whose token is not."""
    acme = HubOrganization("acme", "Acme", two_factor_required=True)
    acme.members = [
        Member("olga", role="admin"),
        *(Member(f"member-{number}") for number in range(4)),
        Member("late", two_factor=False),
    ]
    acme.repositories = [
        HubRepository("by-rules"),
        HubRepository("by-classic", branches={"main": Branch("main", protection=ClassicProtection(approvals=2))}),
        HubRepository("checks-only", branches={"main": Branch("main", protection=ClassicProtection(approvals=None))}),
        HubRepository("bare", visibility="public", default_branch="release/1.x"),
        HubRepository("old", archived=True, fork=True, visibility="internal"),
        HubRepository("hidden", hidden=True),
    ]
    by_rules = acme.repositories[0]
    by_rules.part(RuleSets).sets = [
        HubRuleSet(
            name="main", rules={"pull_request": PULL_REQUEST}, free=[{"actor_id": 5, "actor_type": "Team"}], id=42
        ),
        HubRuleSet(name="tried", rules={"deletion": {}}, enforcement="evaluate"),
        HubRuleSet(name="tags", rules={"deletion": {}}, target="tag", include=["~ALL"]),
    ]
    by_rules.part(RuleSets).suites = [HubRuleSuite("olga"), HubRuleSuite("ivan", result="fail")]
    by_rules.part(Releases).releases = [HubRelease(tag="v1")]
    poor = HubOrganization("poor", "Poor", two_factor_required=False, plan="free", token_is_owner=False)
    poor.repositories = [HubRepository("private-one"), HubRepository("public-one", visibility="public")]
    hub = Hub()
    hub.add(acme)
    hub.add(poor)
    return hub


def get(api: str, path: str, token: str | None = "Bearer x", **headers: str) -> tuple[int, dict[str, str], Any]:
    if token is not None:
        headers["Authorization"] = token
    request = Request(api + path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, dict(response.headers), json.load(response)
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), json.load(error)


@pytest.mark.parametrize("token", [None, "", "Bearer ", "Basic eDp4", "token"], ids=repr)
def test_without_a_token_nothing_is_answered(api: str, token: str | None) -> None:
    status, _, body = get(api, "/orgs/acme", token)
    assert (status, body["message"]) == (401, "Requires authentication")


@pytest.mark.parametrize("token", ["Bearer x", "bearer x", "token x"])
def test_any_token_is_let_in(api: str, token: str) -> None:
    assert get(api, "/orgs/acme", token)[0] == 200


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        pytest.param("/orgs/nobody", 404, "Not Found", id="no such organization"),
        pytest.param("/repos/acme/nothing", 404, "Not Found", id="no such repository"),
        pytest.param("/repos/acme/hidden", 404, "Not Found", id="repository the token may not see"),
        pytest.param("/repos/acme/bare/branches/release/1.x/protection", 404, "Branch not protected", id="bare"),
        pytest.param("/repos/acme/by-rules/branches/main/protection", 404, "Branch not protected", id="rules only"),
        pytest.param("/repos/acme/bare/branches/gone/protection", 404, "Branch not found", id="no such branch"),
        pytest.param("/orgs/acme/members?filter=odd", 422, "Validation Failed", id="unknown filter"),
        pytest.param("/orgs/poor/members?filter=2fa_disabled", 422, "Only owners", id="filter for owners"),
        pytest.param("/repos/poor/private-one/rules/branches/main", 403, "Upgrade", id="plan without rules"),
        pytest.param("/repos/poor/private-one/branches/main/protection", 403, "Upgrade", id="plan without protection"),
        pytest.param("/orgs/acme/blocks", 404, "Not Found", id="endpoint the fake lacks"),
    ],
)
def test_refusals_carry_githubs_message(api: str, path: str, status: int, message: str) -> None:
    got, _, body = get(api, path)
    assert got == status
    assert body["message"].startswith(message)
    assert body["status"] == str(status)


def test_an_unknown_api_version_is_refused(api: str) -> None:
    assert get(api, "/orgs/acme", X_GitHub_Api_Version="1999-01-01")[0] == 400


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/orgs/acme", "organization_administration=read"),
        ("/orgs/acme/members", "members=read"),
        ("/repos/acme/bare", "metadata=read"),
        ("/repos/acme/by-classic/branches/main/protection", "administration=read"),
    ],
)
def test_answers_name_the_permission_they_need(api: str, path: str, permission: str) -> None:
    assert get(api, path)[1]["X-Accepted-GitHub-Permissions"] == permission


def test_names_are_found_in_any_case(api: str) -> None:
    assert get(api, "/repos/ACME/Bare")[2]["full_name"] == "acme/bare"


@pytest.mark.parametrize(
    ("query", "logins"),
    [
        ("?filter=2fa_disabled", ["late"]),
        ("?role=admin", ["olga"]),
        ("?role=member&filter=2fa_disabled", ["late"]),
        ("?role=admin&filter=2fa_disabled", []),
    ],
)
def test_members_are_filtered(api: str, query: str, logins: list[str]) -> None:
    assert [member["login"] for member in get(api, f"/orgs/acme/members{query}")[2]] == logins


def relations(link: str) -> dict[str, str]:
    """Read a Link header into URLs by relation."""
    parts = (part.split("; ") for part in link.split(", "))
    return {relation.removeprefix('rel="').rstrip('"'): url.strip("<>") for url, relation in parts}


def test_the_first_page_links_to_the_next_and_the_last(api: str) -> None:
    _, headers, body = get(api, "/orgs/acme/members?per_page=4&role=all")
    links = relations(headers["Link"])
    assert len(body) == 4
    assert links == {
        "next": f"{api}/orgs/acme/members?per_page=4&role=all&page=2",
        "last": f"{api}/orgs/acme/members?per_page=4&role=all&page=2",
    }


def test_the_last_page_links_back_only(api: str) -> None:
    _, headers, body = get(api, "/orgs/acme/members?per_page=4&page=2")
    assert [member["login"] for member in body] == ["member-3", "late"]
    assert set(relations(headers["Link"])) == {"first", "prev"}


def test_a_single_page_has_no_link(api: str) -> None:
    assert "Link" not in get(api, "/orgs/acme/members")[1]


def test_hidden_repositories_are_not_listed(api: str) -> None:
    names = {repository["name"] for repository in get(api, "/orgs/acme/repos")[2]}
    assert names == {"by-rules", "by-classic", "checks-only", "bare", "old"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bare", {"visibility": "public", "private": False, "archived": False, "default_branch": "release/1.x"}),
        ("old", {"visibility": "internal", "private": True, "archived": True, "fork": True}),
        ("by-rules", {"visibility": "private", "private": True, "fork": False, "default_branch": "main"}),
    ],
)
def test_a_repository_shows_its_state(api: str, name: str, expected: dict[str, object]) -> None:
    assert get(api, f"/repos/acme/{name}")[2].items() >= expected.items()


def test_what_owners_see_is_left_out_for_others(api: str) -> None:
    assert get(api, "/orgs/acme")[2]["two_factor_requirement_enabled"] is True
    assert "two_factor_requirement_enabled" not in get(api, "/orgs/poor")[2]


def test_rules_in_force_are_listed_with_their_parameters(api: str) -> None:
    (rule,) = get(api, "/repos/acme/by-rules/rules/branches/main")[2]
    assert rule["type"] == "pull_request"
    assert rule["parameters"] == PULL_REQUEST


def test_only_rule_sets_in_force_put_rules_on_a_branch(api: str) -> None:
    listed = get(api, "/repos/acme/by-rules/rulesets")[2]
    assert [(one["target"], one["enforcement"]) for one in listed] == [
        ("branch", "active"),
        ("branch", "evaluate"),
        ("tag", "active"),
    ]
    assert [rule["ruleset_id"] for rule in get(api, "/repos/acme/by-rules/rules/branches/main")[2]] == [42]
    assert get(api, "/repos/acme/by-rules/rules/branches/other")[2] == []


@pytest.mark.parametrize(("query", "actors"), [("", ["olga", "ivan"]), ("?rule_suite_result=bypass", ["olga"])])
def test_rule_suites_are_filtered(api: str, query: str, actors: list[str]) -> None:
    suites = get(api, f"/repos/acme/by-rules/rulesets/rule-suites{query}")[2]
    assert [suite["actor_name"] for suite in suites] == actors


def test_a_branch_without_rules_has_an_empty_list(api: str) -> None:
    assert get(api, "/repos/acme/bare/rules/branches/release/1.x")[2] == []


def test_classic_protection_without_pull_requests_lacks_the_reviews(api: str) -> None:
    with_reviews = get(api, "/repos/acme/by-classic/branches/main/protection")[2]
    assert with_reviews["required_pull_request_reviews"]["required_approving_review_count"] == 2
    without = get(api, "/repos/acme/checks-only/branches/main/protection")[2]
    assert "required_pull_request_reviews" not in without


@pytest.fixture(scope="module")
def hub_client(api: str) -> Iterator[Any]:
    github = pytest.importorskip("github")
    token = github.Auth.Token("x")
    with github.Github(auth=token, base_url=api, retry=None, per_page=2, seconds_between_requests=None) as client:
        yield client


def test_pygithub_reads_an_organization(hub_client: Any) -> None:
    status, headers, body = hub_client.requester.requestJson("GET", "/orgs/acme")
    assert status == 200
    assert headers["x-accepted-github-permissions"]
    assert json.loads(body)["login"] == "acme"


def test_pygithub_follows_pages(hub_client: Any) -> None:
    assert [member.login for member in hub_client.get_organization("acme").get_members()][-1] == "late"


def test_pygithub_tells_an_unprotected_branch_from_a_missing_one(hub_client: Any) -> None:
    status, _, body = hub_client.requester.requestJson("GET", "/repos/acme/by-rules/branches/main/protection")
    assert (status, json.loads(body)["message"]) == (404, "Branch not protected")


NoneType = type(None)
USER: dict[str, Any] = {"login": str, "id": int, "node_id": str, "type": str, "site_admin": bool, "url": str}
REPOSITORY: dict[str, Any] = {
    "id": int,
    "name": str,
    "full_name": str,
    "owner": dict,
    "private": bool,
    "visibility": str,
    "html_url": str,
    "description": (str, NoneType),
    "fork": bool,
    "default_branch": str,
    "archived": bool,
    "disabled": bool,
    "pushed_at": str,
    "created_at": str,
    "updated_at": str,
}
RULE: dict[str, Any] = {
    "type": str,
    "ruleset_source_type": str,
    "ruleset_source": str,
    "ruleset_id": int,
    "parameters": dict,
}
RULE_SET: dict[str, Any] = {
    "id": int,
    "name": str,
    "target": str,
    "source_type": str,
    "source": str,
    "enforcement": str,
    "node_id": str,
}
SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("/orgs/acme", {"login": str, "id": int, "type": str, "plan": dict, "two_factor_requirement_enabled": bool}),
    ("/orgs/poor", {"login": str, "id": int, "public_repos": int, "archived_at": (str, NoneType)}),
    ("/orgs/acme/members", USER),
    ("/orgs/acme/repos", REPOSITORY),
    ("/repos/acme/old", {**REPOSITORY, "permissions": dict, "security_and_analysis": dict, "network_count": int}),
    ("/repos/acme/by-rules/rules/branches/main", RULE),
    (
        "/repos/acme/by-classic/branches/main/protection",
        {"url": str, "enforce_admins": dict, "allow_force_pushes": dict, "required_pull_request_reviews": dict},
    ),
    ("/repos/acme/by-rules/rulesets", RULE_SET),
    (
        "/repos/acme/by-rules/rulesets/42",
        {**RULE_SET, "rules": list, "conditions": dict, "bypass_actors": list, "current_user_can_bypass": str},
    ),
    (
        "/repos/acme/by-rules/rulesets/rule-suites?time_period=month",
        {"id": int, "actor_name": str, "ref": str, "pushed_at": str, "result": str, "evaluation_result": str},
    ),
    (
        "/repos/acme/by-rules/releases",
        {"id": int, "tag_name": str, "draft": bool, "prerelease": bool, "immutable": bool, "published_at": str},
    ),
    ("/rate_limit", {"resources": dict, "rate": dict}),
]
"""Fields and types that GitHub's description of its REST API gives each answer, or each item of a list."""


@pytest.mark.parametrize(("path", "fields"), SHAPES, ids=[path for path, _ in SHAPES])
def test_answers_have_the_shape_that_github_publishes(api: str, path: str, fields: dict[str, Any]) -> None:
    _, _, body = get(api, path)
    items = body if isinstance(body, list) else [body]
    assert items
    for item in items:
        wrong = {name: item.get(name) for name, kind in fields.items() if not isinstance(item.get(name), kind)}
        assert wrong == {}


def test_times_are_in_utc_as_github_writes_them(api: str) -> None:
    assert get(api, "/repos/acme/bare")[2]["created_at"] == "2024-03-01T09:00:00Z"
