"""Deploy keys and environments on GitHub; fed answers."""

from __future__ import annotations

from typing import Any

import pytest

import controls.github.deployments  # noqa: F401  # its controls are asked for by id
from muster import Facts
from muster.judging.control import CONTROLS
from muster.judging.judgement import judge_control
from tests.excuses import excuse
from tests.nouns.test_github import ANSWERS, DENIED, NOT_FOUND, ORGANIZATION, SHOP, Scripted, entered

REPO = "/repos/{owner}/{repo}"
KEYS, ENVIRONMENTS, BRANCHES = f"{REPO}/keys", f"{REPO}/environments", f"{REPO}/branches"
POLICIES = f"{REPO}/environments/{{environment_name}}/deployment-branch-policies"
PROTECTED = {"protected_branches": True, "custom_branch_policies": False}
PATTERNS = {"protected_branches": False, "custom_branch_policies": True}
REVIEWED = {"type": "required_reviewers", "reviewers": [{"type": "User"}], "prevent_self_review": True}


def deploy_key(title: str = "farm", read_only: bool = True, created: str = "2026-11-01T00:00:00Z") -> dict[str, Any]:
    return {"id": 7, "title": title, "read_only": read_only, "created_at": created}


def environment(name: str = "production", branches: Any = None, *rules: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "protection_rules": list(rules), "deployment_branch_policy": branches}


def environments(*each: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"total_count": len(each) if total is None else total, "environments": list(each)}


def patterns(*names: str, total: int | None = None) -> dict[str, Any]:
    return {
        "total_count": len(names) if total is None else total,
        "branch_policies": [{"name": name} for name in names],
    }


SOUND = {
    **ANSWERS,
    KEYS: [],
    ENVIRONMENTS: environments(environment("production", PROTECTED, REVIEWED)),
    BRANCHES: [{"name": "main", "protected": True}],
    POLICIES: patterns("release/*"),
}


def found(of_control: str, changes: dict[str, Any], facts: Any = None, **parameters: Any) -> tuple[str, str]:
    """Status and reason of the one repository."""
    control = CONTROLS[of_control]
    account = entered(Scripted({**SOUND, **changes}))
    declared = Facts.model_validate(facts or {})
    (finding,) = judge_control(control, account, {**control.parameters, **parameters}, declared, threads=1)
    return finding.status, finding.reason


# The run is at midnight of 23 November 2026.
@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        pytest.param({}, "pass", "", id="no key"),
        pytest.param({KEYS: [deploy_key(created="2025-11-23T00:00:00Z")]}, "pass", "", id="a year old"),
        pytest.param(
            {KEYS: [deploy_key(created="2025-11-22T23:59:59Z")]},
            "fail",
            "has deploy keys: farm (7) is of 2025-11-22",
            id="more than a year old",
        ),
        pytest.param(
            {KEYS: [deploy_key(read_only=False)]},
            "fail",
            "has deploy keys: farm (7) may push, and nobody has declared it",
            id="one that pushes",
        ),
        pytest.param({KEYS: NOT_FOUND}, "error", "Not Found", id="keys not shown"),
        pytest.param(
            {"/orgs/{org}": {**ORGANIZATION, "deploy_keys_enabled_for_repositories": False}, KEYS: DENIED},
            "pass",
            "",
            id="the organization has none",
        ),
        pytest.param(
            {"/orgs/{org}": {**ORGANIZATION, "deploy_keys_enabled_for_repositories": "false"}},
            "error",
            "",
            id="a text where a truth value is due",
        ),
    ],
)
def test_deploy_keys(changes: dict[str, Any], status: str, reason: str) -> None:
    told = found("gh-deploy-keys", changes)

    assert told[0] == status
    assert reason in told[1]


@pytest.mark.parametrize(
    ("repository", "title", "status"),
    [
        pytest.param("Acme/Shop", "release-bot of ours", "pass", id="in any case"),
        pytest.param("acme/shop", "Release-bot of ours", "fail", id="another title"),
        pytest.param("acme/shop-2", "release-bot of ours", "fail", id="another repository"),
    ],
)
def test_a_declared_key_may_push(repository: str, title: str, status: str) -> None:
    facts = {"declared_deploy_keys": [excuse(repository=repository, title=title)]}
    changes = {KEYS: [deploy_key("release-bot of ours", read_only=False)]}

    assert found("gh-deploy-keys", changes, facts)[0] == status


def test_a_declaration_is_of_one_key() -> None:
    """Else a second key that somebody calls like the declared one would push unseen."""
    facts = {"declared_deploy_keys": [excuse(repository="acme/shop", title="farm")]}
    once, twice = [deploy_key(read_only=False)], [deploy_key(read_only=False), deploy_key(read_only=False)]

    assert found("gh-deploy-keys", {KEYS: once}, facts)[0] == "pass"
    assert found("gh-deploy-keys", {KEYS: [*once, deploy_key()]}, facts)[0] == "pass"
    assert found("gh-deploy-keys", {KEYS: twice}, facts)[0] == "fail"


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        pytest.param({}, "pass", "", id="reviewers, protected branches"),
        pytest.param({ENVIRONMENTS: environments()}, "not_applicable", "production or prod", id="no environment"),
        pytest.param(
            {ENVIRONMENTS: environments(environment("preview"))}, "not_applicable", "", id="none of production"
        ),
        pytest.param(
            {ENVIRONMENTS: environments(environment("Prod"))},
            "fail",
            "Prod needs no reviewer; Prod takes every branch",
            id="nothing is asked",
        ),
        pytest.param(
            {BRANCHES: []}, "fail", "production takes every branch, since none is protected", id="no protected branch"
        ),
        pytest.param(
            {BRANCHES: [{"name": "main", "protected": False}]}, "fail", "since none is protected", id="not filtered"
        ),
        pytest.param({BRANCHES: DENIED}, "error", "403", id="branches denied"),
        pytest.param(
            {ENVIRONMENTS: environments(environment("prod", PATTERNS, REVIEWED))}, "pass", "", id="patterns of branches"
        ),
        pytest.param(
            {
                ENVIRONMENTS: environments(environment("prod", PATTERNS, REVIEWED)),
                POLICIES: patterns("main", "*", "*/*"),
            },
            "fail",
            "prod takes every branch that fits *, */*",
            id="a pattern that everything fits",
        ),
        pytest.param(
            {ENVIRONMENTS: environments(environment("prod", PATTERNS, REVIEWED)), POLICIES: patterns("main", total=2)},
            "error",
            "lists 1 of 2 branch_policies",
            id="half of the patterns",
        ),
        pytest.param(
            {
                ENVIRONMENTS: environments(
                    environment("production", PROTECTED, {**REVIEWED, "prevent_self_review": False})
                )
            },
            "fail",
            "production may be approved by whoever deploys",
            id="self-review",
        ),
        pytest.param(
            {
                ENVIRONMENTS: environments(
                    environment("production", PROTECTED, {**REVIEWED, "prevent_self_review": None})
                )
            },
            "error",
            "does not tell of prevent_self_review",
            id="self-review is not told of",
        ),
        pytest.param(
            {ENVIRONMENTS: environments(environment("production", PROTECTED, {"type": "required_reviewers"}))},
            "error",
            "does not tell who its reviewers are",
            id="reviewers are not told",
        ),
        pytest.param({ENVIRONMENTS: environments(total=1)}, "error", "lists 0 of 1 environments", id="half the list"),
        pytest.param(
            {"/orgs/{org}/repos": [{**SHOP, "archived": True}], ENVIRONMENTS: DENIED},
            "not_applicable",
            "archived",
            id="archived",
        ),
    ],
)
def test_environments(changes: dict[str, Any], status: str, reason: str) -> None:
    told = found("gh-environments-guarded", changes)

    assert told[0] == status
    assert reason in told[1]


def test_self_review_may_be_accepted() -> None:
    accepting = environment("production", PROTECTED, {"type": "required_reviewers", "reviewers": [{"type": "Team"}]})

    told = found("gh-environments-guarded", {ENVIRONMENTS: environments(accepting)}, no_self_review=False)
    assert told[0] == "pass"
