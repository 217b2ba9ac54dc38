"""Who may reach CodeCommit repositories, what they may do there, and by which credentials."""

from __future__ import annotations

from datetime import timedelta

from fixtures.codecommit import CodecommitRepository
from fixtures.iam.code_access import CodecommitPolicy, GitUser
from muster import Facts, control, counted, declared, not_applicable


@control(severity="high")
def test_codecommit_default_branch_guarded(codecommit_repository: CodecommitRepository, facts: Facts) -> None:
    """Nobody pushes straight to a CodeCommit default branch.

    Why: A rule that asks for approvals is for pull requests; who may push to the branch itself goes past it.
    Fix: Deny pushes, commits and merges on the branch by codecommit:References to all who may write to the repository,
        but for those who release, who are declared among release_principals in facts.yaml.
    See: https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html
    """
    branch = codecommit_repository.default_branch
    if branch is None:
        not_applicable("nothing was pushed to the repository yet")
    changed_by = codecommit_repository.changed_by(branch, lambda who: bool(declared(facts.release_principals, who)))
    shown = [f"{who} ({', '.join(actions[:2])})" for who, actions in changed_by.items()]
    assert not changed_by, f"lets {len(shown)} principals change {branch} directly: {'; '.join(shown[:10])}"


@control(severity="high")
def test_codecommit_access_scoped(codecommit_policy: CodecommitPolicy, facts: Facts) -> None:
    """CodeCommit access is granted per repository.

    Why: Who may fetch one repository should not fetch all of our code by the same key, nor push to it; the console and
        the API need no Git for that.
    Fix: Name the repositories in the resource of the statement, or their tags in a condition, and take AWS's policies
        for CodeCommit from whoever holds them.
    See: https://docs.aws.amazon.com/codecommit/latest/userguide/customer-managed-policies.html
    """
    if (own := codecommit_policy.own) is not None:
        not_applicable(own.why_spared([each for each in own.holders if declared(facts.admin_principals, each)]))
    wide = codecommit_policy.statements_for_every_repository
    assert not wide, f"opens every repository of the account: {', '.join(wide)}"


@control(severity="medium")
def test_codecommit_credentials_current(git_user: GitUser, max_credential_age_days: int = 90) -> None:
    """Git credentials in IAM are current.

    Why: A password or key for Git lies in files of laptops and servers, never asks for a second factor, and is missed
        by nobody who changes access keys.
    Fix: Make a new one, use it, and delete the old one; better, sign in to CodeCommit by a role.
    See: https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control.html
    """
    if not git_user.credentials:
        not_applicable("the user has no password and no key for CodeCommit that works")
    limit = timedelta(days=max_credential_age_days)
    old = [f"{what} of {made:%Y-%m-%d}" for what, made in git_user.credentials if git_user.age_of(made) > limit]
    assert not old, (
        f"signs in to CodeCommit by what is older than {counted(max_credential_age_days, 'day')}: {', '.join(old)}"
    )
