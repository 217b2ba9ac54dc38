"""What GitHub looks for in repositories, and which of them may be forked; fed answers."""

from __future__ import annotations

from typing import Any

import pytest

import controls.github.repositories
import controls.github.scans  # noqa: F401  # its controls are asked for by id
from muster import Facts
from muster.judging.control import CONTROLS
from muster.judging.judgement import judge_control
from muster.reading.reads import ApiError
from tests.excuses import excuse
from tests.nouns.test_github import ANSWERS, DENIED, NOT_FOUND, ORGANIZATION, SHOP, Scripted, entered

REPO = "/repos/{owner}/{repo}"
ALERTS, FIXES = f"{REPO}/vulnerability-alerts", f"{REPO}/automated-security-fixes"
SHOWN = "QUERY RepositoryAlerts"
SETUP, ANALYSES = f"{REPO}/code-scanning/default-setup", f"{REPO}/code-scanning/analyses"
DEFAULTS = "/orgs/{org}/code-security/configurations/defaults"
FEATURES = ("secret_scanning", "secret_scanning_push_protection", "dependabot_security_updates")
NO_ANALYSIS = ApiError("404", "no analysis found", 404)
ALERTS_OFF = ApiError("404", "Vulnerability alerts are disabled.", 404)
NOT_CONFIGURED = {"state": "not-configured"}


def whole(**changes: Any) -> dict[str, Any]:
    """A repository by itself, as an administrator sees it; `off` names features that are not enabled."""
    off = changes.pop("off", ())
    features = {name: {"status": "disabled" if name in off else "enabled"} for name in FEATURES}
    return {**SHOP, "allow_forking": False, "security_and_analysis": features, **changes}


def shown(has_alerts: object) -> dict[str, Any]:
    """What a query shows of the alerts of all repositories: GitHub shows false to those who may not know, too."""
    node = {"nameWithOwner": "Acme/Shop", "hasVulnerabilityAlertsEnabled": has_alerts}
    return {"organization": {"repositories": {"nodes": [None, node]}}}


def default(given_to: str = "all", **changes: Any) -> dict[str, Any]:
    features = ("dependabot_alerts", "secret_scanning", "secret_scanning_push_protection")
    configuration = {"name": "Ours", "enforcement": "enforced", **dict.fromkeys(features, "enabled"), **changes}
    return {"default_for_new_repos": given_to, "configuration": configuration}


def analysis(made: str, tool: str = "CodeQL", ref: str = "refs/heads/main", error: str = "") -> dict[str, Any]:
    return {"ref": ref, "tool": {"name": tool}, "created_at": made, "error": error}


CLOSED = {
    **ORGANIZATION,
    "members_can_fork_private_repositories": False,
    "members_can_create_public_repositories": True,
}
SOUND = {
    **ANSWERS,
    "/orgs/{org}": CLOSED,
    REPO: whole(),
    SHOWN: shown(False),
    ALERTS: {},
    FIXES: {"enabled": True, "paused": False},
    SETUP: {"state": "configured"},
    ANALYSES: NO_ANALYSIS,
    f"{REPO}/private-vulnerability-reporting": {"enabled": True},
    DEFAULTS: [default()],
}
FORKS_LEFT_TO_REPOSITORIES = {**CLOSED, "members_can_fork_private_repositories": True}
ARCHIVED = {"/orgs/{org}/repos": [{**SHOP, "archived": True}]}
PUBLIC = {
    "/orgs/{org}": {**CLOSED, "total_private_repos": 0},
    "/orgs/{org}/repos": [{**SHOP, "private": False, "visibility": "public"}],
}


def found(of_control: str, changes: dict[str, Any], facts: Any = None, **parameters: Any) -> tuple[str, str]:
    """Status and reason of the one thing that is judged."""
    control = CONTROLS[of_control]
    account = entered(Scripted({**SOUND, **changes}))
    declared = Facts.model_validate(facts or {})
    (finding,) = judge_control(control, account, {**control.parameters, **parameters}, declared, threads=1)
    return finding.status, finding.reason


@pytest.mark.parametrize(
    ("of_control", "changes", "status", "reason"),
    [
        pytest.param("gh-secret-scanning", {}, "pass", "", id="both on"),
        pytest.param(
            "gh-secret-scanning",
            {REPO: whole(off=FEATURES[:2])},
            "fail",
            "does not have secret_scanning, secret_scanning_push_protection enabled",
            id="both off",
        ),
        pytest.param(
            "gh-secret-scanning",
            {REPO: whole(security_and_analysis={"secret_scanning": {"status": "enabled"}})},
            "error",
            "is it enabled or not? secret_scanning_push_protection (not shown)",
            id="one is not shown",
        ),
        pytest.param(
            "gh-secret-scanning",
            {REPO: {**SHOP}},
            "error",
            "it must be an administrator's, with the repository permission Administration: read",
            id="no administrator's token",
        ),
        pytest.param("gh-secret-scanning", {**ARCHIVED, REPO: whole(off=FEATURES)}, "fail", "", id="secrets, archived"),
        pytest.param("gh-dependency-alerts", {}, "pass", "", id="alerts and updates"),
        pytest.param("gh-dependency-alerts", {ALERTS: ALERTS_OFF}, "fail", "has no Dependabot alerts", id="no alerts"),
        pytest.param("gh-dependency-alerts", {ALERTS: NOT_FOUND}, "error", "Not Found", id="the token may not know"),
        pytest.param("gh-dependency-alerts", {ALERTS: DENIED}, "error", "403", id="alerts denied"),
        pytest.param("gh-dependency-alerts", {SHOWN: shown(True), ALERTS: DENIED}, "pass", "", id="alerts are shown"),
        pytest.param("gh-dependency-alerts", {SHOWN: shown(1), ALERTS: ALERTS_OFF}, "fail", "", id="a number is shown"),
        pytest.param("gh-dependency-alerts", {SHOWN: DENIED}, "error", "403", id="what is shown is denied"),
        pytest.param(
            "gh-secret-scanning", {"/orgs/{org}/repos": [whole()], REPO: DENIED}, "pass", "", id="the list tells it all"
        ),
        pytest.param(
            "gh-dependency-alerts",
            {REPO: whole(off=FEATURES[2:]), FIXES: NOT_FOUND},
            "fail",
            "has Dependabot alerts, and no security updates",
            id="updates were never set up",
        ),
        pytest.param(
            "gh-dependency-alerts",
            {FIXES: {"enabled": False, "paused": False}},
            "fail",
            "no security updates",
            id="updates are off",
        ),
        pytest.param("gh-dependency-alerts", {FIXES: NOT_FOUND}, "error", "Not Found", id="one answer against another"),
        pytest.param(
            "gh-dependency-alerts", {FIXES: {"enabled": True, "paused": True}}, "fail", "paused", id="paused updates"
        ),
        pytest.param("gh-dependency-alerts", {**ARCHIVED, ALERTS: ALERTS_OFF}, "not_applicable", "", id="archived"),
        pytest.param("gh-private-reporting", {}, "not_applicable", "only public", id="private"),
        pytest.param("gh-private-reporting", PUBLIC, "pass", "", id="public"),
        pytest.param("gh-forks-restricted", {}, "pass", "", id="no forks"),
        pytest.param("gh-forks-restricted", {REPO: DENIED}, "pass", "", id="the organization forbids forks"),
        pytest.param("gh-forks-restricted", PUBLIC, "not_applicable", "anybody may fork it", id="public, forks"),
        pytest.param(
            "gh-forks-restricted",
            {"/orgs/{org}": FORKS_LEFT_TO_REPOSITORIES},
            "pass",
            "",
            id="the repository forbids it",
        ),
        pytest.param(
            "gh-forks-restricted",
            {"/orgs/{org}": FORKS_LEFT_TO_REPOSITORIES, REPO: whole(allow_forking=True)},
            "fail",
            "can be forked, and nobody has declared it so",
            id="forks",
        ),
        pytest.param("gh-forks-restricted", {"/orgs/{org}": ORGANIZATION}, "error", "", id="forks are not told of"),
    ],
)
def test_settings_of_a_repository(of_control: str, changes: dict[str, Any], status: str, reason: str) -> None:
    told = found(of_control, changes)

    assert told[0] == status
    assert reason in told[1]


def test_a_declared_repository_may_be_forked() -> None:
    changes = {"/orgs/{org}": FORKS_LEFT_TO_REPOSITORIES, REPO: whole(allow_forking=True)}

    assert found("gh-forks-restricted", changes, {"forkable_repositories": [excuse(name="ACME/Shop")]})[0] == "pass"


# The run is at midnight of 23 November.
@pytest.mark.parametrize(
    ("changes", "tools", "status", "reason"),
    [
        pytest.param({}, (), "pass", "", id="default set-up"),
        pytest.param(
            {SETUP: ApiError("403", "Code Security must be enabled for this repository to use code scanning.", 403)},
            (),
            "fail",
            "does not have code scanning switched on",
            id="no licence",
        ),
        pytest.param({SETUP: DENIED}, (), "error", "403", id="set-up denied"),
        pytest.param(
            {SETUP: NOT_CONFIGURED},
            (),
            "fail",
            "has no default set-up, and no analysis of main in 30 days: there is none",
            id="nothing",
        ),
        pytest.param(
            {SETUP: NOT_CONFIGURED, ANALYSES: [analysis("2026-10-24T00:00:00Z")]}, (), "pass", "", id="on the 30th day"
        ),
        pytest.param(
            {SETUP: NOT_CONFIGURED, ANALYSES: [analysis("2026-10-23T23:59:59Z", "Semgrep")]},
            (),
            "fail",
            "the last is of 2026-10-23, by Semgrep",
            id="a second late",
        ),
        pytest.param(
            {SETUP: NOT_CONFIGURED, ANALYSES: [analysis("2026-11-22T00:00:00Z", error="no such file")]},
            (),
            "fail",
            "there is none",
            id="GitHub could not take it in",
        ),
        pytest.param(
            {SETUP: NOT_CONFIGURED, ANALYSES: [analysis("2026-11-22T00:00:00Z", ref="refs/heads/next")]},
            (),
            "fail",
            "there is none",
            id="another branch",
        ),
        pytest.param(
            {ANALYSES: [analysis("2026-11-22T00:00:00Z"), analysis("2026-11-21T00:00:00Z", "Trivy")]},
            ("CodeQL", "Trivy"),
            "pass",
            "",
            id="each of the tools",
        ),
        pytest.param(
            {ANALYSES: [analysis("2026-11-22T00:00:00Z"), analysis("2026-09-21T00:00:00Z", "Trivy")]},
            ("CodeQL", "Trivy"),
            "fail",
            "has no analysis of main by Trivy in 30 days",
            id="one of the tools is late, default set-up or not",
        ),
        pytest.param(ARCHIVED, (), "not_applicable", "archived", id="archived"),
    ],
)
def test_code_scanning(changes: dict[str, Any], tools: tuple[str, ...], status: str, reason: str) -> None:
    told = found("gh-code-scanning", changes, required_tools=tools)

    assert told[0] == status
    assert reason in told[1]


@pytest.mark.parametrize(
    ("defaults", "unenforced", "status", "reason"),
    [
        pytest.param([default()], True, "pass", "", id="one for all"),
        pytest.param([default("public"), default("private_and_internal")], True, "pass", "", id="one each"),
        pytest.param(
            [], True, "fail", "(private_and_internal); gives new repositories no configuration (public)", id="none"
        ),
        pytest.param([default("private_and_internal")], True, "fail", "no configuration (public)", id="private alone"),
        pytest.param(
            [default(), default("public", secret_scanning="not_set")],
            True,
            "fail",
            "Ours, the default for public, has secret_scanning not_set",
            id="one of two lacks a feature",
        ),
        pytest.param([default(enforcement="unenforced")], True, "pass", "", id="not enforced, and accepted"),
        pytest.param([default(enforcement="unenforced")], False, "fail", "is not enforced", id="not enforced"),
        pytest.param([default(enforcement=None)], False, "error", "enforcement None", id="enforcement is not told"),
        pytest.param([default(dependabot_alerts="paused")], True, "error", "'paused'", id="a state of tomorrow"),
        pytest.param([default("forks")], True, "error", "", id="for whom is of tomorrow"),
    ],
)
def test_what_new_repositories_start_with(
    defaults: list[dict[str, Any]], unenforced: bool, status: str, reason: str
) -> None:
    told = found("gh-security-defaults", {DEFAULTS: defaults}, accept_unenforced=unenforced)

    assert told[0] == status
    assert reason in told[1]


def test_public_repositories_need_no_default_where_members_make_none() -> None:
    changes = {
        "/orgs/{org}": {**ORGANIZATION, "members_can_create_public_repositories": False},
        DEFAULTS: [default("private_and_internal")],
    }

    assert found("gh-security-defaults", changes)[0] == "pass"
