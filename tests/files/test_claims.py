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
