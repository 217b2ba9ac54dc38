"""Alerts of a GitHub organization, and how long they may be open; fed answers."""

from __future__ import annotations

from typing import Any

import pytest

import controls.github.alerts  # noqa: F401  # its controls are asked for by id
from muster.reading.reads import ApiError
from tests.nouns.test_github import ANSWERS, DENIED, NOT_FOUND, ORGANIZATION, Scripted, scripted

SECRETS, PACKAGES = "/orgs/{org}/secret-scanning/alerts", "/orgs/{org}/dependabot/alerts"
CODE, REPORTS = "/orgs/{org}/code-scanning/alerts", "/orgs/{org}/security-advisories"
SOUND = {**ANSWERS, SECRETS: [], PACKAGES: [], CODE: [], REPORTS: []}
UNSEEN = {"/orgs/{org}": {**ORGANIZATION, "total_private_repos": 2}}
# The run is at midnight of 23 November.
DAY_1, DAY_14, DAY_30, DAY_90 = (f"2026-{day}T00:00:00Z" for day in ("11-22", "11-09", "10-24", "08-25"))
LATE_1, LATE_14, LATE_30, LATE_90 = (f"2026-{day}T23:59:59Z" for day in ("11-21", "11-08", "10-23", "08-24"))


def secret(opened: str) -> dict[str, Any]:
    return {"html_url": "https://github.com/acme/shop/1", "secret_type": "adafruit_io_key", "created_at": opened}


def package(opened: str, advisory: str, flaw: str | None = None) -> dict[str, Any]:
    return {
        "html_url": "https://github.com/acme/shop/2",
        "created_at": opened,
        "security_advisory": {"severity": advisory},
        "security_vulnerability": {"severity": flaw or advisory, "package": {"name": "left-handed"}},
    }


def code(opened: str, **rule: Any) -> dict[str, Any]:
    return {"html_url": "https://github.com/acme/shop/3", "created_at": opened, "rule": rule}


def report(opened: str | None) -> dict[str, Any]:
    return {"html_url": "https://github.com/acme/shop/4", "created_at": opened}


@pytest.mark.parametrize(
    ("of_control", "changes", "status", "reason"),
    [
        pytest.param("gh-secret-alerts-closed", {SECRETS: [secret(DAY_1)]}, "pass", "", id="a secret of a day"),
        pytest.param(
            "gh-secret-alerts-closed",
            {SECRETS: [secret(LATE_1)]},
            "fail",
            "has https://github.com/acme/shop/1 (adafruit_io_key, since 2026-11-21) open for more than 1 day",
            id="a secret of more than a day",
        ),
        pytest.param("gh-secret-alerts-closed", {SECRETS: NOT_FOUND}, "error", "Not Found", id="secrets not shown"),
        pytest.param(
            "gh-dependency-alerts-closed", {PACKAGES: [package(DAY_14, "critical")]}, "pass", "", id="14 days"
        ),
        pytest.param(
            "gh-dependency-alerts-closed",
            {PACKAGES: [package(LATE_14, "critical")]},
            "fail",
            "https://github.com/acme/shop/2 (left-handed, critical, since 2026-11-08)",
            id="more than 14 days",
        ),
        pytest.param("gh-dependency-alerts-closed", {PACKAGES: [package(DAY_30, "high")]}, "pass", "", id="30 days"),
        pytest.param("gh-dependency-alerts-closed", {PACKAGES: [package(LATE_30, "high")]}, "fail", "", id="over 30"),
        pytest.param("gh-dependency-alerts-closed", {PACKAGES: [package(LATE_90, "medium")]}, "pass", "", id="medium"),
        pytest.param(
            "gh-dependency-alerts-closed",
            {PACKAGES: [package(LATE_14, "medium", "critical")]},
            "fail",
            "",
            id="worse in this package than in the advisory",
        ),
        pytest.param(
            "gh-code-alerts-closed",
            {CODE: [code(LATE_14, security_severity_level="critical", severity="note")]},
            "fail",
            "https://github.com/acme/shop/3 (critical, since 2026-11-08)",
            id="critical for security",
        ),
        pytest.param(
            "gh-code-alerts-closed", {CODE: [code(DAY_30, severity="error")]}, "pass", "", id="an error, 30 days"
        ),
        pytest.param(
            "gh-code-alerts-closed", {CODE: [code(LATE_30, severity="error")]}, "fail", "(high", id="an error"
        ),
        pytest.param("gh-code-alerts-closed", {CODE: [code(LATE_90, severity=None)]}, "pass", "", id="no severity"),
        pytest.param("gh-code-alerts-closed", {CODE: [code(LATE_90, severity="fatal")]}, "error", "", id="of tomorrow"),
        pytest.param(
            "gh-code-alerts-closed",
            {CODE: ApiError("404", "no analysis found", 404)},
            "not_applicable",
            "no repository has code scanning",
            id="nothing is scanned",
        ),
        pytest.param("gh-code-alerts-closed", {CODE: NOT_FOUND}, "error", "Not Found", id="code not shown"),
        pytest.param("gh-reported-flaws-handled", {REPORTS: [report(DAY_14)]}, "pass", "", id="reported 14 days ago"),
        pytest.param(
            "gh-reported-flaws-handled",
            {REPORTS: [report(LATE_14)]},
            "fail",
            "lets reports of flaws wait: https://github.com/acme/shop/4 (since 2026-11-08)",
            id="reported longer ago",
        ),
        pytest.param("gh-reported-flaws-handled", {REPORTS: [report(None)]}, "error", "", id="since when is not told"),
        pytest.param("gh-reported-flaws-handled", {REPORTS: DENIED}, "error", "403", id="reports denied"),
    ],
)
def test_how_long_alerts_are_open(of_control: str, changes: dict[str, Any], status: str, reason: str) -> None:
    finding = scripted(of_control, Scripted({**SOUND, **changes}))

    assert finding.status == status
    assert reason in finding.reason


@pytest.mark.parametrize(
    "of_control",
    ["gh-secret-alerts-closed", "gh-dependency-alerts-closed", "gh-code-alerts-closed", "gh-reported-flaws-handled"],
)
def test_no_alert_means_nothing_where_the_token_does_not_see_all_repositories(of_control: str) -> None:
    finding = scripted(of_control, Scripted({**SOUND, **UNSEEN}))

    assert finding.status == "error"
    assert "the token sees 1 of the 2 private repositories" in finding.reason


def test_what_is_found_counts_wherever_the_token_sees_it() -> None:
    finding = scripted("gh-secret-alerts-closed", Scripted({**SOUND, **UNSEEN, SECRETS: [secret(LATE_1)]}))

    assert finding.status == "fail"


def test_of_many_alerts_the_oldest_are_named() -> None:
    alerts = [secret(f"2026-10-{day:02}T00:00:00Z") for day in range(30, 0, -1)]
    finding = scripted("gh-secret-alerts-closed", Scripted({**SOUND, SECRETS: alerts}))

    assert "since 2026-10-01" in finding.reason
    assert "since 2026-10-11" not in finding.reason
    assert " and 20 more open" in finding.reason


def test_secrets_are_never_asked_for() -> None:
    transport = Scripted(SOUND)
    scripted("gh-secret-alerts-closed", transport)

    asked = [dict(call.request) for call in transport.asked if call.operation.endswith("secret-scanning/alerts")]
    assert [each["hide_secret"] for each in asked] == ["true", "true"]


def test_generic_secrets_are_asked_for_by_name() -> None:
    transport = Scripted(SOUND)
    scripted("gh-secret-alerts-closed", transport)

    asked = [call.request.get("secret_type", "") for call in transport.asked if call.operation.endswith(SECRETS)]
    assert asked[0] == ""
    assert {"rsa_private_key", "password"} <= set(asked[1].split(","))
