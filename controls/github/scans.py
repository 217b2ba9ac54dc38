"""What GitHub looks for in repositories, and whether whoever finds a flaw can tell of it."""

from __future__ import annotations

from fixtures.github_code_scanning import GithubCodeScanning
from fixtures.github_dependencies import GithubDependencies
from fixtures.github_repository import GithubRepository
from fixtures.github_security_defaults import GithubSecurityDefaults
from muster import control, not_applicable


@control(severity="critical")
def test_gh_secret_scanning(
    github_repository: GithubRepository,
    features: tuple[str, ...] = ("secret_scanning", "secret_scanning_push_protection"),
) -> None:
    """Secrets are caught before and after a push.

    Why: A key that was pushed is in every clone for ever; who finds it first decides what it costs.
    Fix: Switch on secret scanning and push protection, best by a security configuration of the organization that is
        applied to all repositories.
    See: https://docs.github.com/en/code-security/secret-scanning/introduction/about-push-protection
    """
    off = github_repository.security_features_off(features)
    assert not off, f"does not have {', '.join(off)} enabled"


@control(severity="high")
def test_gh_dependency_alerts(github_dependencies: GithubDependencies) -> None:
    """Vulnerable dependencies are watched.

    Why: Most of what runs was written by others, and a flaw in it is known to attackers on the day it is published.
    Fix: Enable Dependabot alerts and security updates, best by a security configuration of the organization. Updates
        that are paused start again once somebody merges one of them.
    See: https://docs.github.com/en/code-security/dependabot/dependabot-alerts/about-dependabot-alerts
    """
    not_applicable(github_dependencies.why_not_watched)
    gap = github_dependencies.gap
    assert gap is None, gap


@control(severity="medium")
def test_gh_code_scanning(
    github_code_scanning: GithubCodeScanning, max_age_days: int = 30, required_tools: tuple[str, ...] = ()
) -> None:
    """Code is scanned for flaws.

    Why: Injections and their like are found by a tool in minutes, and in a review by luck.
    Fix: Configure the default set-up of code scanning, or let a workflow upload what a tool finds in the default branch
        at least once a month. Where required_tools names tools, each of them has to.
    See: https://docs.github.com/en/code-security/code-scanning/enabling-code-scanning/configuring-default-setup-for-code-scanning
    """
    not_applicable(github_code_scanning.why_not_scanned)
    gap = github_code_scanning.gap(max_age_days, required_tools)
    assert gap is None, gap


@control(severity="medium")
def test_gh_private_reporting(github_repository: GithubRepository) -> None:
    """Flaws can be reported in private.

    Why: Who finds a flaw and no private way to tell of it tells everybody, or nobody.
    Fix: Enable private vulnerability reporting in the security settings of the repository, or for all of them in those
        of the organization.
    See: https://docs.github.com/en/code-security/security-advisories/working-with-repository-security-advisories/configuring-private-vulnerability-reporting-for-a-repository
    """
    if github_repository.visibility != "public":
        not_applicable("only public repositories can be reported to")
    if github_repository.is_archived:
        not_applicable("the repository is archived: nobody mends it any more")
    assert github_repository.takes_private_reports, "has private vulnerability reporting disabled"


@control(severity="medium")
def test_gh_security_defaults(
    github_security_defaults: GithubSecurityDefaults,
    features: tuple[str, ...] = ("dependabot_alerts", "secret_scanning", "secret_scanning_push_protection"),
    accept_unenforced: bool = True,
) -> None:
    """New repositories start with security switched on.

    Why: What somebody has to switch on in each new repository is missing in the next one.
    Fix: Make a code security configuration that enables the features, and set it as the default for new repositories,
        public ones and private and internal ones.
    See: https://docs.github.com/en/code-security/securing-your-organization/introduction-to-securing-your-organization-at-scale/about-enabling-security-features-at-scale
    """
    gaps = github_security_defaults.gaps(features, accept_unenforced)
    assert not gaps, "; ".join(gaps)
