"""What a run will ask of an organization is held against its rate limit before the first question."""

from __future__ import annotations

from typing import Any

import pytest

from muster.errors import UsageError
from muster.reading.reads import Answer, ApiError
from muster.run.budget import ORGANIZATION, Reckoning, reckon, refuse_what_is_too_much, requests
from tests.engine import lamps

RULES = "github:GET /repos/{owner}/{repo}/rules/branches/{branch}"
KEYS = "github:GET /repos/{owner}/{repo}/keys"
REPOSITORIES = "github:GET /orgs/{org}/repos"
ASKED = [ORGANIZATION, REPOSITORIES, RULES, KEYS, "github:QUERY Settings", "ec2:describe_vpcs"]
LIMIT = {"resources": {"core": {"limit": 5_000, "remaining": 3_100, "reset": 1_764_165_900}}}
ACME = {"public_repos": 10, "total_private_repos": 990}


def told(limit: Any = LIMIT, organization: Any = ACME) -> Any:
    answers = {"github:GET /rate_limit": limit, ORGANIZATION: organization}
    given = {name: Answer(error=each) if isinstance(each, ApiError) else Answer(each) for name, each in answers.items()}
    return lamps.account(given)


@pytest.mark.parametrize(
    ("operations", "repositories", "number"),
    [
        pytest.param(ASKED, 1_000, 1 + 10 + 1_000 + 1_000, id="one a repository, and pages of the list"),
        pytest.param(ASKED, 101, 1 + 2 + 202, id="a page that is begun"),
        pytest.param(ASKED, 0, 1, id="no repository"),
        pytest.param([ORGANIZATION], 1_000, 1, id="the organization alone"),
        pytest.param(["github:QUERY Settings"], 1_000, 0, id="queries have a limit of their own"),
    ],
)
def test_most_is_asked_once_a_repository(operations: list[str], repositories: int, number: int) -> None:
    assert requests(operations, repositories) == number


def test_the_organization_says_how_many_repositories_it_has_and_github_what_is_left() -> None:
    found = reckon(told(), ASKED)
    assert found == Reckoning("prod", 1_000, 2_011, 3_100, 1_764_165_900.0)
    assert found.is_enough


def test_what_may_not_have_changed_is_not_reckoned() -> None:
    found = reckon(told(), ASKED, known=1_900)
    assert (found and found.needs) == 111


@pytest.mark.parametrize(
    ("limit", "organization"),
    [
        pytest.param(ApiError("404", "Rate limiting is not enabled.", 404), ACME, id="a server without a limit"),
        pytest.param({"resources": {}}, ACME, id="another answer"),
        pytest.param(LIMIT, ApiError("404", "Not Found", 404), id="an organization that cannot be read"),
    ],
)
def test_where_no_limit_is_told_nothing_is_reckoned(limit: Any, organization: Any) -> None:
    assert reckon(told(limit, organization), ASKED) is None


def test_an_organization_that_no_control_asks_about_is_not_asked() -> None:
    assert reckon(told(), [RULES]) is None


def test_a_limit_that_will_not_do_says_so_in_one_line() -> None:
    enough, too_much = Reckoning("a", 1, 5, 5, 0.0), Reckoning("code", 1_000, 4_000, 3_100, 1_764_165_900.0)
    refuse_what_is_too_much([enough])
    with pytest.raises(UsageError) as refused:
        refuse_what_is_too_much([enough, too_much])
    assert str(refused.value) == (
        "--budget=fail: code may need 4,000 requests for its 1,000 repositories and has 3,100 until 14:05 UTC: ask"
        " later, ask less, or let --budget=wait wait for it"
    )
