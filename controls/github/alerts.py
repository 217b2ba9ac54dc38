"""What was found on GitHub, by tools and by people, and how long it may wait."""

from __future__ import annotations

from collections.abc import Mapping

from fixtures.github_alerts import GithubAlerts
from muster import control, counted, not_applicable

DAYS_BY_SEVERITY: Mapping[str, int] = {"critical": 14, "high": 30}


@control(severity="critical")
def test_gh_secret_alerts_closed(github_alerts: GithubAlerts, max_open_days: int = 1) -> None:
    """Leaked secrets are dealt with.

    Why: A secret that was pushed is known to everybody who may read the code; only revoking it ends that.
    Fix: Revoke each secret where it is valid, then close its alert as revoked.
    See: https://docs.github.com/en/code-security/secret-scanning/managing-alerts-from-secret-scanning/resolving-alerts
    """
    found = [*github_alerts.of_secrets, *github_alerts.of_generic_secrets]
    late = github_alerts.open_for_more_than(max_open_days, found)
    assert not late, f"has {github_alerts.told(late)} open for more than {counted(max_open_days, 'day')}"


@control(severity="high")
def test_gh_dependency_alerts_closed(
    github_alerts: GithubAlerts, max_open_days: Mapping[str, int] = DAYS_BY_SEVERITY
) -> None:
    """Vulnerable dependencies are fixed in time.

    Why: The flaw and often the attack are public; each day more is a day in which anybody can use them.
    Fix: Update each dependency to the version without the flaw, or dismiss its alert and say why it cannot be used.
    See: https://docs.github.com/en/code-security/dependabot/dependabot-alerts/viewing-and-updating-dependabot-alerts
    """
    late = github_alerts.open_for_too_long(github_alerts.of_dependencies, max_open_days)
    assert not late, f"has vulnerable dependencies for too long: {github_alerts.told(late)}"


@control(severity="high")
def test_gh_code_alerts_closed(
    github_alerts: GithubAlerts, max_open_days: Mapping[str, int] = DAYS_BY_SEVERITY
) -> None:
    """Flaws found in code are fixed in time.

    Why: A flaw that a tool can find, whoever sees the code can find as well.
    Fix: Fix each flaw, or dismiss its alert and say why it is none. What a tool calls an error, and does not rate,
        counts as high.
    See: https://docs.github.com/en/code-security/code-scanning/managing-code-scanning-alerts/resolving-code-scanning-alerts
    """
    not_applicable(github_alerts.why_no_code_is_judged)
    late = github_alerts.open_for_too_long(github_alerts.of_code or (), max_open_days)
    assert not late, f"has flaws in code for too long: {github_alerts.told(late)}"


@control(severity="high")
def test_gh_reported_flaws_handled(
    github_alerts: GithubAlerts, max_triage_days: int = 14, max_draft_days: int = 90
) -> None:
    """Reported flaws do not wait.

    Why: Whoever reports a flaw in private waits for an answer, and publishes it without us if none comes.
    Fix: Accept or refuse each report, and publish each draft of an advisory once the flaw is fixed, or close it.
    See: https://docs.github.com/en/code-security/security-advisories/working-with-repository-security-advisories/managing-privately-reported-security-vulnerabilities
    """
    late = [
        *github_alerts.open_for_more_than(max_triage_days, github_alerts.reports_to_look_at),
        *github_alerts.open_for_more_than(max_draft_days, github_alerts.reports_to_publish),
    ]
    assert not late, f"lets reports of flaws wait: {github_alerts.told(late)}"
