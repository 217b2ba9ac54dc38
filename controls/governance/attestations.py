"""Attestations: what has to be stated, by whom, and how often."""

from __future__ import annotations

from fixtures.attestations import CodeHosting, PenetrationTest, RootCustody, SecurityPolicy, SharedResponsibility
from muster import control


@control(severity="high")
def test_attest_shared_responsibility(shared_responsibility: SharedResponsibility, max_age_days: int = 365) -> None:
    """Who secures what between AWS and us is written down.

    Why: AWS secures what lies below a service and leaves the rest to us; a part that neither side counts as its own is
        a part that nobody secures.
    Fix: List for each service in use what AWS does and what we do, give each of our parts one owner, and attest it.
    See: https://docs.aws.amazon.com/whitepapers/latest/aws-risk-and-compliance/shared-responsibility-model.html
    """
    gap = shared_responsibility.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_security_policy(security_policy: SecurityPolicy, max_age_days: int = 365) -> None:
    """A security policy is in force.

    Why: Without rules that management stands behind, everybody decides anew who may do what, and nobody can object.
    Fix: Review the policy, let management approve it, see that it says how permissions are granted, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/governance.html
    """
    gap = security_policy.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_root_custody(root_custody: RootCustody, max_age_days: int = 365) -> None:
    """Root credentials are kept safe.

    Why: No policy of an account binds its root user: one person who holds password and device can undo everything.
    Fix: Seal a long password that is used nowhere else, give the device to somebody else, try the recovery, and attest
        it. Remove the root credentials of member accounts centrally where that is possible.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    """
    gap = root_custody.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_penetration_test(penetration_test: PenetrationTest, max_age_days: int = 365) -> None:
    """A penetration test took place within the year.

    Why: Checks of settings find known mistakes; people who attack find the ways that lead through several small ones.
    Fix: Have testers who did not build it test applications and accounts, mend and retest the serious finds, attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_appsec_perform_regular_penetration_testing.html
    """
    gap = penetration_test.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_code_hosting(code_hosting: CodeHosting, max_age_days: int = 365) -> None:
    """Where code lives is decided.

    Why: Each host has its own risks and costs, and what came to one by chance is guarded and paid for by chance.
    Fix: Compare the hosts for each kind of code by convenience, risk and total cost, decide, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_dev_integ_version_control.html
    """
    gap = code_hosting.gap(max_age_days)
    assert gap is None, gap
