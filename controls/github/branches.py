"""Default branches on GitHub: what is released changes in the open, and its history stays."""

from __future__ import annotations

from fixtures.github_branch_list import GithubBranches
from fixtures.github_branch_pushers import GithubBranchPushers
from fixtures.github_branches import GithubDefaultBranch
from fixtures.github_tags import GithubReleaseTag
from muster import Facts, control, declared, not_applicable


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


@control(severity="high")
def test_gh_branch_no_force_push(github_default_branch: GithubDefaultBranch) -> None:
    """History of default branches cannot be rewritten or removed.

    Why: A force push replaces what was reviewed and released by something else, and takes the proof of it away.
    Fix: Restrict deletions and block force pushes in a rule set for the default branch; take everybody off the list of
        those whom the classic protection lets force push.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#block-force-pushes
    """
    not_applicable(github_default_branch.why_not_judged)
    gap = github_default_branch.history_gap
    assert gap is None, f"lets the history of {github_default_branch.title} be rewritten or removed: {gap}"


@control(severity="low")
def test_gh_branch_signed_commits(github_default_branch: GithubDefaultBranch) -> None:
    """Commits are signed.

    Why: Anyone can write any name and address into a commit; only a signature tells who made it.
    Fix: Require signed commits in a rule set for the default branch, and let everybody add a signing key.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#require-signed-commits
    """
    not_applicable(github_default_branch.why_not_judged)
    assert github_default_branch.demands("required_signatures"), (
        f"takes unsigned commits on {github_default_branch.title}: {github_default_branch.found}"
    )


@control(severity="low")
def test_gh_branch_linear_history(github_default_branch: GithubDefaultBranch) -> None:
    """The default branch has a straight history.

    Why: Where each change is one after the other, what went wrong is found by halves, and taken back in one step.
    Fix: Require a linear history in a rule set for the default branch, and merge by squash or rebase.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#require-linear-history
    """
    not_applicable(github_default_branch.why_not_judged)
    assert github_default_branch.demands("required_linear_history"), (
        f"takes merge commits on {github_default_branch.title}: {github_default_branch.found}"
    )


@control(severity="low")
def test_gh_branch_push_restricted(github_branch_pushers: GithubBranchPushers, max_pushers: int = 10) -> None:
    """Only some may merge to the default branch.

    Why: Whoever may merge releases in the end; a handful of people can answer for that, everybody cannot.
    Fix: Restrict updates of the default branch in a rule set, and let those go free of it who release.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#restrict-updates
    """
    not_applicable(github_branch_pushers.branch.why_not_judged)
    gap = github_branch_pushers.gap(max_pushers)
    assert gap is None, gap


@control(severity="low")
def test_gh_branches_tidy(
    github_branches: GithubBranches,
    max_idle_days: int = 180,
    kept_branches: tuple[str, ...] = ("release/*", "gh-pages"),
) -> None:
    """Merged and forgotten branches are removed.

    Why: Nobody updates what an old branch depends on, and somebody starts from it all the same.
    Fix: Let branches be deleted as they are merged, and delete those that are named.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-the-automatic-deletion-of-branches
    """
    not_applicable(github_branches.why_not_judged)
    gap = github_branches.gap(max_idle_days, kept_branches)
    assert gap is None, gap


@control(severity="medium")
def test_gh_tags_protected(github_release_tag: GithubReleaseTag, facts: Facts) -> None:
    """Release tags cannot be moved or removed.

    Why: Whoever builds by a tag gets what it points to today, which need not be what was released.
    Fix: Restrict updates and deletions in a rule set for tags of releases that nobody may bypass, or make releases
        immutable; declare who must go round the rule set under rule_bypassers in facts.yaml.
    See: https://docs.github.com/en/code-security/supply-chain-security/understanding-your-software-supply-chain/immutable-releases
    """
    not_applicable(github_release_tag.why_not_judged)
    gap = github_release_tag.gap(
        [each for each in github_release_tag.bypassers if declared(facts.rule_bypassers, each)]
    )
    assert gap is None, gap
