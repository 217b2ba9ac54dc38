"""CodeCommit repositories: nobody changes the code alone or unseen, and the code gives away no secrets."""

from __future__ import annotations

from fixtures.cloudtrail import Trail, owner_elsewhere
from fixtures.codecommit import SOURCE, CodecommitRepository
from fixtures.codecommit_files import RepositoryCode
from fixtures.key_owners import key_owner
from muster import Facts, control, counted, declared, judged_in, not_applicable


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


@control(severity="medium")
def test_codecommit_changes_notified(codecommit_repository: CodecommitRepository) -> None:
    """Changes to CodeCommit branches are announced.

    Why: A change that somebody else made with a stolen key is noticed by those who know the code, if they hear of it.
    Fix: Make a rule in EventBridge, or a trigger of the repository, for updates of its default branch that tells a
        topic to which somebody listens.
    See: https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
    """
    branch = codecommit_repository.default_branch
    if branch is None:
        not_applicable("nothing was pushed to the repository yet")
    assert codecommit_repository.announces_changes_of(branch), (
        f"tells nobody of a push to {branch}: neither a trigger of it nor a rule on the region's default bus does"
    )


@control(severity="high")
def test_codecommit_access_audited(codecommit_repository: CodecommitRepository, trails: list[Trail]) -> None:
    """Access to CodeCommit is recorded.

    Why: After a leak the first question is who fetched the code, and when; CloudTrail alone has the answer.
    Fix: Let a trail that covers the region record management events, reading and writing, with CodeCommit among them.
    See: https://docs.aws.amazon.com/codecommit/latest/userguide/integ-cloudtrail.html
    """
    region = codecommit_repository.region
    kept = any(trail.keeps_calls_of(SOURCE, region) for trail in trails)
    if not kept and (owner := owner_elsewhere(trails)):
        judged_in(owner, f"the trail that records this account belongs to account {owner}")
    assert kept, (
        f"has no trail that records in {region} all that is done with CodeCommit, and delivers it;"
        f" trails: {', '.join(trail.name for trail in trails) or 'none'}"
    )


@control(severity="low")
def test_codecommit_encrypted(codecommit_repository: CodecommitRepository, facts: Facts) -> None:
    """CodeCommit repositories use our key.

    Why: With a key of our own its policy decides who reads the code, and each use of it is on record.
    Fix: Set a KMS key of the account's on the repository; AWS keeps and gives out the default one.
    See: https://docs.aws.amazon.com/codecommit/latest/userguide/encryption.html
    """
    key = codecommit_repository.key
    assert codecommit_repository.has_key_of_ours, f"is encrypted with a key that AWS manages: {key}"
    owner = key_owner(codecommit_repository, key, facts.accounts, facts.audit_account_id)
    assert owner.is_ours or declared(facts.trusted_accounts, owner.id), f"is encrypted with {owner}"


@control(severity="critical")
def test_codecommit_no_secrets(
    repository_code: RepositoryCode, max_files: int = 2000, exempt_paths: tuple[str, ...] = ()
) -> None:
    """CodeCommit repositories hold no secrets.

    Why: Whoever may fetch the code has what is in it, on every laptop and in every build, and for ever.
    Fix: Replace the secret, keep the new one in Secrets Manager or Parameter Store, and take it out of the code. A file
        of examples may be named in exempt_paths.
    See: https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html
    """
    if repository_code.branch is None:
        not_applicable("nothing was pushed to the repository yet")
    found = repository_code.secrets(max_files, exempt_paths)
    assert not found, (
        f"holds secrets in {counted(len(found), 'file')} of {repository_code.branch}: {'; '.join(found[:10])}"
    )
