"""No requirement is said to be judged whole by a control that looks at a part of what it asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.selection.frameworks import resolved_requirements
from muster.selection.profiles import load_profiles

SHIPPED = Path(__file__).parents[2] / "profiles"


@pytest.mark.parametrize(
    "by",
    [
        pytest.param("config-recorder-on", id="recorders may leave IAM out in each region, and so in all"),
        pytest.param("gh-apps-declared", id="GitHub lists the apps of an organization, and no OAuth apps"),
        pytest.param("gh-environments-guarded", id="deployments to environments, not access to production"),
        pytest.param("gh-no-binaries", id="by name, and not by content"),
        pytest.param("gh-packages-private", id="what is declared public is let be"),
        pytest.param("gh-releases-signed", id="the newest release"),
        pytest.param("org-management-account-empty", id="five kinds of workloads"),
        pytest.param("org-services-delegated", id="services of security"),
    ],
)
def test_a_control_that_looks_at_a_part_judges_no_requirement_whole(by: str) -> None:
    frameworks = load_profiles(SHIPPED).frameworks
    alone = {
        f"{framework.name} {id_}": each.judged
        for framework in frameworks.values()
        for id_, each in resolved_requirements(framework, frameworks).items()
        if by in each.controls and not set(each.controls) - {by, "gh-repo-private"}
    }

    assert [name for name, judged in alone.items() if judged == "whole"] == []


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
