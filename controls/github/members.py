"""Members of the organization on GitHub: who they are, and how they sign in."""

from __future__ import annotations

from fixtures.github_members import GithubMembership
from fixtures.github_organization import GithubOrganization
from fixtures.github_settings import provider_of
from muster import Facts, control, counted, declared, not_applicable


@control(severity="low")
def test_gh_members_active(
    github_membership: GithubMembership, max_idle_days: int = 180, exempt_members: tuple[str, ...] = ()
) -> None:
    """Members who left are removed.

    Why: An account that nobody uses is missed by nobody when somebody else does, and keeps all its rights.
    Fix: Remove the members that are named from the organization. A bot, whoever keeps the books, or somebody who has
        just come, belongs among exempt_members.
    See: https://docs.github.com/en/organizations/managing-membership-in-your-organization/removing-a-member-from-your-organization
    """
    idle = github_membership.idle(max_idle_days, exempt_members)
    assert not idle, f"has members who did nothing in {counted(max_idle_days, 'day')}: {', '.join(idle)}"


@control(severity="low")
def test_gh_members_verified_email(github_membership: GithubMembership, exempt_members: tuple[str, ...] = ()) -> None:
    """Members use an address of ours.

    Why: An account that is bound to a private address stays with the person who leaves, and so do the messages that it
        gets about our code.
    Fix: Let the members that are named add an address of ours to their account and confirm it. A bot belongs among
        exempt_members.
    See: https://docs.github.com/en/organizations/managing-organization-settings/verifying-or-approving-a-domain-for-your-organization
    """
    not_applicable(github_membership.why_without_addresses)
    without = github_membership.without_address(exempt_members)
    assert not without, f"has members without an address under a domain of ours: {', '.join(without)}"


@control(severity="high")
def test_gh_org_sso(github_organization: GithubOrganization, facts: Facts) -> None:
    """People sign in through our identity provider.

    Why: Without it each member signs in with an account of their own, whose password and second factor nobody here
        sets, and which stays when they leave.
    Fix: Connect the organization, or the enterprise that it belongs to, with the identity provider by SAML and require
        it. For an enterprise, declare github_enterprise in facts.yaml, and github.com/enterprises/NAME among
        identity_providers. GitHub shows the provider to apps that may read members, and to classic tokens of owners.
    See: https://docs.github.com/en/enterprise-cloud@latest/organizations/managing-saml-single-sign-on-for-your-organization/about-identity-and-access-management-with-saml-single-sign-on
    """
    provider = github_organization.identity_provider
    enterprise = provider_of(facts.github_enterprise)
    has_provider = provider is not None and bool(provider.url)
    assert has_provider or declared(facts.identity_providers, enterprise), (
        f"shows no identity provider (its plan is {github_organization.plan}), and none of an enterprise is declared"
    )
