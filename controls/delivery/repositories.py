"""CodeCommit repositories: nobody changes the code alone."""

from __future__ import annotations

from fixtures.codecommit import CodecommitRepository
from muster import control


@control(severity="high")
def test_codecommit_approval_required(codecommit_repository: CodecommitRepository, min_approvals: int = 1) -> None:
    """CodeCommit changes need approval.

    Why: A second pair of eyes finds mistakes, and keeps one person, or one stolen account, from changing what is
        released.
    Fix: Associate the repository with an approval rule template that asks for enough approvals and is for every branch,
        or names the default branch.
    See: https://docs.aws.amazon.com/codecommit/latest/userguide/approval-rule-templates.html
    """
    needed = codecommit_repository.approvals_needed
    assert needed >= min_approvals, (
        f"asks for {needed} approvals of a pull request into its default branch, less than {min_approvals};"
        f" its templates ask for {codecommit_repository.approval_rules}"
    )
