"""Who gets in: statements on credentials, reviews and accounts."""

from __future__ import annotations

from fixtures.attestations import Attestation
from muster import control


@control(severity="high")
def test_attest_root_custody(attestation: Attestation, max_age_days: int = 365) -> None:
    """Root credentials are kept safe.

    Why: No policy of an account binds its root user: one person who holds password and device can undo everything.
    Fix: Seal a long password that is used nowhere else, give the device to somebody else, try the recovery, and attest
        it. Remove the root credentials of member accounts centrally where that is possible.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_access_review(attestation: Attestation, max_age_days: int = 180) -> None:
    """Access was reviewed.

    Why: Rights are asked for when they are needed and seldom given back; only somebody who knows the people sees which
        are no longer theirs.
    Fix: Let each account's owner go through users, groups, roles and permission sets, take away what is not needed,
        confirm the rest, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_permissions_continuous_reduction.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_third_party_access(attestation: Attestation, max_age_days: int = 180) -> None:
    """Third-party access was reviewed.

    Why: Whoever breaks into a supplier stands in our accounts with the supplier's rights, and nobody of ours notices.
    Fix: For each third party note what it reaches, what its compromise would mean to us and how we would cut it off,
        end what is not needed, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_permissions_share_securely_third_party.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_password_standard(attestation: Attestation, max_age_days: int = 365) -> None:
    """The password policy follows a known standard.

    Why: Rules made up at home err towards what annoys people and not towards what stops guessing; a standard was
        argued over by many.
    Fix: Name the standard in the password policy, hold the settings of AWS and of the identity provider against it,
        and attest it.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_key_pairs(attestation: Attestation, max_age_days: int = 180) -> None:
    """EC2 keys are made, kept and rotated by procedure.

    Why: A private key that opens instances is a file; copies of it leave with everyone who ever held one, and changing
        it in EC2 changes nothing inside what already runs.
    Fix: Lay down who makes, holds, uses and replaces key pairs, in EC2 and inside instances, replace them, or reach no
        instance by key, and attest it.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_service_accounts(attestation: Attestation, max_age_days: int = 180) -> None:
    """Service accounts were reviewed.

    Why: A user made for a program outlives it; its key does not expire, and nobody misses it when it is abused.
    Fix: For each say whether it is needed, why it cannot be a role, what it may do and from where, and when its key was
        changed; remove the rest, and attest it.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_account_contacts(attestation: Attestation, max_age_days: int = 180) -> None:
    """Account contact details are current.

    Why: AWS writes to the contacts when an account is abused or about to be closed; an address that one person had who
        has left is an address that nobody reads.
    Fix: Correct contacts, e-mail aliases and telephone numbers of every account so that each reaches more than one
        person, and attest it.
    See: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_organization_structure(attestation: Attestation, max_age_days: int = 365) -> None:
    """The organization is structured by environment and sensitivity.

    Why: Guardrails are set on units: where a test account lies beside one with customer data, both get the looser.
    Fix: Make units by environment and sensitivity, move each account into its own, set the guardrails of each, and
        attest it.
    See: https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/organizing-your-aws-environment.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap
