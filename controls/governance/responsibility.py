"""Who answers for what: statements on responsibilities, rules and decisions."""

from __future__ import annotations

from fixtures.attestations import Attestation
from muster import control


@control(severity="high")
def test_attest_shared_responsibility(attestation: Attestation, max_age_days: int = 365) -> None:
    """Who secures what between AWS and us is written down.

    Why: AWS secures what lies below a service and leaves the rest to us; a part that neither side counts as its own is
        a part that nobody secures.
    Fix: List for each service in use what AWS does and what we do, give each of our parts one owner, and attest it.
    See: https://docs.aws.amazon.com/whitepapers/latest/aws-risk-and-compliance/shared-responsibility-model.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_partner_responsibility(attestation: Attestation, max_age_days: int = 365) -> None:
    """Who secures what between our partners and us is agreed.

    Why: A provider that runs part of our accounts does what its contract says; what the contract leaves open, each side
        takes for the other's.
    Fix: Agree in writing with every partner and supplier that touches our accounts who does which part, note how they
        were chosen, and attest it.
    See: https://aws.amazon.com/compliance/shared-responsibility-model/
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_security_policy(attestation: Attestation, max_age_days: int = 365) -> None:
    """A security policy is in force.

    Why: Without rules that management stands behind, everybody decides anew who may do what, and nobody can object.
    Fix: Review the policy, let management approve it, see that it says how permissions are granted, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/governance.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_cloud_stance(attestation: Attestation, max_age_days: int = 365) -> None:
    """How we treat AWS is decided.

    Why: Where nobody has said what belongs on AWS, in which regions and accounts, and who may build there, each team
        answers for itself, and the security policy has nothing to rest on.
    Fix: Decide what is placed on AWS, where, and by whom, let the security policy follow from it, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/a-sec-security.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_regulatory_scope(attestation: Attestation, max_age_days: int = 365) -> None:
    """The rules we are subject to are known.

    Why: A rule of the industry or the state binds whether anybody has read it or not, and what it asks is dear to build
        in late.
    Fix: Find out for each account which rules apply and what they ask, "none" included with its reason, and attest it.
    See: https://aws.amazon.com/compliance/programs/
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_regulated_agreements(attestation: Attestation, max_age_days: int = 365) -> None:
    """Agreements for regulated data are in force.

    Why: Health and personal data may be kept with a provider under certain agreements only, and by certain services of
        it only; without them keeping the data is itself the offence.
    Fix: Accept the agreements that the rules ask for in AWS Artifact, in every account with such data, keep the data to
        the services they name, and attest it.
    See: https://docs.aws.amazon.com/artifact/latest/ug/managing-agreements.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="low")
def test_attest_decision_records(attestation: Attestation, max_age_days: int = 180) -> None:
    """Decisions are written down with their reasons.

    Why: Whoever does not know why a thing was decided either keeps it for ever or undoes it by mistake.
    Fix: Note each security decision in a sentence or two with its reason, mark those that newer ones replace, and
        attest it.
    See: https://docs.aws.amazon.com/prescriptive-guidance/latest/architectural-decision-records/welcome.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="low")
def test_attest_communication(attestation: Attestation, max_age_days: int = 180) -> None:
    """The team knows the decisions and can answer back.

    Why: A decision that those who build have not heard of changes nothing, and one they cannot answer stays wrong.
    Fix: Tell decisions and changes to all who build on AWS, newcomers too, keep a way to answer that is used, and
        attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/oe-organization.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap
