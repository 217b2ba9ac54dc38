"""Code: statements on where it is kept, who reaches it and how it is written."""

from __future__ import annotations

from fixtures.attestations import Attestation
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_attest_code_hosting(attestation: Attestation, max_age_days: int = 365) -> None:
    """Where code lives is decided.

    Why: Each host has its own risks and costs, and what came to one by chance is guarded and paid for by chance.
    Fix: Compare the hosts for each kind of code by convenience, risk and total cost, decide, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_dev_integ_version_control.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_code_vendor_risk(attestation: Attestation, max_age_days: int = 365) -> None:
    """The risk of our code host is judged.

    Why: A vendor that keeps everybody's code is attacked for everybody's sake, and its staff can reach what is ours.
    Fix: Judge for each host its staff's access, its past flaws, its assurance reports and what an attack on it would
        mean to us, and attest it.
    See: https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/accessing-compliance-reports-for-your-organization
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_code_leak_impact(attestation: Attestation, max_age_days: int = 365) -> None:
    """What a leak of our code would mean is known.

    Why: After a leak each hour counts: which secrets must change first, whom to tell, what the thief now knows.
    Fix: Work out what is in the code, what would have to be changed, who must be told and what it would cost us, and
        attest it.
    See: https://docs.github.com/en/code-security/how-tos/secure-your-secrets
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_self_hosted_code(attestation: Attestation, facts: Facts, max_age_days: int = 180) -> None:
    """Our own code host is run as well as a vendor would.

    Why: A host that nobody is paid to patch, watch and restore is open for longer than any vendor's, and is missed on
        the day on which it is gone.
    Fix: Patch, back up, watch and harden the host, restore it on trial, say whose work that is, and attest it. Hosts
        that others run belong among code_hosts in facts.yaml with run_by: vendor.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_backing_up_data_periodic_recovery_testing_data.html
    """
    if declared(facts.code_hosts, "vendor") and not declared(facts.code_hosts, "ourselves"):
        not_applicable("each code host that was declared is run by its vendor")
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_code_access_review(attestation: Attestation, max_age_days: int = 90) -> None:
    """Access to code was reviewed.

    Why: Collaborators, apps, keys and tokens are added for one task and stay; each of them can read or change what
        we ship.
    Fix: Let owners go through members, collaborators, teams, apps, keys and tokens, remove what is not needed, and
        attest it.
    See: https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_secure_coding(attestation: Attestation, max_age_days: int = 365) -> None:
    """Applications are written securely.

    Why: Most ways in lead through our own code, and no setting of AWS closes them.
    Fix: Lay down how code is written securely, train those who write it, test its security before each release, and
        attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_appsec_train_for_application_security.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap
