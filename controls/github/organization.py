"""The organization on GitHub: who is let in, and how."""

from __future__ import annotations

from fixtures.github_organization import GithubOrganization
from muster import control


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
