"""Repositories on GitHub: who sees the code and may take it along, and whether anybody works on it."""

from __future__ import annotations

from datetime import timedelta

from fixtures.github_repository import GithubRepository
from muster import Facts, control, counted, declared, not_applicable


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


@control(severity="low")
def test_gh_inactive_archived(github_repository: GithubRepository, max_idle_days: int = 180) -> None:
    """Repositories nobody works on are archived.

    Why: What nobody works on keeps its flaws, its secrets and its open doors, and nobody would notice a change.
    Fix: Archive the repository, which makes it read-only and can be undone, or delete it.
    See: https://docs.github.com/en/repositories/archiving-a-github-repository/archiving-repositories
    """
    idle = github_repository.age_of(github_repository.pushed)
    is_worked_on = idle <= timedelta(days=max_idle_days)
    assert github_repository.is_archived or is_worked_on, (
        f"is not archived, and was last pushed to {counted(idle.days, 'day')} ago"
    )
