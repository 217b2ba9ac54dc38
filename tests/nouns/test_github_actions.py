"""GitHub Actions: settings of organizations and repositories, pull requests of forks, runners; fed answers."""

from __future__ import annotations

from typing import Any

import pytest

import controls.github.actions  # noqa: F401  # its controls are asked for by id
from muster import Facts
from muster.judging.control import CONTROLS
from muster.judging.judgement import judge_control
from tests.nouns.test_github import ANSWERS, ORGANIZATION, SHOP, URL, Scripted, by_name, entered, judge

ORG = "/orgs/{org}/actions"
REPO = "/repos/{owner}/{repo}/actions"
PUBLIC = {**SHOP, "private": False, "visibility": "public"}
READ_ONLY = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
NO_FORKS = {
    "run_workflows_from_fork_pull_requests": False,
    "send_write_tokens_to_workflows": False,
    "send_secrets_and_variables": False,
    "require_approval_for_fork_pr_workflows": False,
}
FORKS = {**NO_FORKS, "run_workflows_from_fork_pull_requests": True}
APPROVED = {**FORKS, "require_approval_for_fork_pr_workflows": True}
RUNNER = {"id": 1, "name": "build-1", "ephemeral": True, "labels": [{"name": "self-hosted"}]}
LASTING = {**RUNNER, "id": 2, "name": "gpu-1", "ephemeral": False, "labels": [{"name": "GPU"}]}
GROUP = {"id": 1, "name": "Default", "allows_public_repositories": False}
SOUND = {
    **ANSWERS,
    f"{ORG}/permissions/workflow": READ_ONLY,
    f"{REPO}/permissions/workflow": READ_ONLY,
    f"{ORG}/permissions/artifact-and-log-retention": {"days": 90, "maximum_allowed_days": 400},
    f"{REPO}/permissions": {"enabled": True, "allowed_actions": "all"},
    f"{REPO}/permissions/fork-pr-contributor-approval": {"approval_policy": "all_external_contributors"},
    f"{ORG}/permissions/fork-pr-workflows-private-repos": NO_FORKS,
    f"{REPO}/permissions/fork-pr-workflows-private-repos": NO_FORKS,
    f"{ORG}/permissions/self-hosted-runners": {"enabled_repositories": "all"},
    f"{ORG}/permissions/self-hosted-runners/repositories": {"total_count": 0, "repositories": []},
    f"{ORG}/runner-groups": {"total_count": 1, "runner_groups": [GROUP]},
    f"{ORG}/runners": {"total_count": 1, "runners": [RUNNER]},
    f"{REPO}/runners": {"total_count": 1, "runners": [RUNNER]},
}
OF_PUBLIC = {"/orgs/{org}": {**ORGANIZATION, "total_private_repos": 0}, "/orgs/{org}/repos": [PUBLIC]}


def found(control: str, **changes: Any) -> dict[str, tuple[str, str]]:
    """Status and reason, by the end of the URL: "" is the organization."""
    findings = judge(entered(Scripted({**SOUND, **changes})), control)
    return {name: (each.status, each.reason) for name, each in by_name(findings).items()}


def listing(*runners: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"total_count": len(runners) if total is None else total, "runners": list(runners)}


@pytest.mark.parametrize(
    ("of_control", "where", "operation", "answer", "status", "reason"),
    [
        pytest.param(
            "gh-workflow-token-read-only", "shop", f"{REPO}/permissions/workflow",
            {**READ_ONLY, "default_workflow_permissions": "write"}, "fail", "workflows write by default", id="writes",
        ),
        pytest.param(
            "gh-workflow-token-read-only", "", f"{ORG}/permissions/workflow",
            {**READ_ONLY, "can_approve_pull_request_reviews": True}, "fail", "approve pull requests", id="approves",
        ),
        pytest.param(
            "gh-workflow-token-read-only", "shop", f"{REPO}/permissions/workflow",
            {**READ_ONLY, "default_workflow_permissions": "restricted"}, "error", "'restricted'", id="unknown default",
        ),
        pytest.param(
            "gh-workflow-token-read-only", "", f"{ORG}/permissions/workflow",
            {"default_workflow_permissions": "read"}, "error", "can_approve_pull_request_reviews", id="half an answer",
        ),
        *(
            pytest.param(
                "gh-build-logs-kept", "", f"{ORG}/permissions/artifact-and-log-retention",
                {"days": days, "maximum_allowed_days": most}, status, reason, id=f"{days} of {most} days",
            )
            for days, most, status, reason in [
                (89, 400, "fail", "89 days, of 400 that are allowed"),
                (90, 400, "pass", ""),
                (91, 400, "pass", ""),
                (60, 60, "pass", ""),
                (59, 60, "fail", "59 days"),
                (0, 0, "error", "a day at least"),
            ]
        ),
        pytest.param(
            "gh-runners-ephemeral", "shop", f"{REPO}/runners", listing(RUNNER, LASTING), "fail", "job after job: gpu-1",
            id="a runner that stays",
        ),
        pytest.param("gh-runners-ephemeral", "", f"{ORG}/runners", listing(), "not_applicable", "no self", id="none"),
        pytest.param(
            "gh-runners-ephemeral", "", f"{ORG}/runners",
            listing({name: value for name, value in RUNNER.items() if name != "ephemeral"}), "error", "ephemeral",
            id="GitHub does not say whether it stays",
        ),
        pytest.param(
            "gh-runners-ephemeral", "", f"{ORG}/runners", listing(RUNNER, total=2), "error", "1 of 2 runners",
            id="not all are listed",
        ),
        pytest.param(
            "gh-runners-ephemeral", "", f"{ORG}/runners", listing(*[RUNNER] * 101, total=102), "pass", "",
            id="one went between two pages",
        ),
        pytest.param(
            "gh-self-hosted-runners-private", "", f"{ORG}/runner-groups",
            {"total_count": 1, "runner_groups": [{**GROUP, "allows_public_repositories": True}]}, "fail", "Default",
            id="a group for public repositories",
        ),
        pytest.param(
            "gh-self-hosted-runners-private", "shop", f"{REPO}/runners", listing(LASTING), "not_applicable",
            "the repository is private", id="a private repository's own",
        ),
    ],
)  # fmt: skip
def test_settings(of_control: str, where: str, operation: str, answer: Any, status: str, reason: str) -> None:
    got = found(of_control, **{operation: answer})[where]

    assert got[0] == status
    assert reason in got[1]


@pytest.mark.parametrize(
    ("organization", "repository", "status", "reason"),
    [
        pytest.param(NO_FORKS, None, "pass", "", id="off in the organization: no repository is asked"),
        pytest.param(FORKS, NO_FORKS, "pass", "", id="off in the repository"),
        pytest.param(FORKS, APPROVED, "pass", "", id="approved"),
        pytest.param(FORKS, FORKS, "fail", "runs workflows of forks unasked", id="runs unasked"),
        pytest.param(
            FORKS, {**APPROVED, "send_secrets_and_variables": True}, "fail", "secrets and variables", id="secrets"
        ),
        pytest.param(
            FORKS, {**APPROVED, "send_write_tokens_to_workflows": True}, "fail", "token that may write", id="writes"
        ),
        pytest.param(
            {**NO_FORKS, "send_secrets_and_variables": True},
            {**NO_FORKS, "send_secrets_and_variables": True},
            "fail",
            "secrets and variables",
            id="secrets for forks that do not run yet",
        ),
    ],
)
def test_forks_of_private_repositories(organization: Any, repository: Any, status: str, reason: str) -> None:
    name = f"{ORG}/permissions/fork-pr-workflows-private-repos"
    of_repository = f"{REPO}/permissions/fork-pr-workflows-private-repos"
    transport = Scripted({**SOUND, name: organization, of_repository: repository})
    (finding,) = judge(entered(transport), "gh-fork-workflows-approved")

    assert finding.status == status
    assert reason in finding.reason
    assert (f"GET {of_repository}" in [call.operation for call in transport.asked]) == (repository is not None)


@pytest.mark.parametrize(
    ("enabled", "policy", "status"),
    [
        pytest.param(True, "all_external_contributors", "pass", id="everybody waits"),
        pytest.param(True, "first_time_contributors", "fail", id="who contributed once does not"),
        pytest.param(True, "everybody", "error", id="a policy that GitHub may add"),
        pytest.param(False, "first_time_contributors", "not_applicable", id="no workflow runs"),
    ],
)
def test_forks_of_public_repositories(enabled: bool, policy: str, status: str) -> None:
    answers = {
        f"{REPO}/permissions": {"enabled": enabled},
        f"{REPO}/permissions/fork-pr-contributor-approval": {"approval_policy": policy},
    }

    assert found("gh-fork-workflows-approved", **OF_PUBLIC, **answers)["shop"][0] == status


@pytest.mark.parametrize(
    ("allowed", "chosen", "status"),
    [
        pytest.param("all", [], "fail", id="all repositories may have runners"),
        pytest.param("selected", [{"full_name": "acme/shop"}], "fail", id="this one may"),
        pytest.param("selected", [{"full_name": "acme/other"}], "not_applicable", id="another one may"),
        pytest.param("none", [], "not_applicable", id="none may: those of before are given no job"),
        pytest.param("some", [], "error", id="a choice that GitHub may add"),
    ],
)
@pytest.mark.parametrize("of_control", ["gh-runners-ephemeral", "gh-self-hosted-runners-private"])
def test_runners_of_a_repository_by_what_the_organization_chose(
    of_control: str, allowed: str, chosen: list[Any], status: str
) -> None:
    answers = {
        f"{ORG}/permissions/self-hosted-runners": {"enabled_repositories": allowed},
        f"{ORG}/permissions/self-hosted-runners/repositories": {"total_count": len(chosen), "repositories": chosen},
        f"{REPO}/runners": listing(LASTING),
    }

    assert found(of_control, **OF_PUBLIC, **answers)["shop"][0] == status


def test_a_runner_with_an_exempt_label_may_stay() -> None:
    account = entered(Scripted({**SOUND, f"{REPO}/runners": listing(LASTING)}))
    control = CONTROLS["gh-runners-ephemeral"]

    findings = judge_control(control, account, {"exempt_labels": ("gpu",)}, Facts(), threads=1)
    assert {each.status for each in findings} == {"pass"}


@pytest.mark.parametrize(
    "of_control",
    [
        "gh-workflow-token-read-only",
        "gh-fork-workflows-approved",
        "gh-runners-ephemeral",
        "gh-self-hosted-runners-private",
    ],
)
def test_where_a_repository_is_archived_no_workflow_runs(of_control: str) -> None:
    archived = {**OF_PUBLIC, "/orgs/{org}/repos": [{**PUBLIC, "archived": True}]}

    assert found(of_control, **archived)["shop"] == (
        "not_applicable",
        "the repository is archived: no workflow runs there any more",
    )


def test_repositories_are_shown_by_their_page() -> None:
    assert [each.resource for each in judge(entered(Scripted(SOUND)), "gh-runners-ephemeral")] == [URL, f"{URL}/shop"]
