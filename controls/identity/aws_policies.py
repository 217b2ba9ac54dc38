"""Policies of AWS's own: somebody has read them, and they are what was read."""

from __future__ import annotations

from datetime import timedelta

from fixtures.iam.aws_policies import AwsPolicy
from fixtures.iam.principals import IamPrincipal
from muster import Facts, control, counted, not_applicable


@control(severity="medium")
def test_iam_managed_policy_reviewed(aws_policy: AwsPolicy, facts: Facts, review_days: int = 365) -> None:
    """Every attached AWS-managed policy has been reviewed.

    Why: AWS writes these policies for everybody. Most of them allow more than their names say.
    Fix: Read the policy, attach a narrower one of your own where it allows too much, and put it into
        managed_policy_register in facts.yaml; muster review managed-policies writes the entry.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    """
    reviews = [each for each in facts.managed_policy_register if each.arn == aws_policy.arn]
    in_time = [each for each in reviews if aws_policy.account.now.date() - each.date <= timedelta(days=review_days)]
    assert in_time, (
        f"was reviewed last on {reviews[0].date}, more than {counted(review_days, 'day')} ago"
        if reviews
        else "is attached, and nobody has reviewed it"
    )


@control(severity="medium")
def test_iam_managed_policy_unchanged(aws_policy: AwsPolicy, facts: Facts) -> None:
    """AWS-managed policies have not changed since review.

    Why: AWS changes its policies when a service learns something new, and everybody who holds one may do that from then
        on.
    Fix: Read what came and went, and enter the new version into managed_policy_register in facts.yaml; muster review
        managed-policies writes the entry.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
    """
    reviews = [each for each in facts.managed_policy_register if each.arn == aws_policy.arn]
    if not reviews:
        not_applicable("nobody has reviewed the policy")
    change = aws_policy.change_since(reviews[0].version, reviews[0].sha256)
    assert change is None, change


@control(severity="medium")
def test_iam_managed_policy_full_access_declared(iam_principal: IamPrincipal, facts: Facts) -> None:
    """Full-access AWS-managed policies are attached only where declared.

    Why: Such a policy holds what deletes, shares and hands on, and grows with each thing that AWS adds.
    Fix: Attach a policy of your own that names what the work needs, or name the principal in the policy's review
        (attached_to of managed_policy_register in facts.yaml).
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    """
    undeclared = [
        arn
        for arn in iam_principal.full_access_policies
        if not any(
            review.arn == arn and review.may_be_attached_to(iam_principal.principal)
            for review in facts.managed_policy_register
        )
    ]
    assert not undeclared, f"holds policies of full access that nobody declared for it: {', '.join(undeclared)}"
