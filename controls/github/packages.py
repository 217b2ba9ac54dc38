"""Packages on GitHub: who can take what was built."""

from __future__ import annotations

from fixtures.github_packages import GithubPackage
from muster import Facts, control, declared


@control(severity="high")
def test_gh_packages_private(github_package: GithubPackage, facts: Facts) -> None:
    """Packages are private unless declared.

    Why: A package holds the code of a private repository, built, and often its settings; its visibility is its own.
    Fix: Make the package private or internal in its settings, which GitHub allows only for some types, or delete it; or
        declare its repository under public_repositories in facts.yaml.
    See: https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility
    """
    is_hidden = github_package.visibility in ("private", "internal")
    is_declared = declared(facts.public_repositories, github_package.repository)
    assert is_hidden or is_declared, (
        f"is {github_package.visibility}, a {github_package.title}, which nobody has declared"
    )
