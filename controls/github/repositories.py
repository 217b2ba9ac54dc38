"""Repositories on GitHub: who sees the code, and how it changes."""

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


@control(severity="high")
def test_gh_branch_protected(github_repository: GithubRepository) -> None:
    """Default branches are protected.

    Why: Without protection anyone who may write can change what is released, unseen and without a review.
    Fix: Add a rule set for the default branch, best in the organization, that requires a pull request before merging.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets
    """
    if github_repository.is_archived:
        not_applicable("the repository is archived: nothing can be pushed to it")
    assert github_repository.requires_pull_request, (
        f"lets {github_repository.default_branch} be changed without a pull request:"
        f" {github_repository.protection_found}"
    )
