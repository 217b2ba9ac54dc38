"""The organization on GitHub: who is let in, and how."""

from __future__ import annotations

from fixtures.github_organization import GithubOrganization
from fixtures.github_register import register_gaps
from fixtures.github_repository import GithubRepository
from muster import Facts, control, counted


@control(severity="critical")
def test_gh_members_mfa(github_organization: GithubOrganization) -> None:
    """Every member has two-factor authentication.

    Why: A member's password, guessed or phished, would be enough to read and change the code.
    Fix: Ask the members that are named to set up a second factor, then require it for the whole organization: from
        then on GitHub shuts out whoever has none.
    See: https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-two-factor-authentication-for-your-organization/requiring-two-factor-authentication-in-your-organization
    """
    gap = github_organization.two_factor_gap
    assert gap is None, gap


@control(severity="high")
def test_gh_owners_few(github_organization: GithubOrganization, min_owners: int = 2, max_owners: int = 5) -> None:
    """The organization has few owners, and more than one.

    Why: An owner may read, change and delete everything. Every one more is a way in, and a single one who leaves or is
        locked out takes the organization along.
    Fix: Make members of the owners that do not need it, or a second person an owner.
    See: https://docs.github.com/en/organizations/managing-peoples-access-to-your-organization-with-roles/maintaining-ownership-continuity-for-your-organization
    """
    owners = github_organization.owners
    assert min_owners <= len(owners) <= max_owners, (
        f"has {counted(len(owners), 'owner')}, where {min_owners} to {max_owners} are due: {', '.join(owners)}"
    )


@control(severity="medium")
def test_gh_org_declared(
    github_organization: GithubOrganization, github_repositories: list[GithubRepository], facts: Facts
) -> None:
    """Only declared organizations hold our code.

    Why: Code that lies where nobody looks is guarded by nobody: an organization that somebody made on the side, a
        repository that was moved, a name that others took over.
    Fix: Add the organization to github_organizations in facts.yaml. Move the repositories that are missing into one of
        these organizations, or take them out of code_repositories.
    See: https://docs.github.com/en/organizations/collaborating-with-groups-in-organizations/about-organizations
    """
    known = facts.github_organizations
    gaps = register_gaps(github_organization, github_repositories, known, facts.code_repositories)
    assert not gaps, "; ".join(gaps)


@control(severity="low")
def test_gh_domain_verified(github_organization: GithubOrganization) -> None:
    """The organization has a verified domain.

    Why: Anybody may give an organization our name and our logo. A verified domain tells people which one is ours, and
        is what addresses of members and of notifications are held to.
    Fix: Add a domain of ours in the settings of the organization, and confirm it by the record in DNS.
    See: https://docs.github.com/en/organizations/managing-organization-settings/verifying-or-approving-a-domain-for-your-organization
    """
    assert github_organization.is_verified, "has no verified domain"
