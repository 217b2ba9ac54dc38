"""Of which repositories of an organization a preflight asks, and what it says of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from muster.permissions.first_answers import TRIES
from muster.permissions.github_check import FewRepositories
from muster.reading.reads import Answer, ApiError, Call

WEB = "https://github.com/acme"
LIST = "GET /orgs/{org}/repos"
KEYS = "GET /repos/{owner}/{repo}/keys"


def listed(name: str, **other: Any) -> dict[str, Any]:
    return {"name": name, "html_url": f"{WEB}/{name}", "private": True, "archived": False, "size": 9, **other}


class Repositories:
    """Answers the list of repositories, and refuses all else; keeps of which repository it was asked."""

    def __init__(self, *repositories: Mapping[str, Any]) -> None:
        self.repositories = repositories
        self.asked: list[str] = []

    def send(self, call: Call) -> Answer:
        if call.operation == LIST:
            return Answer(list(self.repositories))
        self.asked.append(call.request["repo"])
        return Answer(error=ApiError("403", "Resource not accessible by integration", 403))


def few(organization: Repositories) -> FewRepositories:
    found = FewRepositories(organization)
    found.send(Call("code", "global", "github", LIST, {"org": "acme"}))
    for each in organization.repositories:
        found.send(Call("code", "global", "github", KEYS, {"owner": "acme", "repo": each["name"]}))
    return found


@pytest.mark.parametrize(
    ("repositories", "asked"),
    [
        ([listed("a"), listed("b")], ["a"]),
        ([listed("a"), listed("b", private=False), listed("c", private=False)], ["a", "b"]),
        ([listed("a", archived=True), listed("b", size=0), listed("c")], ["c"]),
        ([listed("a", archived=True), listed("b", size=0)], ["b"]),
        ([listed("a", archived=True)], ["a"]),
        ([], []),
    ],
)
def test_one_private_and_one_public_repository_are_asked(repositories: list[dict[str, Any]], asked: list[str]) -> None:
    organization = Repositories(*repositories)
    few(organization)

    assert organization.asked == asked


def test_what_is_known_of_others_was_not_asked_of_them() -> None:
    found = few(Repositories(listed("shop"), listed("shop-web")))

    asked = (
        WEB,
        f"{WEB}/*",
        f"{WEB}/shop",
        f"{WEB}/shop/x",
        f"{WEB}/shop-web",
        f"{WEB}/shop-web/x",
        f"{WEB}/shop-web2",
    )
    assert [found.is_asked(each) for each in asked] == [True, True, True, True, False, False, True]


def test_a_kind_of_question_is_asked_only_so_often() -> None:
    organization = Repositories(listed("shop"))
    found = few(organization)
    for number in range(TRIES):
        found.send(Call("code", "global", "github", KEYS, {"owner": "acme", "repo": "shop", "page": number}))

    assert len(organization.asked) == TRIES
    assert found.errors.keys() == {f"github:{KEYS}"}
