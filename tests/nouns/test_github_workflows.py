"""Workflows of repositories on GitHub, read by query for many at once; fed answers."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import controls.github.workflows  # noqa: F401  # its controls are asked for by id
from fixtures import workflow_audit
from fixtures.github_workflow_files import AT_ONCE
from muster.reading.reads import Answer, ApiError, Call
from tests.nouns.test_github import ANSWERS, ORGANIZATION, SHOP, URL, Scripted, by_name, entered, judge

CI = ".github/workflows/ci.yml"
HASH = "08c6903cd8c0fde910a37f88322edcfb5dd907a8"
PERMISSIONS = "/orgs/{org}/actions/permissions"
SELECTED = {"enabled_repositories": "all", "allowed_actions": "selected"}
OF_FILES = [
    "gh-actions-restricted",
    "gh-workflow-images-pinned",
    "gh-workflow-permissions-explicit",
    "gh-workflows-audited",
    "gh-workflows-safe",
]


def blob(text: str | None) -> dict[str, Any]:
    return {"text": text, "isBinary": text is None, "isTruncated": False}


def node(id_: str = "R_shop", **changes: Any) -> dict[str, Any]:
    beside = dict.fromkeys(("action_yml", "action_yaml", "dependabot_yml", "dependabot_yaml"))
    return {"id": id_, "isEmpty": False, "root": {"oid": HASH}, "workflows": None, **beside, **changes}


def with_files(**texts: Any) -> dict[str, Any]:
    """A repository's node with these workflows; of one that is no text, what GitHub tells instead."""
    told = {name: blob(text) if isinstance(text, str) else text for name, text in texts.items()}
    entries = [{"path": f".github/workflows/{name}", "type": "blob", "object": each} for name, each in told.items()]
    return node(workflows={"entries": entries})


def tree(*paths: str, truncated: bool = False) -> dict[str, Any]:
    return {"tree": [{"path": path, "type": "blob", "sha": HASH} for path in paths], "truncated": truncated}


def workflow(step: str = "run: make", top: str = "permissions: {}", on: str = "push") -> str:
    return f"""\
on: {on}
{top}
concurrency: {{group: ci, cancel-in-progress: true}}
jobs:
  a:
    runs-on: x
    name: a
    steps:
    - name: a
      {step}
"""


def answers(*nodes: Any, **changes: Any) -> dict[str, Any]:
    return {
        **ANSWERS,
        "/orgs/{org}/repos": [{**SHOP, "node_id": "R_shop"}],
        PERMISSIONS: SELECTED,
        f"{PERMISSIONS}/selected-actions": {"patterns_allowed": ["octo/*"]},
        "/repos/{owner}/{repo}/git/trees/{tree_sha}": tree(),
        "QUERY RepositoryWorkflows": {"nodes": list(nodes)},
        "QUERY RepositoryActions": {"repository": {"file0": None, "file1": None}},
        **changes,
    }


def found(of_control: str, *nodes: Any, **changes: Any) -> tuple[str, str]:
    """What the control says of the repository: status and reason."""
    of_shop = by_name(judge(entered(Scripted(answers(*nodes, **changes))), of_control))["shop"]
    return of_shop.status, of_shop.reason


@pytest.mark.parametrize(
    ("of_control", "text", "status", "reason"),
    [
        ("gh-workflows-safe", workflow(), "pass", ""),
        (
            "gh-workflows-safe", workflow("run: echo ${{ github.event.issue.title }}"), "fail",
            f"{CI}:10 pastes github.event.issue.title into a script",
        ),
        (
            "gh-workflows-safe",
            workflow("uses: a/checkout@v5\n      with: {ref: '${{ github.head_ref }}'}", on="pull_request_target"),
            "fail",
            f"{CI}:10 checks out the head of the pull request (github.head_ref), triggered by pull_request_target",
        ),
        ("gh-workflows-safe", workflow("run: echo ${{ github. }}"), "error", f"{CI} is no workflow that GitHub takes"),
        ("gh-workflow-permissions-explicit", workflow(), "pass", ""),
        ("gh-workflow-permissions-explicit", workflow(top="permissions: write-all"), "fail", f"{CI}:2 gives every job"),
        ("gh-workflow-permissions-explicit", "on: push", "error", f"acme/shop: {CI} is no workflow"),
        ("gh-actions-restricted", workflow(), "pass", ""),
        ("gh-actions-restricted", workflow(f"uses: octo/tool@{HASH}"), "pass", ""),
        ("gh-actions-restricted", workflow("uses: Acme/tool@v1"), "pass", ""),
        ("gh-actions-restricted", workflow("uses: octo/tool@v1"), "fail", f"{CI}:10 octo/tool@v1 is pinned to no"),
        ("gh-actions-restricted", workflow("uses: ./tool"), "fail", "./tool, which is not in the default branch"),
        ("gh-workflow-images-pinned", workflow(), "not_applicable", "no job of a workflow runs an image"),
        (
            "gh-workflow-images-pinned",
            workflow("run: a").replace("    name", "    container: node:22\n    name"),
            "fail",
            f"{CI}:7 node:22 is an image by no digest",
        ),
        ("gh-workflows-audited", workflow(), "pass", ""),
        (
            "gh-workflows-audited",
            workflow("run: echo ${{ github.event.issue.title }} # zizmor: ignore[template-injection]"), "fail",
            f"{CI}:10 template-injection (high)",
        ),
        ("gh-workflows-audited", "on: [", "error", "ends with exit code 1: failed to load"),
        ("gh-workflows-audited", "on: push", "error", "ends with exit code 1"),
    ],
)  # fmt: skip
def test_a_workflow(of_control: str, text: str, status: str, reason: str) -> None:
    got = found(of_control, with_files(**{"ci.yml": text}))

    assert got[0] == status
    assert reason in got[1]


@pytest.mark.parametrize("of_control", OF_FILES)
@pytest.mark.parametrize(
    ("told", "status", "reason"),
    [
        pytest.param(node(), "not_applicable", "", id="no workflow"),
        pytest.param(node(isEmpty=True, root=None), "not_applicable", "", id="nothing was pushed yet"),
        pytest.param(with_files(**{"README.md": "a", "x.yml.txt": "a"}), "not_applicable", "", id="other files"),
        pytest.param(node(root=None), "error", "permission Contents: read", id="contents that may not be read"),
        pytest.param(node("R_other"), "error", "does not tell of it", id="another repository"),
        pytest.param(None, "error", "does not tell of it", id="a repository that is gone"),
        pytest.param(with_files(**{"ci.yaml": blob(None)}), "error", "does not tell what", id="a binary file"),
        pytest.param(
            with_files(**{"ci.yaml": {**blob(workflow()), "isTruncated": True}}), "error", "too large", id="a part"
        ),
        pytest.param(with_files(**{"ci.yaml": {}}), "error", "or gone", id="a file without its content"),
        pytest.param(with_files(**{"ci.yaml": None}), "error", "or gone", id="a file that is gone"),
        pytest.param(node(workflows={}), "error", "entries", id="a folder without its entries"),
    ],
)  # fmt: skip
def test_what_is_told_of_a_repository(of_control: str, told: Any, status: str, reason: str) -> None:
    got = found(of_control, told)

    assert got[0] == status, got
    assert reason in got[1]


@pytest.mark.parametrize("of_control", OF_FILES)
def test_an_error_beside_the_answer_is_one(of_control: str) -> None:
    refused = ApiError("FORBIDDEN", "Resource not accessible by personal access token", 200)

    assert found(of_control, **{"QUERY RepositoryWorkflows": refused})[0] == "error"


@pytest.mark.parametrize("of_control", OF_FILES)
def test_where_a_repository_is_archived_nothing_runs(of_control: str) -> None:
    archived = {**SHOP, "node_id": "R_shop", "archived": True}
    got = found(of_control, **{"/orgs/{org}/repos": [archived]})

    assert got == ("not_applicable", "the repository is archived: no workflow runs there any more")


@pytest.mark.parametrize("of_control", OF_FILES)
def test_repositories_that_the_token_does_not_see_are_an_error(of_control: str) -> None:
    transport = Scripted(answers(node(), **{"/orgs/{org}": {**ORGANIZATION, "total_private_repos": 2}}))

    assert by_name(judge(entered(transport), of_control))["*"].status == "error"


def test_many_repositories_are_asked_for_at_once() -> None:
    names = [f"r{number}" for number in range(AT_ONCE + 1)]
    repositories = [
        {**SHOP, "name": name, "full_name": f"acme/{name}", "html_url": f"{URL}/{name}", "node_id": name}
        for name in names
    ]
    organization = {**ORGANIZATION, "total_private_repos": len(names)}
    told = answers(*map(node, names), **{"/orgs/{org}/repos": repositories, "/orgs/{org}": organization})
    transport = Scripted(told)

    assert {each.status for each in judge(entered(transport), "gh-workflows-safe")} == {"not_applicable"}
    asked = [call.request["ids"] for call in transport.asked if call.operation == "QUERY RepositoryWorkflows"]
    assert asked == [names[:AT_ONCE], names[AT_ONCE:]]


class Deleted(Scripted):
    """A GitHub that tells of no repository once one of those asked for is gone."""

    def send(self, call: Call) -> Answer:
        if "gone" in call.request.get("ids", ()):
            return Answer(error=ApiError("NOT_FOUND", "Could not resolve to a node with the global id of 'gone'", 200))
        return super().send(call)


def test_a_repository_that_is_deleted_meanwhile_takes_no_other_with_it() -> None:
    repositories = [
        {**SHOP, "name": name, "full_name": f"acme/{name}", "html_url": f"{URL}/{name}", "node_id": name}
        for name in ("gone", "shop")
    ]
    organization = {**ORGANIZATION, "total_private_repos": 2}
    told = answers(node("shop"), **{"/orgs/{org}/repos": repositories, "/orgs/{org}": organization})

    found = by_name(judge(entered(Deleted(told)), "gh-workflows-safe"))
    assert {name: each.status for name, each in found.items()} == {"gone": "error", "shop": "not_applicable"}


@pytest.mark.parametrize(
    ("permissions", "patterns", "status", "reason"),
    [
        pytest.param(SELECTED, [], "pass", "", id="selected"),
        pytest.param({**SELECTED, "allowed_actions": "local_only"}, None, "pass", "", id="our own alone"),
        pytest.param({**SELECTED, "allowed_actions": "all"}, None, "fail", "every action", id="all"),
        pytest.param(SELECTED, ["octo/*", "*/*"], "fail", "actions of anybody (patterns_allowed: */*)", id="anybody's"),
        pytest.param({"enabled_repositories": "all"}, None, "error", "does not tell", id="not told"),
        pytest.param({"enabled_repositories": "none"}, None, "not_applicable", "lets no workflow run", id="none runs"),
        pytest.param({**SELECTED, "allowed_actions": "most"}, None, "error", "most", id="a choice that GitHub may add"),
    ],
)
def test_actions_that_an_organization_allows(permissions: Any, patterns: Any, status: str, reason: str) -> None:
    changes = {PERMISSIONS: permissions, f"{PERMISSIONS}/selected-actions": {"patterns_allowed": patterns}}
    got = by_name(judge(entered(Scripted(answers(node(), **changes))), "gh-actions-restricted"))[""]

    assert got.status == status
    assert reason in got.reason


@pytest.mark.parametrize(
    ("uses", "status"),
    [
        ("octo/tool@v1", "pass"),
        ("docker://alpine:3.22", "fail"),
    ],
)
def test_where_github_enforces_pinning_it_runs_no_tag(uses: str, status: str) -> None:
    enforced = {PERMISSIONS: {**SELECTED, "sha_pinning_required": True}}

    assert found("gh-actions-restricted", with_files(**{"ci.yml": workflow(f"uses: {uses}")}), **enforced)[0] == status


@pytest.mark.parametrize(
    ("of_control", "action", "reason"),
    [
        ("gh-actions-restricted", "uses: octo/tool@v1", "tool/action.yml:4 octo/tool@v1 is pinned to no commit"),
        ("gh-workflows-safe", "run: echo ${{ github.head_ref }}", "tool/action.yml:4 pastes github.head_ref"),
    ],
)
def test_actions_of_the_repository_are_followed_into(of_control: str, action: str, reason: str) -> None:
    text = f"runs:\n  using: composite\n  steps:\n  - {action}\n"
    told = {"QUERY RepositoryActions": {"repository": {"file0": blob(text), "file1": None}}}
    got = found(of_control, with_files(**{"ci.yml": workflow("uses: ./tool")}), **told)

    assert got[0] == "fail"
    assert reason in got[1]


def test_actions_are_analysed_wherever_they_lie() -> None:
    inputs = "inputs: {a: {description: a, required: true}}"
    step = "- run: echo ${{ inputs.a }}\n    shell: bash"
    text = f"name: a\ndescription: a\n{inputs}\nruns:\n  using: composite\n  steps:\n  {step}\n"
    told = {
        "/repos/{owner}/{repo}/git/trees/{tree_sha}": tree("src/a.py", "tools/say/action.yml"),
        "QUERY RepositoryActions": {"repository": {"file0": blob(text), "file1": None}},
    }
    status, reason = found("gh-workflows-audited", node(), **told)

    assert status == "fail"
    assert "tools/say/action.yml:7 template-injection" in reason


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(tree("tools/say/action.yml"), id="an action that is gone"),
        pytest.param(tree(truncated=True), id="a part of the tree"),
        pytest.param(ApiError("403", "Resource not accessible by personal access token", 403), id="no tree"),
    ],
)
def test_files_that_cannot_be_told_are_an_error(told: Any) -> None:
    assert found("gh-workflows-audited", node(), **{"/repos/{owner}/{repo}/git/trees/{tree_sha}": told})[0] == "error"


def test_one_file_that_is_no_workflow_leaves_the_analysis_of_others_whole() -> None:
    repositories = [
        {**SHOP, "name": name, "full_name": f"acme/{name}", "html_url": f"{URL}/{name}", "node_id": name}
        for name in ("bad", "good", "sound")
    ]
    texts = {"bad": "on: [", "good": workflow("run: echo ${{ github.head_ref }}"), "sound": workflow("run: make all")}
    nodes = [{**with_files(**{"ci.yml": text}), "id": name} for name, text in texts.items()]
    organization = {**ORGANIZATION, "total_private_repos": 3}
    told = answers(*nodes, **{"/orgs/{org}/repos": repositories, "/orgs/{org}": organization})

    found = by_name(judge(entered(Scripted(told)), "gh-workflows-audited"))
    assert {name: each.status for name, each in found.items()} == {"bad": "error", "good": "fail", "sound": "pass"}


def test_secrets_in_a_workflow_are_never_seen() -> None:
    secret = "ghp_" + "a1B2c3D4" * 4 + "e5F6"
    got = found(
        "gh-workflow-permissions-explicit", with_files(**{"ci.yml": workflow(f"run: x -p user:{secret}", top="")})
    )

    assert got[0] == "fail"
    assert secret not in got[1]


def test_without_zizmor_nothing_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    account = entered(Scripted(answers(with_files(**{"ci.yml": workflow("run: make without zizmor")}))))
    monkeypatch.setattr(sys, "path", [folder for folder in sys.path if "site-packages" not in folder])

    (finding,) = judge(account, "gh-workflows-audited")
    assert (finding.status, finding.reason) == ("error", "zizmor is not installed: pip install 'muster[workflows]'")


@pytest.mark.parametrize("level", ["", "HIGH", "critical"])
def test_a_level_that_is_none_is_refused(level: str) -> None:
    with pytest.raises(Exception, match="is no level: expected informational, low, medium, high"):
        workflow_audit.audit_workflows({CI: workflow("run: ${{ github.head_ref }}")}, level, "low", ())


@pytest.mark.parametrize("path", ["../out", "/etc/out", "a/../../out", "a\0b"])
def test_a_file_stays_within_the_folder_that_is_analysed(path: str) -> None:
    with pytest.raises(Exception, match="no path within a repository"):
        workflow_audit.audit_workflows({path: workflow()}, "low", "low", ())
