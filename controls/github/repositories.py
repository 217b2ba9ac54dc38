"""Repositories on GitHub: who sees the code, and who may take it along."""

from __future__ import annotations

from fixtures.github_repository import GithubRepository
from muster import Facts, control, declared, not_applicable


@control(severity="critical")
def test_gh_repo_private(github_repository: GithubRepository, facts: Facts) -> None:
    """Repositories are private unless declared.

    Why: What is public was copied within minutes, with every secret and customer name in its history.
    Fix: Make the repository private, or declare it under public_repositories in facts.yaml.
    See: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/managing-repository-settings/setting-repository-visibility
    """
    is_hidden = github_repository.visibility in ("private", "internal")
    is_declared = declared(facts.public_repositories, github_repository.full_name)
    assert is_hidden or is_declared, f"is {github_repository.visibility}, and nobody has declared it so"


@control(severity="medium")
def test_gh_forks_restricted(github_repository: GithubRepository, facts: Facts) -> None:
    """Private code cannot be forked away.

    Why: A fork belongs to whoever made it: rules, reviews and alerts of the repository do not reach it.
    Fix: Forbid the forking of private repositories in the member privileges of the organization. Where some have to be
        forked, allow it there and in their own settings, and declare them under forkable_repositories in facts.yaml.
    See: https://docs.github.com/en/organizations/managing-organization-settings/managing-the-forking-policy-for-your-organization
    """
    if github_repository.visibility == "public":
        not_applicable("the repository is public: anybody may fork it")
    is_declared = declared(facts.forkable_repositories, github_repository.full_name)
    assert is_declared or not github_repository.can_be_forked, "can be forked, and nobody has declared it so"
