"""What members of the organization on GitHub may do because they are members."""

from __future__ import annotations

from fixtures.github_organization import GithubOrganization
from muster import control


@control(severity="high")
def test_gh_base_permission(github_organization: GithubOrganization, max_permission: str = "read") -> None:
    """Members see only what they are given.

    Why: The base permission holds in every repository, for every member: by write, one stolen account changes all code.
    Fix: Set the base permission to read or none, and give teams what they need in their repositories.
    See: https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/setting-base-permissions-for-an-organization
    """
    assert github_organization.grants_at_most(max_permission), (
        f"gives every member {github_organization.base_permission} in every repository, more than {max_permission}"
    )


@control(severity="medium")
def test_gh_repo_creation_limited(github_organization: GithubOrganization) -> None:
    """Only some may create repositories.

    Why: A member who creates a public repository publishes whatever is pushed there, with the name of the organization
        above it.
    Fix: In the member privileges, let members create no repositories, or private and internal ones only.
    See: https://docs.github.com/en/organizations/managing-organization-settings/restricting-repository-creation-in-your-organization
    """
    gap = github_organization.creation_gap
    assert gap is None, gap


@control(severity="medium")
def test_gh_repo_deletion_limited(
    github_organization: GithubOrganization,
    closed: tuple[str, ...] = ("members_can_delete_repositories", "members_can_change_repo_visibility"),
) -> None:
    """Only owners may delete or transfer repositories.

    Why: Who administers one repository could delete it, give it to somebody else or publish it, alone and in a minute.
    Fix: In the member privileges, turn off deletion and transfer of repositories, and changes of their visibility.
    See: https://docs.github.com/en/organizations/managing-organization-settings/setting-permissions-for-deleting-or-transferring-repositories
    """
    open_rights = github_organization.open_rights(closed)
    assert not open_rights, f"lets those who administer a repository give it away: {', '.join(open_rights)}"


@control(severity="medium")
def test_gh_member_rights_limited(
    github_organization: GithubOrganization,
    closed: tuple[str, ...] = (
        "members_can_create_teams",
        "members_can_delete_issues",
        "members_can_invite_outside_collaborators",
        "members_can_create_public_pages",
    ),
    plan_fields: tuple[str, ...] = (
        "members_can_invite_outside_collaborators",
        "members_can_delete_issues",
        "members_can_create_public_pages",
    ),
) -> None:
    """Members can do only what they must.

    Why: Whoever may invite people from outside, publish pages or take issues away decides for all who sees our code,
        and what is left of a discussion.
    Fix: In the member privileges, turn off the rights that are named; owners keep them.
    See: https://docs.github.com/en/organizations/managing-organization-settings/setting-permissions-for-adding-outside-collaborators
    """
    open_rights = github_organization.open_rights(closed, plan_fields)
    assert not open_rights, f"gives every member rights that only owners need: {', '.join(open_rights)}"
