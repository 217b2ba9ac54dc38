"""Files of repositories on GitHub, and what public ones tell: fed answers, and the fake where a list is cut short."""

from __future__ import annotations

import base64
from typing import Any

import pytest

import controls.github.community
import controls.github.files
import controls.github.repositories  # noqa: F401  # its controls are asked for by id
from fixtures.github_community import GithubCommunity
from fixtures.github_files import GithubTree
from fixtures.sandbox import serve
from fixtures.sandbox.hub import server
from fixtures.sandbox.hub.files import HubFiles
from fixtures.sandbox.hub.state import Hub, HubOrganization, HubRepository
from muster import Unreadable
from muster.reading.reads import Answer, ApiError, Call
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from tests.nouns.test_github import ANSWERS, ORGANIZATION, SHOP, Scripted, by_name, entered, judge

TREE = "/repos/{owner}/{repo}/git/trees/{tree_sha}"
CONTENTS = "/repos/{owner}/{repo}/contents/{path}"
PUBLIC = {
    **SHOP,
    "private": False,
    "visibility": "public",
    "fork": False,
    "size": 1,
    "license": {"spdx_id": "MIT"},
    "has_issues": False,
    "has_discussions": True,
}


def tree(*paths: str, truncated: bool = False) -> dict[str, Any]:
    return {"sha": "1", "truncated": truncated, "tree": [{"path": path, "type": "blob"} for path in paths]}


def file(text: str, **other: Any) -> dict[str, Any]:
    return {"type": "file", "encoding": "base64", "content": base64.b64encode(text.encode()).decode(), **other}


def found(control: str, repository: dict[str, Any] = PUBLIC, **changes: Any) -> tuple[str, str]:
    """Status and reason of the one repository."""
    answers = {
        **ANSWERS,
        "/orgs/{org}": {**ORGANIZATION, "total_private_repos": int(repository["private"])},
        "/orgs/{org}/repos": [repository],
        **changes,
    }
    finding = by_name(judge(entered(Scripted(answers)), control))["shop"]
    return finding.status, finding.reason


class AnswersByRequest:
    """A transport that answers each tree by its sha and whether all its folders are asked for."""

    def __init__(self, trees: dict[tuple[str, bool], dict[str, Any]]) -> None:
        self.trees = trees

    def send(self, call: Call) -> Answer:
        if call.operation == f"GET {TREE}":
            return Answer(self.trees[call.request["tree_sha"], "recursive" in call.request])
        return Scripted({**ANSWERS, "/orgs/{org}/repos": [{**SHOP, "size": 1}]}).send(call)


@pytest.mark.parametrize("largest", [100, 12, 5, 3])
def test_folders_are_asked_by_themselves_where_the_list_is_cut_short(largest: int) -> None:
    hub = Hub()
    organization = hub.add(HubOrganization("acme", "Acme", two_factor_required=True))
    organization.repositories = [HubRepository("shop", default_branch="release/1.x")]
    paths = {"top", "a/1", "a/2", "a/b/1", "a/b/2", "a/b/c/d", "z/1", "z/y/1"}
    organization.repositories[0].part(HubFiles).files = dict.fromkeys(paths, "text")
    organization.repositories[0].part(HubFiles).largest_tree = largest
    endpoint = serve.serve(server.application(hub))

    account = entered(GitHubTransport("token", Counts(), endpoint_url=endpoint))
    (shop,) = account.all(GithubTree)

    assert shop.files == paths


def test_a_folder_that_is_cut_short_by_itself_is_an_error() -> None:
    transport = AnswersByRequest({("main", True): tree(truncated=True), ("main", False): tree("a", truncated=True)})
    (shop,) = entered(transport).all(GithubTree)

    with pytest.raises(Unreadable, match="acme/shop: GitHub cuts the list of files in / short"):
        _ = shop.files


@pytest.mark.parametrize(
    ("size", "status", "reason"),
    [
        pytest.param(0, "not_applicable", "nothing has been pushed", id="listed without a size"),
        pytest.param(1, "error", "lists it with a size", id="listed with a size"),
    ],
)
def test_a_repository_is_empty_by_two_answers(size: int, status: str, reason: str) -> None:
    empty = ApiError("409", "Git Repository is empty.", 409)

    for control in ("gh-no-binaries", "gh-dependency-updates"):
        told, why = found(control, {**PUBLIC, "size": size}, **{TREE: empty})
        assert told == status
        assert reason in why


def test_an_empty_public_repository_says_nothing_of_flaws() -> None:
    empty = ApiError("409", "Git Repository is empty.", 409)

    assert found("gh-security-policy", {**PUBLIC, "size": 0}, **{TREE: empty}) == ("fail", "has no SECURITY.md")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(file("x", encoding="none", content=""), id="larger than a megabyte"),
        pytest.param(file("x", type="symlink"), id="a link out of the repository"),
        pytest.param(file("x", type="submodule"), id="a submodule"),
        pytest.param(file("x", content="!"), id="no base64"),
        pytest.param(file("x", content=base64.b64encode(b"\xff\xfe\x00").decode()), id="no text"),
        pytest.param([], id="a folder"),
        pytest.param(ApiError("404", "Not Found", 404), id="gone since the list"),
    ],
)
def test_a_file_whose_text_is_not_given_is_an_error(answer: Any) -> None:
    status, _ = found("gh-security-policy", **{TREE: tree("SECURITY.md"), CONTENTS: answer})

    assert status == "error"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("Write to security@acme.example.", "pass", id="an address"),
        pytest.param("See https://acme.example/security", "pass", id="a link"),
        pytest.param("[Report it](../../security/advisories/new).", "pass", id="a link within the project"),
        pytest.param("[What we support](#support)", "fail", id="a link within the page"),
        pytest.param("We take security seriously @ Acme.", "fail", id="nobody"),
        pytest.param("\ufeff", "fail", id="nothing"),
    ],
)
def test_a_security_policy_names_whom_to_tell(text: str, status: str) -> None:
    assert found("gh-security-policy", **{TREE: tree("docs/Security.md"), CONTENTS: file(text)})[0] == status


@pytest.mark.parametrize(
    ("required", "lacking"),
    [
        pytest.param("support", [], id="in a folder of GitHub's"),
        pytest.param("governance", [], id="without an ending"),
        pytest.param("maintainers", ["maintainers"], id="in another folder"),
        pytest.param("code_of_conduct", ["code_of_conduct"], id="not in the profile"),
    ],
)
def test_other_files_are_asked_for_by_name(required: str, lacking: list[str]) -> None:
    profile = dict.fromkeys(("readme", "contributing", "license", "code_of_conduct", "issue_template"))
    answers = {
        TREE: tree(".github/SUPPORT.md", "GOVERNANCE", "src/MAINTAINERS.md"),
        "/repos/{owner}/{repo}/community/profile": {"files": {**profile, "pull_request_template": None}},
    }
    transport = Scripted({**ANSWERS, "/orgs/{org}/repos": [PUBLIC], **answers})
    shop, _unseen = entered(transport).all(GithubCommunity)

    assert shop.lacking((required, "discussion")) == lacking


@pytest.mark.parametrize(
    ("pushed", "status"),
    [
        pytest.param("2026-05-27T00:00:00Z", "pass", id="180 days ago"),
        pytest.param("2026-05-26T23:59:59Z", "fail", id="a second more"),
        pytest.param("2099-12-24T00:00:00Z", "error", id="on a day that is still to come"),
        pytest.param(None, "error", id="not told"),
    ],
)
def test_repositories_grow_idle_by_the_last_push(pushed: str | None, status: str) -> None:
    assert found("gh-inactive-archived", {**PUBLIC, "pushed_at": pushed})[0] == status
