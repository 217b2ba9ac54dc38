"""Reviews on GitHub: somebody else has looked at each change, and had the last word."""

from __future__ import annotations

from fixtures.github_branches import GithubDefaultBranch
from fixtures.github_code_owners import GithubFileOwners
from muster import control, not_applicable


@control(severity="high")
def test_gh_branch_reviews(github_default_branch: GithubDefaultBranch, min_approvals: int = 2) -> None:
    """Changes are reviewed.

    Why: Nobody sees his own mistakes, and whoever takes over one account would otherwise release alone.
    Fix: Require approvals in a rule set for the default branch; a team of two or three sets min_approvals to 1.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#require-a-pull-request-before-merging
    """
    not_applicable(github_default_branch.why_not_judged)
    assert github_default_branch.demands("pull_request", approvals=min_approvals), (
        f"asks for {github_default_branch.demanded.approvals} of {min_approvals} approvals before"
        f" {github_default_branch.title} is changed: {github_default_branch.found}"
    )


@control(severity="medium")
def test_gh_branch_stale_reviews_dismissed(github_default_branch: GithubDefaultBranch) -> None:
    """New pushes void earlier approvals.

    Why: What is pushed after the approval would be merged with it, and nobody has looked at that.
    Fix: Dismiss stale pull request approvals in a rule set for the default branch.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#require-a-pull-request-before-merging
    """
    not_applicable(github_default_branch.why_not_judged)
    assert github_default_branch.demands("dismiss_stale_reviews_on_push", approvals=1), (
        f"lets an approval of earlier commits stand on {github_default_branch.title}: {github_default_branch.found}"
    )


@control(severity="low")
def test_gh_branch_conversations_resolved(github_default_branch: GithubDefaultBranch) -> None:
    """Review comments are answered before merging.

    Why: A doubt that nobody answered is merged, and found again when it has become a fault.
    Fix: Require conversation resolution before merging in a rule set for the default branch.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#require-a-pull-request-before-merging
    """
    not_applicable(github_default_branch.why_not_judged)
    assert github_default_branch.demands("required_review_thread_resolution"), (
        f"lets comments go unanswered on {github_default_branch.title}: {github_default_branch.found}"
    )


@control(severity="low")
def test_gh_branch_dismissal_restricted(github_default_branch: GithubDefaultBranch, max_dismissers: int = 5) -> None:
    """Only some may dismiss a review.

    Why: Whoever may write could otherwise put aside the review that stands in the way.
    Fix: Restrict who can dismiss reviews in a rule set for the default branch, to a few who answer for it.
    See: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/dismissing-a-pull-request-review
    """
    not_applicable(github_default_branch.why_no_review_is_dismissed)
    assert github_default_branch.limits_dismissers(max_dismissers), (
        f"lets {github_default_branch.dismissers} dismiss reviews, more than {max_dismissers}"
    )


@control(severity="medium")
def test_gh_branch_code_owners(github_file_owners: GithubFileOwners) -> None:
    """Code owners review what they own.

    Why: Any reviewer will do otherwise, also for what only a few understand.
    Fix: Write a CODEOWNERS file, and require review from code owners in a rule set for the default branch.
    See: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
    """
    not_applicable(github_file_owners.branch.why_not_judged)
    gap = github_file_owners.gap
    assert gap is None, gap


@control(severity="medium")
def test_gh_workflow_changes_owned(
    github_file_owners: GithubFileOwners,
    owned_paths: tuple[str, ...] = (".github/workflows/", ".github/actions/"),
) -> None:
    """Somebody owns the workflows.

    Why: Whoever changes a workflow changes what runs with the repository's secrets.
    Fix: Give .github/ an owner in CODEOWNERS, and require review from code owners.
    See: https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#using-codeowners-to-monitor-changes
    """
    not_applicable(github_file_owners.branch.why_not_judged)
    if not github_file_owners.files_in(owned_paths):
        not_applicable(f"there is nothing in {', '.join(owned_paths)}")
    gap = github_file_owners.gap_of(owned_paths)
    assert gap is None, gap
