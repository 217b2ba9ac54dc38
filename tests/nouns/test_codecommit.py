"""CodeCommit: which approval rule templates guard a repository's default branch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.backends import get_backend

from fixtures.codecommit import ApprovalTemplate
from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

REGION = "eu-west-1"
CONTROL = "codecommit-approval-required"
ALL_BRANCHES = ()


def content(approvals: int, *branches: str) -> str:
    names = [f"refs/heads/{branch}" for branch in branches]
    statement = {"Type": "Approvers", "NumberOfApprovalsNeeded": approvals, "ApprovalPoolMembers": ["arn:aws:iam::*"]}
    destinations = {"DestinationReferences": names} if names else {}
    return json.dumps({"Version": "2018-11-08", **destinations, "Statements": [statement]})


def repository(stage: Stage, *templates: str, default_branch: str | None = "main") -> None:
    client = stage.client("codecommit")
    client.create_repository(repositoryName="shop")
    if default_branch is not None:
        backends: Mapping[str, Any] = get_backend("codecommit")["123456789012"]
        backends[REGION].repositories["shop"].repository_metadata["defaultBranch"] = default_branch
    for number, template in enumerate(templates):
        name = f"template-{number}"
        client.create_approval_rule_template(approvalRuleTemplateName=name, approvalRuleTemplateContent=template)
        client.associate_approval_rule_template_with_repository(approvalRuleTemplateName=name, repositoryName="shop")


def verdict(stage: Stage, **parameters: int) -> Finding:
    (only,) = stage.judge([CONTROL], [REGION], parameters={CONTROL: parameters})
    return only


@pytest.mark.parametrize(
    ("templates", "default_branch", "status"),
    [
        pytest.param([content(1)], "main", "pass", id="every branch"),
        pytest.param([content(1, "main")], "main", "pass", id="the default branch by name"),
        pytest.param([content(1, "release", "main")], "main", "pass", id="among others"),
        pytest.param([content(0), content(1, "main")], "main", "pass", id="the strictest of two"),
        pytest.param([], "main", "fail", id="no template"),
        pytest.param([content(0)], "main", "fail", id="no approval"),
        pytest.param([content(2, "release")], "main", "fail", id="another branch only"),
        pytest.param([content(1, "main")], "main-2", "fail", id="a name that only starts alike"),
        pytest.param([content(1)], None, "pass", id="an empty repository, every branch"),
        pytest.param(
            [content(1, "main")], None, "fail", id="an empty repository, a branch that may not become its own"
        ),
    ],
)
def test_approvals_on_the_default_branch(
    stage: Stage, templates: list[str], default_branch: str | None, status: str
) -> None:
    repository(stage, *templates, default_branch=default_branch)

    assert verdict(stage).status == status


@pytest.mark.parametrize(("asked", "status"), [(1, "pass"), (2, "pass"), (3, "fail")])
def test_a_profile_may_ask_for_more(stage: Stage, asked: int, status: str) -> None:
    repository(stage, content(2))

    assert verdict(stage, min_approvals=asked).status == status


def test_the_reason_tells_what_the_templates_ask_for(stage: Stage) -> None:
    repository(stage, content(2, "release", "hotfix"))

    assert verdict(stage).reason == (
        "asks for 0 approvals of a pull request into its default branch, less than 1;"
        " its templates ask for 2 into refs/heads/release, refs/heads/hotfix"
    )


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("{", id="not JSON"),
        pytest.param(json.dumps({"Version": "2018-11-08"}), id="no statements"),
        pytest.param(json.dumps({"Version": "2018-11-08", "Statements": [{"Type": "Votes"}]}), id="unknown statement"),
        pytest.param(json.dumps({"Version": "2018-11-08", "Statements": []}), id="empty"),
    ],
)
def test_a_template_that_cannot_be_understood_is_an_error(stage: Stage, broken: str) -> None:
    repository(stage, content(2), broken)

    found = verdict(stage)
    assert found.status == "error"
    assert "malformed answer" in found.reason


def test_a_repository_is_named_by_its_arn(stage: Stage) -> None:
    repository(stage, content(1))

    assert verdict(stage).resource == "arn:aws:codecommit:eu-west-1:123456789012:shop"


def test_without_repositories_there_is_nothing_to_judge(stage: Stage) -> None:
    assert verdict(stage).status == "not_applicable"


@given(approvals=st.integers(0, 50), branches=st.lists(st.text("abc/-", min_size=1), unique=True))
def test_a_template_says_what_was_written(approvals: int, branches: list[str]) -> None:
    template = ApprovalTemplate.parse(content(approvals, *branches))

    assert template.approvals == approvals
    assert template.branches == tuple(f"refs/heads/{branch}" for branch in branches)
