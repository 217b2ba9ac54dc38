"""How we know that it works: statements on reviews, tests and exercises."""

from __future__ import annotations

from fixtures.attestations import Attestation
from muster import control


@control(severity="medium")
def test_attest_log_review(attestation: Attestation, max_age_days: int = 90) -> None:
    """Audit logs are read.

    Why: Alarms ring for what somebody foresaw; the rest is seen by whoever looks, or after the damage.
    Fix: Review logs and alarms as often as the policy says, note what was found and what followed, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/detection.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_audit_separation(attestation: Attestation, max_age_days: int = 180) -> None:
    """Those who run workloads cannot reach the audit account.

    Why: Whoever can both do a thing and delete the record of it has done nothing, as far as anybody can prove.
    Fix: List who has access to the audit account, take it from administrators of workloads, see that nobody deletes
        logs alone, and attest it.
    See: https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/log-archive.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_penetration_test(attestation: Attestation, max_age_days: int = 365) -> None:
    """A penetration test took place within the year.

    Why: Checks of settings find known mistakes; people who attack find the ways that lead through several small ones.
    Fix: Have testers who did not build it test applications and accounts, mend and retest the serious finds, attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_appsec_perform_regular_penetration_testing.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_independent_review(attestation: Attestation, max_age_days: int = 365) -> None:
    """An independent party reviewed our security.

    Why: Nobody sees what they have grown used to, and nobody likes to report what they have built themselves.
    Fix: Let somebody without a stake in the result review our security on AWS, act on the report, and attest both.
    See: https://docs.aws.amazon.com/audit-manager/latest/userguide/what-is.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_incident_response(attestation: Attestation, max_age_days: int = 365) -> None:
    """We know what to do in an incident.

    Why: During an attack nobody has time to find out who decides, how to isolate, what to keep as evidence and whom
        to tell.
    Fix: Write the plan for AWS, rehearse it, mend what the exercise showed, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_incident_response_develop_management_plans.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_restore_test(attestation: Attestation, max_age_days: int = 365) -> None:
    """Backups were restored on trial.

    Why: A backup that was never restored is a hope: half of it may be missing, or take a week to come back.
    Fix: Restore one backup of each kind in another account, measure the time, mend what went wrong, and attest it.
    See: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap
