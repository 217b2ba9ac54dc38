"""ECR: which repositories a registry scans, which tags stay, and which policies let anyone in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.ecr import RegistryScanning
from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

REGION = "eu-west-1"


def create(stage: Stage, name: str = "acme/shop", **settings: Any) -> None:
    stage.client("ecr").create_repository(repositoryName=name, **settings)


def scan(stage: Stage, kind: str, *rules: tuple[str, str]) -> None:
    stage.client("ecr").put_registry_scanning_configuration(
        scanType=kind,
        rules=[
            {"scanFrequency": frequency, "repositoryFilters": [{"filter": name, "filterType": "WILDCARD"}]}
            for frequency, name in rules
        ],
    )


def verdict(stage: Stage, control: str) -> Finding:
    (only,) = stage.judge([control], [REGION])
    return only


@pytest.mark.parametrize(
    ("kind", "rules", "own", "status"),
    [
        pytest.param("BASIC", [], False, "fail", id="nobody asks for scans"),
        pytest.param("BASIC", [], True, "pass", id="basic: the repository asks"),
        pytest.param("BASIC", [("SCAN_ON_PUSH", "*")], False, "pass", id="basic: the registry asks"),
        pytest.param("BASIC", [("SCAN_ON_PUSH", "other*")], False, "fail", id="basic: the registry asks for others"),
        pytest.param("ENHANCED", [], True, "fail", id="enhanced: the repository's own setting is void"),
        pytest.param("ENHANCED", [("CONTINUOUS_SCAN", "acme/*")], False, "pass", id="enhanced: continuously"),
        pytest.param("ENHANCED", [("SCAN_ON_PUSH", "acme/*")], False, "pass", id="enhanced: at the push"),
        pytest.param("ENHANCED", [("MANUAL", "*")], True, "fail", id="only when somebody asks"),
        pytest.param(
            "ENHANCED", [("SCAN_ON_PUSH", "x"), ("CONTINUOUS_SCAN", "shop")], False, "pass", id="by a later rule"
        ),
    ],
)
def test_who_scans(stage: Stage, kind: str, rules: list[tuple[str, str]], own: bool, status: str) -> None:
    create(stage, imageScanningConfiguration={"scanOnPush": own})
    scan(stage, kind, *rules)

    assert verdict(stage, "ecr-scan-on-push").status == status


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("prod", ["prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"]),
        ("*prod", ["prod", "repo-prod"]),
        ("prod*", ["prod", "prod-repo", "prodrepo"]),
        ("*prod*", ["prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"]),
        ("prod*repo", ["prod-repo", "prodrepo"]),
        ("pr.d", []),
    ],
)
def test_a_filter_without_wildcard_fits_any_part_of_a_name(pattern: str, fitting: list[str]) -> None:
    names = ["prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"]
    registry = RegistryScanning("BASIC", (pattern,))

    assert [name for name in names if registry.covers(name)] == fitting


NAMES = st.text("ab./-_", min_size=1)


@given(left=NAMES, name=NAMES, right=NAMES)
def test_filters_take_names_as_they_are(left: str, name: str, right: str) -> None:
    assert RegistryScanning("BASIC", (name,)).covers(f"{left}{name}{right}")
    assert RegistryScanning("BASIC", (f"{left}*{right}",)).covers(f"{left}{name}{right}")
    assert not RegistryScanning("BASIC", (f"*{name}",)).covers(f"{name}{right}c")


@pytest.mark.parametrize(
    ("mutability", "exclusions", "status", "reason"),
    [
        pytest.param("IMMUTABLE", [], "pass", "", id="immutable"),
        pytest.param("IMMUTABLE_WITH_EXCLUSION", ["latest"], "pass", "", id="but for one tag"),
        pytest.param(
            "IMMUTABLE_WITH_EXCLUSION",
            ["dev-*", "latest"],
            "fail",
            "lets tags be moved: its setting is IMMUTABLE_WITH_EXCLUSION, with the exclusions dev-*, latest",
            id="but for tags that nobody named",
        ),
        pytest.param(
            "IMMUTABLE_WITH_EXCLUSION",
            ["latest", "*"],
            "fail",
            "lets tags be moved: its setting is IMMUTABLE_WITH_EXCLUSION, with the exclusions latest, *",
            id="but for every tag",
        ),
        pytest.param("MUTABLE", [], "fail", "lets tags be moved: its setting is MUTABLE", id="mutable"),
        pytest.param(
            "MUTABLE_WITH_EXCLUSION",
            ["v*"],
            "fail",
            "lets tags be moved: its setting is MUTABLE_WITH_EXCLUSION, with the exclusions v*",
            id="mutable but for some tags",
        ),
    ],
)
def test_tags_that_stay(stage: Stage, mutability: str, exclusions: list[str], status: str, reason: str) -> None:
    filters = [{"filterType": "WILDCARD", "filter": pattern} for pattern in exclusions]
    excluding: dict[str, Any] = {"imageTagMutabilityExclusionFilters": filters} if filters else {}
    create(stage, imageTagMutability=mutability, **excluding)

    found = verdict(stage, "ecr-tags-immutable")
    assert (found.status, found.reason) == (status, reason)


def statement(principal: Any, condition: dict[str, Any] | None = None, **elements: Any) -> dict[str, Any]:
    condition = {"Condition": condition} if condition else {}
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "ecr:BatchGetImage",
        **condition,
        **elements,
    }


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param(statement({"AWS": "arn:aws:iam::444455556666:root"}), "pass", id="one account"),
        pytest.param(statement({"Service": "lambda.amazonaws.com"}), "pass", id="a service"),
        pytest.param(statement("*", Effect="Deny"), "pass", id="a refusal of all"),
        pytest.param(
            statement("*", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), "pass", id="our organization"
        ),
        pytest.param(statement("*"), "fail", id="anyone"),
        pytest.param(statement({"AWS": "*"}), "fail", id="anyone with an account"),
        pytest.param(
            statement("*", {"StringLike": {"aws:PrincipalOrgID": "*"}}), "fail", id="a condition that narrows nothing"
        ),
        pytest.param(
            statement("*", {"Bool": {"aws:SecureTransport": "true"}}), "fail", id="a condition about something else"
        ),
    ],
)
def test_policies_that_let_anyone_in(stage: Stage, given: dict[str, Any], status: str) -> None:
    create(stage)
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": "Pull", **given}]}
    stage.client("ecr").set_repository_policy(repositoryName="acme/shop", policyText=json.dumps(policy))

    found = verdict(stage, "ecr-not-public")
    reason = "lets anyone in: statement 1 (Pull) of its policy" if status == "fail" else ""
    assert (found.status, found.reason) == (status, reason)


def test_a_repository_without_a_policy_is_not_public(stage: Stage) -> None:
    create(stage)

    assert verdict(stage, "ecr-not-public").status == "pass"


@pytest.mark.parametrize("name", ["ecr-scan-on-push", "ecr-tags-immutable", "ecr-not-public"])
def test_without_repositories_there_is_nothing_to_judge(stage: Stage, name: str) -> None:
    assert verdict(stage, name).status == "not_applicable"
