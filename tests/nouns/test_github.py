"""GitHub: what each answer means, above all the ones that are not 200; read by PyGithub from a fake on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

import controls.github.branches
import controls.github.organization
import controls.github.repositories  # noqa: F401  # its controls are asked for by id
from fixtures.sandbox import serve
from fixtures.sandbox.hub import server
from fixtures.sandbox.hub.rule_sets import HubRuleSet, RuleSets
from fixtures.sandbox.hub.state import (
    ClassicProtection,
    Hub,
    HubOrganization,
    HubRepository,
    Member,
)
from muster import Facts
from muster.judging.account import Account
from muster.judging.control import CONTROLS
from muster.judging.judgement import Finding, judge_control
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, ApiError, Call, Reads, Transport
from muster.reading.redaction import Redactor
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from tests.excuses import excuse

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HUB = Hub()
URL = "https://github.com/acme"


@pytest.fixture(scope="module")
def endpoint() -> str:
    return serve.serve(server.application(HUB))


def acme(*repositories: HubRepository, **settings: Any) -> HubOrganization:
    organization = HubOrganization("acme", "Acme", **{"two_factor_required": True, **settings})
    organization.repositories = list(repositories)
    return HUB.add(organization)


def judged(endpoint: str, control: str, **facts: Any) -> dict[str, Finding]:
    """What the control says of each resource of acme, by the end of its URL."""
    account = entered(GitHubTransport("token", Counts(), endpoint_url=endpoint))
    return by_name(judge(account, control, **facts))


def entered(transport: Transport) -> Account:
    reads = Reads("code", transport, MemoryArchive(), Redactor(b"tests"))
    return Account("code", "acme", "github", URL, (), "global", NOW, reads)


def judge(account: Account, control: str, **facts: Any) -> list[Finding]:
    declared = Facts.model_validate(facts)
    return judge_control(CONTROLS[control], account, CONTROLS[control].parameters, declared, threads=1)


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.resource.removeprefix(URL).removeprefix("/"): finding for finding in findings}


class Scripted:
    """A transport that gives prepared answers, for what the fake does not play."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[Call] = []

    def send(self, call: Call) -> Answer:
        self.asked.append(call)
        answer = self.answers[call.operation.removeprefix("GET ")]
        if call.operation == "GET /orgs/{org}" and isinstance(answer, dict):
            listed = self.answers.get("/orgs/{org}/repos", [])
            answer = {"public_repos": sum(not each["private"] for each in listed), **answer}
        return Answer(error=answer) if isinstance(answer, ApiError) else Answer(answer)


ORGANIZATION = {"two_factor_requirement_enabled": True, "total_private_repos": 1, "plan": {"name": "team"}}
SHOP = {
    "name": "shop",
    "node_id": "R_shop",
    "full_name": "acme/shop",
    "html_url": f"{URL}/shop",
    "private": True,
    "visibility": "private",
    "archived": False,
    "default_branch": "main",
}
ANSWERS = {
    "/orgs/{org}": ORGANIZATION,
    "/orgs/{org}/members": [],
    "/orgs/{org}/repos": [SHOP],
    "/repos/{owner}/{repo}/rules/branches/{branch}": [],
    "/repos/{owner}/{repo}/branches/{branch}/protection": ApiError("404", "Branch not protected", 404),
}


def scripted(control: str, transport: Scripted) -> Finding:
    (finding,) = judge(entered(transport), control)
    return finding


@pytest.mark.parametrize(
    ("required", "members", "status", "reason"),
    [
        pytest.param(True, [Member("olga")], "pass", "", id="required, and everybody has it"),
        pytest.param(
            True, [Member("olga", two_factor=False)], "fail", "has members without it: olga", id="required, but late"
        ),
        pytest.param(False, [Member("olga")], "fail", "does not require two-factor authentication", id="not required"),
        pytest.param(
            False,
            [Member("olga", two_factor=False), Member("ivan", two_factor=False), Member("ada")],
            "fail",
            "does not require two-factor authentication, and has members without it: olga, ivan",
            id="neither",
        ),
    ],
)
def test_two_factor_authentication(
    endpoint: str, required: bool, members: list[Member], status: str, reason: str
) -> None:
    acme(two_factor_required=required).members = members

    found = judged(endpoint, "gh-members-mfa")[""]
    assert (found.status, found.reason) == (status, reason)


def test_a_token_that_is_no_owners_cannot_tell_about_two_factor_authentication(endpoint: str) -> None:
    acme(two_factor_required=False, token_is_owner=False)

    found = judged(endpoint, "gh-members-mfa")[""]
    assert found.status == "error"
    assert "must be an owner's, with the organization permission Administration: read" in found.reason


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"/orgs/{org}": {**ORGANIZATION, "two_factor_requirement_enabled": None}}, id="null"),
        pytest.param({"/orgs/{org}/members": ApiError("422", "Only owners can use this filter.", 422)}, id="no owner"),
        pytest.param({"/orgs/{org}": ApiError("404", "Not Found", 404)}, id="organization hidden"),
    ],
)
def test_what_is_not_told_of_members_is_an_error(change: dict[str, Any]) -> None:
    assert scripted("gh-members-mfa", Scripted({**ANSWERS, **change})).status == "error"


def test_who_may_see_a_repository(endpoint: str) -> None:
    acme(
        HubRepository("private"),
        HubRepository("internal", visibility="internal"),
        HubRepository("declared", visibility="public"),
        HubRepository("forgotten", visibility="public"),
        HubRepository("old", visibility="public", archived=True),
        HubRepository("fork", visibility="public", fork=True),
    )
    declared = [excuse(name="Acme/Declared")]

    found = judged(endpoint, "gh-repo-private", public_repositories=declared)
    assert {name: finding.status for name, finding in found.items()} == {
        "private": "pass",
        "internal": "pass",
        "declared": "pass",
        "forgotten": "fail",
        "old": "fail",
        "fork": "fail",
    }
    assert found["forgotten"].reason == "is public, and nobody has declared it so"


def ruled(
    *rules: str, protection: ClassicProtection | None = None, include: str = "~DEFAULT_BRANCH", **settings: Any
) -> HubRepository:
    """A repository whose default branch is under a rule set, and classic protection."""
    repository = HubRepository("r", **settings)
    repository.branch().protection = protection
    sets = [HubRuleSet(name="ours", rules={rule: {} for rule in rules}, include=[include])] if rules else []
    repository.part(RuleSets).sets = sets
    return repository


@pytest.mark.parametrize(
    ("repository", "status", "reason"),
    [
        pytest.param(ruled("deletion", "pull_request"), "pass", "", id="rule set"),
        pytest.param(ruled(protection=ClassicProtection(approvals=1)), "pass", "", id="classic"),
        pytest.param(
            ruled("deletion", protection=ClassicProtection(approvals=1)),
            "pass",
            "",
            id="rule set about something else, classic",
        ),
        pytest.param(ruled("pull_request", fork=True), "pass", "", id="fork"),
        pytest.param(
            ruled("pull_request", default_branch="100%#1"),
            "pass",
            "",
            id="branch name that is no URL",
        ),
        pytest.param(
            ruled("pull_request", default_branch="rel/1"),
            "pass",
            "",
            id="branch name with a slash",
        ),
        pytest.param(
            HubRepository("r"), "fail", "lets main be changed without a pull request: nothing protects it", id="nothing"
        ),
        pytest.param(
            ruled("pull_request", include="refs/heads/release"),
            "fail",
            "lets main be changed without a pull request: nothing protects it",
            id="another branch",
        ),
        pytest.param(
            ruled("deletion", protection=ClassicProtection(approvals=None)),
            "fail",
            "lets main be changed without a pull request:"
            " there is only a deletion rule, classic protection without reviews",
            id="rules and protection about other things",
        ),
        pytest.param(
            HubRepository("r", archived=True),
            "not_applicable",
            "the repository is archived: nothing can be pushed to it",
            id="archived",
        ),
    ],
)
def test_protection_of_the_default_branch(endpoint: str, repository: HubRepository, status: str, reason: str) -> None:
    acme(repository)

    found = judged(endpoint, "gh-branch-protected")["r"]
    assert (found.status, found.reason) == (status, reason)


def test_a_plan_without_protection_protects_nothing() -> None:
    upgrade = ApiError("403", "Upgrade to GitHub Pro or make this repository public to enable this feature.", 403)
    change = {
        "/orgs/{org}": {**ORGANIZATION, "plan": {"name": "free"}},
        "/repos/{owner}/{repo}/rules/branches/{branch}": upgrade,
        "/repos/{owner}/{repo}/branches/{branch}/protection": upgrade,
    }

    found = scripted("gh-branch-protected", Scripted({**ANSWERS, **change}))
    assert (found.status, found.reason) == (
        "fail",
        "lets main be changed without a pull request: the organization's plan (free) has no protection for it",
    )


def test_protection_counts_on_the_public_repositories_of_such_a_plan(endpoint: str) -> None:
    acme(ruled("pull_request", visibility="public"), plan="free")

    assert judged(endpoint, "gh-branch-protected")["r"].status == "pass"


NOT_FOUND = ApiError("404", "Not Found", 404)
DENIED = ApiError("403", "Resource not accessible by personal access token", 403)


@pytest.mark.parametrize("error", [NOT_FOUND, DENIED], ids=["404 Not Found", "403"])
@pytest.mark.parametrize(
    "path", ["/repos/{owner}/{repo}/rules/branches/{branch}", "/repos/{owner}/{repo}/branches/{branch}/protection"]
)
def test_what_the_token_may_not_know_of_a_branch_is_an_error(path: str, error: ApiError) -> None:
    assert scripted("gh-branch-protected", Scripted({**ANSWERS, path: error})).status == "error"


def test_classic_protection_is_not_asked_for_where_a_rule_set_decides() -> None:
    transport = Scripted({**ANSWERS, "/repos/{owner}/{repo}/rules/branches/{branch}": [{"type": "pull_request"}]})

    assert scripted("gh-branch-protected", transport).status == "pass"
    assert not [call for call in transport.asked if call.operation.endswith("/protection")]


@pytest.mark.parametrize("field", ["visibility", "archived", "default_branch"])
def test_a_repository_without_what_github_always_tells_is_an_error(field: str) -> None:
    cut = {name: value for name, value in SHOP.items() if name != field}
    control = "gh-repo-private" if field == "visibility" else "gh-branch-protected"

    assert scripted(control, Scripted({**ANSWERS, "/orgs/{org}/repos": [cut]})).status == "error"


@pytest.mark.parametrize("name", ["gh-repo-private", "gh-branch-protected"])
def test_repositories_that_the_token_does_not_see_are_an_error_beside_the_others(endpoint: str, name: str) -> None:
    acme(ruled("pull_request"), HubRepository("secret-project", hidden=True))

    found = judged(endpoint, name)
    assert {name: finding.status for name, finding in found.items()} == {"r": "pass", "*": "error"}
    assert found["*"].reason.startswith("the token sees 1 of the 2 private repositories of acme")


def test_a_token_that_is_not_shown_how_many_repositories_there_are_cannot_tell(endpoint: str) -> None:
    acme(HubRepository("shop"), token_is_owner=False)

    found = judged(endpoint, "gh-repo-private")
    assert {name: finding.status for name, finding in found.items()} == {"shop": "pass", "*": "error"}


@pytest.mark.parametrize(
    ("private", "public", "reason"),
    [
        pytest.param(1, 1, None, id="as many as there are"),
        pytest.param(
            2, 1, "the token sees 1 of the 2 private repositories of acme", id="a private one that is not seen"
        ),
        pytest.param(0, 1, "acme says that it has 0 private and 1 public", id="a private one too many"),
        pytest.param(1, 2, "acme says that it has 1 private and 2 public", id="a public one that is not listed"),
        pytest.param(1, 0, "acme says that it has 1 private and 0 public", id="a public one too many"),
        pytest.param(2, 0, "the token sees 1 of the 2 private repositories", id="the same sum"),
    ],
)
def test_the_list_of_repositories_is_held_against_the_organizations_own_count(
    private: int, public: int, reason: str | None
) -> None:
    site = {**SHOP, "name": "site", "html_url": f"{URL}/site", "private": False}
    counts = {**ORGANIZATION, "total_private_repos": private, "public_repos": public}
    transport = Scripted({**ANSWERS, "/orgs/{org}": counts, "/orgs/{org}/repos": [SHOP, site]})
    found = by_name(judge(entered(transport), "gh-repo-private"))
    assert sorted(found) == (["*"] if reason else []) + ["shop", "site"]
    assert reason is None or (found["*"].status == "error" and found["*"].reason.startswith(reason))


def test_an_organization_that_does_not_count_its_public_repositories_is_an_error() -> None:
    answers = {**ANSWERS, "/orgs/{org}": {**ORGANIZATION, "public_repos": None}}
    assert by_name(judge(entered(Scripted(answers)), "gh-repo-private"))["*"].status == "error"


@pytest.mark.parametrize("name", ["gh-repo-private", "gh-branch-protected"])
def test_without_repositories_there_is_nothing_to_judge(endpoint: str, name: str) -> None:
    acme()

    assert judged(endpoint, name)[""].status == "not_applicable"
