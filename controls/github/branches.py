"""Default branches on GitHub: what is released changes in the open, and its history stays."""

from __future__ import annotations

from fixtures.github_branches import GithubDefaultBranch
from muster import control, not_applicable


@control(severity="high")
def test_gh_branch_protected(github_default_branch: GithubDefaultBranch) -> None:
    """Default branches are protected.

    Why: Without protection anyone who may write can change what is released, unseen and without a review.
    Fix: Add a rule set for the default branch, best in the organization, that requires a pull request before merging.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets
    """
    not_applicable(github_default_branch.why_not_judged)
    assert github_default_branch.demands("pull_request"), (
        f"lets {github_default_branch.title} be changed without a pull request: {github_default_branch.found}"
    )
