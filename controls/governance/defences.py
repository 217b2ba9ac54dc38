"""What stands before attackers: statements on openings, defences and hardening."""

from __future__ import annotations

from fixtures.attestations import Attestation
from muster import control


@control(severity="medium")
def test_attest_secure_defaults(attestation: Attestation, max_age_days: int = 365) -> None:
    """AWS defaults are known and chosen.

    Why: What a service does when nobody says otherwise suits its average customer, and that is not who we are.
    Fix: List the defaults of each service in use, decide for each whether it is right for us, change the others, and
        attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec-design.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_temporary_openings(attestation: Attestation, max_age_days: int = 90) -> None:
    """Temporary openings were looked through.

    Why: What was opened for an afternoon is still open next year, because closing it was nobody's work.
    Fix: Go through waivers, rules and policies that were opened for a while, close what is not needed, give the rest an
        owner and a day, and attest it.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_internet_exposure(attestation: Attestation, max_age_days: int = 180) -> None:
    """Internet-facing instances have a worked-out defence.

    Why: What faces the internet is tried by strangers within minutes; the one port that nobody thought about is found.
    Fix: For each such instance or service decide what stands before it, what stays open and why, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_create_layers.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_zero_day_response(attestation: Attestation, max_age_days: int = 365) -> None:
    """We know what to do on a zero-day.

    Why: Between the news of a flaw and the first attacks lie hours, and they are lost if someone must first find out
        who decides.
    Fix: Lay down how a flaw is heard of, judged, patched or shielded, and how fast, use or rehearse it, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_compute_vulnerability_management.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_hardening_standard(attestation: Attestation, max_age_days: int = 365) -> None:
    """Instances are hardened to a standard.

    Why: An image as it comes serves everybody; each service in it that we do not need is a way in that we do not watch.
    Fix: Choose a standard for each operating system and container base, build images to it, record what deviates, and
        attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_compute_hardened_images.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_intrusion_detection(attestation: Attestation, max_age_days: int = 365) -> None:
    """Intrusion detection and prevention are decided.

    Why: A detector that nobody chose is missing where it counts, and an alarm that nobody answers is noise.
    Fix: Decide what detects and stops intruders, in which networks and hosts, and who answers, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_inspection.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_config_rules(attestation: Attestation, max_age_days: int = 365) -> None:
    """The Config rules are the right ones.

    Why: Rules that were switched on in a bundle check somebody else's policy, and clauses of ours that none checks are
        kept by chance.
    Fix: Go through the policy, choose AWS's rule for each clause or write one where none fits, and attest it.
    See: https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_data_classified(attestation: Attestation, max_age_days: int = 365) -> None:
    """Data in AWS is found, classified and protected.

    Why: What nobody knows to be sensitive is protected like everything else, and what is kept for no reason leaks all
        the same.
    Fix: Write down which data each bucket and database holds and how sensitive it is, tag it so, protect it
        accordingly, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_data_classification_identify_data.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap
