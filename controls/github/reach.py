"""From where the organization on GitHub is reached, and where it writes to."""

from __future__ import annotations

from fixtures.github_organization import GithubOrganization
from muster import Facts, control, declared


@control(severity="low")
def test_gh_notifications_restricted(github_organization: GithubOrganization) -> None:
    """Notifications go only to our addresses.

    Why: A notification quotes code and talk about it; sent to a private mailbox it lies outside for good.
    Fix: Verify our domains, then restrict e-mail notifications to them in the settings of the organization.
    See: https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/restricting-email-notifications-for-your-organization
    """
    is_restricted = github_organization.settings.notifications == "ENABLED"
    assert is_restricted, f"sends notifications to any address (its plan is {github_organization.plan})"


@control(severity="medium")
def test_gh_ip_allow_list(github_organization: GithubOrganization, facts: Facts) -> None:
    """Code is reached only from known networks.

    Why: A stolen token or session works from anywhere in the world, unless only our networks are let in.
    Fix: Put our networks on the IP allow list, that of this audit among them, and turn it on, for installed apps as
        well. Networks of ours belong into network_perimeter in facts.yaml.
    See: https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/managing-allowed-ip-addresses-for-your-organization
    """
    settings = github_organization.settings
    gaps = settings.allow_list_gaps
    gaps += [f"lets in {each}, which is open to the internet" for each in settings.open_addresses]
    unknown = [each for each in settings.allowed_addresses if not declared(facts.network_perimeter, each)]
    gaps += [f"lets in {each}, which is not in network_perimeter" for each in unknown]
    assert not gaps, f"{'; '.join(gaps)} (its plan is {github_organization.plan})"
