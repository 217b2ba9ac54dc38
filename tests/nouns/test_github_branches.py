"""Default branches, tags and left-over branches on GitHub, fed answers: limits, what is hidden or told in part."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from muster.reading.reads import ApiError
from tests.nouns.test_github import ANSWERS, NOW, SHOP, Scripted, by_name, entered, judge, scripted

RULES = "/repos/{owner}/{repo}/rules/branches/{branch}"
CLASSIC = "/repos/{owner}/{repo}/branches/{branch}/protection"
SETS = "/repos/{owner}/{repo}/rulesets"
SET = "/repos/{owner}/{repo}/rulesets/{ruleset_id}"
SUITES = "/repos/{owner}/{repo}/rulesets/rule-suites"
RELEASES = "/repos/{owner}/{repo}/releases"
BRANCHES = "QUERY RepositoryBranches"
OF_ONE = "QUERY BranchesOfRepository"
UPGRADE = ApiError("403", "Upgrade to GitHub Pro or make this repository public to enable this feature.", 403)
REVIEWS = {
    "required_approving_review_count": 2,
    "dismiss_stale_reviews_on_push": True,
    "require_code_owner_review": True,
    "require_last_push_approval": False,
    "required_review_thread_resolution": True,
}
TEAM = {"id": 7, "type": "Team"}


def pull_request(**parameters: Any) -> dict[str, Any]:
    return {"type": "pull_request", "ruleset_id": 42, "ruleset_source": "acme", "parameters": {**REVIEWS, **parameters}}


def found(control: str, **answers: Any) -> tuple[str, str]:
    told = {**ANSWERS, RULES: [pull_request()], **{globals()[name]: told for name, told in answers.items()}}
    finding = scripted(control, Scripted(told))
    return finding.status, finding.reason


@pytest.mark.parametrize(
    ("restriction", "status"),
    [
        pytest.param({"enabled": True, "allowed_actors": [TEAM] * 1}, "pass", id="one"),
        pytest.param({"enabled": True, "allowed_actors": [{**TEAM, "id": n} for n in range(5)]}, "pass", id="five"),
        pytest.param({"enabled": True, "allowed_actors": [{**TEAM, "id": n} for n in range(6)]}, "fail", id="six"),
        pytest.param({"enabled": True, "allowed_actors": []}, "pass", id="nobody"),
        pytest.param({"enabled": True}, "error", id="who, the token is not shown"),
        pytest.param({"enabled": False, "allowed_actors": [TEAM]}, "fail", id="off"),
    ],
)
def test_who_may_dismiss_reviews(restriction: dict[str, Any], status: str) -> None:
    rules = [pull_request(dismissal_restriction=restriction)]

    assert found("gh-branch-dismissal-restricted", RULES=rules)[0] == status


def test_a_stale_review_of_none_is_dismissed_to_no_end() -> None:
    rules = [pull_request(required_approving_review_count=0)]

    assert found("gh-branch-stale-reviews-dismissed", RULES=rules)[0] == "fail"


@pytest.mark.parametrize(
    ("classic", "status"),
    [
        pytest.param({"lock_branch": {"enabled": True}}, "pass", id="locked: no commits, and no deletion"),
        pytest.param({"lock_branch": {"enabled": False}}, "error", id="neither is told"),
        pytest.param({"allow_force_pushes": {"enabled": False}}, "error", id="deletion is not told"),
        pytest.param(
            {"allow_force_pushes": {"enabled": True}, "allow_deletions": {"enabled": False}}, "fail", id="allowed"
        ),
    ],
)
def test_history_under_a_classic_protection(classic: dict[str, Any], status: str) -> None:
    assert found("gh-branch-no-force-push", RULES=[], CLASSIC=classic)[0] == status


@pytest.mark.parametrize("of_token", ["always", "pull_requests_only", "exempt"])
def test_a_token_that_may_bypass_tells_of_one_who_may(of_token: str) -> None:
    told = {"name": "main", "enforcement": "active", "current_user_can_bypass": of_token}

    assert found("gh-branch-admins-bound", SET=told) == ("fail", "lets go free of its rules: User of this token")


def test_a_plan_without_rule_sets_keeps_no_record() -> None:
    status, reason = found("gh-rules-not-bypassed", RULES=UPGRADE, SETS=UPGRADE)

    assert (status, reason[:21]) == ("not_applicable", "it has no rule set: t")


def test_a_plan_that_has_rules_and_no_rule_sets_is_none_that_there_is() -> None:
    assert found("gh-rules-not-bypassed", SETS=UPGRADE)[0] == "error"


def test_who_went_round_rules_is_compared_without_case() -> None:
    suites = [
        {"actor_name": name, "result": "bypass", "pushed_at": "2026-11-20T09:00:00Z"} for name in ("Olga", "ivan")
    ]
    transport = Scripted(
        {**ANSWERS, SETS: [{"id": 42, "name": "main", "enforcement": "active", "target": "branch"}], SUITES: suites}
    )

    assert scripted("gh-rules-not-bypassed", transport).reason.endswith("by Olga, ivan")


def branches(*names: str, total: int | None = None, days: int = 0) -> dict[str, Any]:
    date = (NOW - timedelta(days=days)).isoformat()
    nodes = [{"name": name, "target": {"committedDate": date}} for name in names]
    return {"totalCount": len(nodes) if total is None else total, "nodes": nodes}


def left_over(refs: dict[str, Any], **answers: Any) -> tuple[str, str]:
    node = {"nameWithOwner": "Acme/Shop", "deleteBranchOnMerge": True, "refs": refs}
    told = {"organization": {"repositories": {"nodes": [node]}}}
    return found("gh-branches-tidy", BRANCHES=told, **answers)


@pytest.mark.parametrize(("days", "status"), [(179, "pass"), (180, "pass"), (181, "fail")])
def test_how_long_a_branch_may_lie(days: int, status: str) -> None:
    assert left_over(branches("feature", days=days))[0] == status


@pytest.mark.parametrize("name", ["main", "release/1", "gh-pages"])
def test_branches_that_stay(name: str) -> None:
    assert left_over(branches(name, days=400))[0] == "pass"


def test_where_there_are_more_branches_than_are_shown_all_are_asked_for() -> None:
    whole = {"repository": {"refs": branches("main", "christmas", days=400)}}

    status, reason = left_over(branches("main", total=2), OF_ONE=whole)
    assert (status, reason) == ("fail", "has branches without a commit for more than 180 days: christmas")


def test_branches_that_are_told_in_part_are_an_error() -> None:
    part = {"repository": {"refs": branches("main", total=3)}}

    assert left_over(branches("main", total=3), OF_ONE=part)[0] == "error"


@pytest.mark.parametrize("code", ["FORBIDDEN", "NOT_FOUND", "RATE_LIMITED", "GRAPHQL_ERROR", "ReadTimeoutError"])
def test_many_branches_that_cannot_be_asked_for_are_an_error(code: str) -> None:
    assert left_over(branches("main", total=150), OF_ONE=ApiError(code, "no"))[0] == "error"


RELEASE = {"tag_name": "v1", "draft": False, "published_at": "2026-10-01T09:00:00Z", "immutable": False}


@pytest.mark.parametrize(
    ("releases", "status"),
    [
        pytest.param([], "not_applicable", id="none"),
        pytest.param([{**RELEASE, "draft": True, "published_at": None}], "not_applicable", id="a draft"),
        pytest.param([RELEASE], "fail", id="one that is not locked"),
        pytest.param([{**RELEASE, "immutable": True}], "pass", id="one that is"),
        pytest.param(
            [{**RELEASE, "immutable": True}, {**RELEASE, "published_at": "2026-10-02T09:00:00Z"}],
            "fail",
            id="the newest is not",
        ),
        pytest.param([{**RELEASE, "published_at": None}], "error", id="one that was published, and not said when"),
        pytest.param([{key: RELEASE[key] for key in RELEASE if key != "immutable"}], "fail", id="an older server"),
    ],
)
def test_the_tag_of_the_newest_release(releases: list[dict[str, Any]], status: str) -> None:
    assert found("gh-tags-protected", RELEASES=releases, SETS=[])[0] == status


def test_what_the_token_does_not_see_is_an_error_of_each_noun() -> None:
    hidden = {**ANSWERS, "/orgs/{org}": {"total_private_repos": 2, "plan": {"name": "team"}}}
    node = {"nameWithOwner": SHOP["full_name"], "deleteBranchOnMerge": True, "refs": branches("main")}
    told = {**hidden, RULES: [pull_request()], BRANCHES: {"organization": {"repositories": {"nodes": [node]}}}}

    for control in ("gh-branch-reviews", "gh-branches-tidy"):
        statuses = {name: each.status for name, each in by_name(judge(entered(Scripted(told)), control)).items()}
        assert statuses == {"shop": "pass", "*": "error"}


BLOCKED: dict[str, Any] = {
    "allow_force_pushes": {"enabled": False},
    "allow_deletions": {"enabled": False},
    "enforce_admins": {"enabled": True},
}
FORCE_PUSHERS = "QUERY RepositoryForcePushers"


def force_pushers(*actors: Any, branch: str = "main") -> dict[str, Any]:
    allowed = {"totalCount": len(actors), "nodes": [{"actor": each} for each in actors]}
    rule = {"name": branch, "branchProtectionRule": {"bypassForcePushAllowances": allowed}}
    node = {"nameWithOwner": "Acme/Shop", "defaultBranchRef": rule}
    return {"organization": {"repositories": {"nodes": [None, {**node, "nameWithOwner": "acme/shop-2"}, node]}}}


@pytest.mark.parametrize("of_control", ["gh-branch-no-force-push", "gh-branch-admins-bound"])
@pytest.mark.parametrize(
    ("told", "status", "reason"),
    [
        pytest.param(force_pushers(), "pass", "", id="nobody"),
        pytest.param(force_pushers({"__typename": "Team", "slug": "ops"}), "fail", "Team ops", id="a team"),
        pytest.param(force_pushers({"__typename": "App", "slug": "bot"}), "fail", "Integration bot", id="an app"),
        pytest.param(force_pushers(None), "fail", "somebody whom GitHub does not show", id="somebody who is gone"),
        pytest.param(force_pushers(branch="trunk"), "error", "is not shown to this token", id="of another branch"),
        pytest.param(ApiError("FORBIDDEN", "no"), "error", "FORBIDDEN: no", id="not for this token"),
    ],
)
def test_whom_a_classic_protection_lets_force_push(of_control: str, told: Any, status: str, reason: str) -> None:
    finding = found(of_control, RULES=[], CLASSIC=BLOCKED, FORCE_PUSHERS=told)

    assert finding[0] == status
    assert reason in finding[1]


@pytest.mark.parametrize(
    ("of_control", "answers"),
    [
        pytest.param(
            "gh-branch-no-force-push",
            {
                "RULES": [
                    {"type": each, "ruleset_id": 42, "ruleset_source": "acme"}
                    for each in ("non_fast_forward", "deletion")
                ]
            },
            id="a rule set blocks",
        ),
        pytest.param("gh-branch-signed-commits", {"CLASSIC": {"required_signatures": {"enabled": True}}}, id="another"),
    ],
)
def test_who_may_force_push_is_asked_where_it_matters(of_control: str, answers: dict[str, Any]) -> None:
    status, _ = found(of_control, **{"CLASSIC": BLOCKED, "RULES": [], **answers})

    assert status == "pass", "the query has no answer here: it was not put"
