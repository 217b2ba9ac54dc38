"""Public repositories on GitHub: what people outside of the organization are told."""

from __future__ import annotations

from fixtures.github_community import GithubCommunity
from muster import control, not_applicable


@control(severity="low")
def test_gh_security_policy(github_community: GithubCommunity) -> None:
    """Public repositories say how to report a flaw.

    Why: Whoever finds a flaw and nobody to tell of it tells everybody, or sells it.
    Fix: Add a SECURITY.md that names an address or a link for reports, to the repository or, for all at once, to the
        organization's public repository .github.
    See: https://docs.github.com/en/code-security/getting-started/adding-a-security-policy-to-your-repository
    """
    not_applicable(github_community.why_not_public)
    gap = github_community.security_policy_gap
    assert gap is None, gap


@control(severity="low")
def test_gh_community_files(
    github_community: GithubCommunity, required: tuple[str, ...] = ("readme", "contributing", "license", "discussion")
) -> None:
    """Public projects say how to take part.

    Why: Where nothing says what a project is, how changes get in and where to ask, people guess, and changes come in by
        ways that nobody watches.
    Fix: Add the files that are named, or switch on issues or discussions; the organization's public repository .github
        can give files, but for the readme and the licence, to all repositories.
    See: https://docs.github.com/en/communities/setting-up-your-project-for-healthy-contributions/about-community-profiles-for-public-repositories
    """
    not_applicable(github_community.why_nobody_joins)
    lacking = github_community.lacking(required)
    assert not lacking, f"has no {', no '.join(lacking)}"


@control(severity="low")
def test_gh_license_open(
    github_community: GithubCommunity,
    approved_licenses: tuple[str, ...] = (
        *("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MPL-2.0", "GPL-2.0", "GPL-3.0", "LGPL-2.1"),
        *("LGPL-3.0", "AGPL-3.0", "EPL-2.0", "Unlicense", "0BSD", "CC0-1.0"),
    ),
) -> None:
    """Public code has an open licence.

    Why: Without a licence nobody may use what everybody can see, and with one that nobody approved we may have given
        away what we did not mean to.
    Fix: Add the text of an approved licence as LICENSE, so that GitHub recognizes it, or make the repository private.
    See: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/licensing-a-repository
    """
    not_applicable(github_community.why_nobody_joins)
    name = github_community.license_name
    assert name in approved_licenses, f"has {'no licence' if name is None else f'the licence {name}'}"
