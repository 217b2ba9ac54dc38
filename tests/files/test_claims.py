"""No requirement is said to be judged whole by a control that looks at a part of what it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.selection.frameworks import resolved_requirements
from muster.selection.profiles import load_profiles

SHIPPED = Path(__file__).parents[2] / "profiles"


PARTS = {
    "backup-plan-covers": "what is tagged as one for development is spared",
    "config-recorder-on": "recorders may leave IAM out in each region, and so in all",
    "gh-apps-declared": "GitHub lists the apps of an organization, and no OAuth apps",
    "gh-environments-guarded": "deployments to environments, not access to production",
    "gh-no-binaries": "by name, and not by content",
    "gh-packages-private": "what is declared public is let be",
    "gh-releases-signed": "the newest release",
    "gh-repo-private": "what is declared public is let be",
    "iam-user-mfa": "service accounts are spared",
    "org-management-account-empty": "five kinds of workloads",
    "org-services-delegated": "services of security",
    "rds-cluster-multi-az": "what is tagged as one for development is spared",
    "rds-instance-multi-az": "what is tagged as one for development is spared",
}
"""Controls that look at a part of what standards ask, with the part."""


@pytest.mark.parametrize("part", PARTS)
def test_controls_that_look_at_a_part_judge_no_requirement_whole(part: str) -> None:
    frameworks = load_profiles(SHIPPED).frameworks
    by_parts = {
        f"{framework.name} {id_}": each.judged
        for framework in frameworks.values()
        for id_, each in resolved_requirements(framework, frameworks).items()
        if part in each.controls and PARTS.keys() >= set(each.controls)
    }

    assert [name for name, judged in by_parts.items() if judged == "whole"] == []


VENDOR = ("aws-fsbp", "aws-config-managed-rules")
"""Rules of AWS are about one kind of resource each; what a standard asks is asked of all."""


@pytest.mark.parametrize(
    ("of_one", "of_its_like"),
    [
        pytest.param("inspector-exploited-vulnerabilities-fixed", "inspector-findings-handled", id="flaws"),
        pytest.param("opensearch-not-public", "search-collection-not-public", id="search, reached"),
        pytest.param("rds-tls-required", "rds-proxy-tls-required", id="databases by their proxies"),
        pytest.param("redshift-not-public", "redshift-serverless-not-public", id="warehouses, reached"),
        pytest.param("redshift-tls-required", "redshift-serverless-tls-required", id="warehouses, under TLS"),
    ],
)
def test_a_standard_asks_of_a_service_what_it_asks_of_its_like(of_one: str, of_its_like: str) -> None:
    frameworks = load_profiles(SHIPPED).frameworks
    asked = {
        f"{framework.name} {id_}": each.controls
        for framework in frameworks.values()
        if framework.name not in VENDOR and not framework.name.startswith("cis-")
        for id_, each in resolved_requirements(framework, frameworks).items()
        if of_one in each.controls
    }

    assert asked
    assert [name for name, controls in asked.items() if of_its_like not in controls] == []
