"""Repositories on GitHub: who sees the code."""

from __future__ import annotations

from fixtures.github_repository import GithubRepository
from muster import Facts, control, declared


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
