"""Detection services: threats and flaws are looked for in every region."""

from __future__ import annotations

from fixtures.benchmark_scans import BenchmarkScanning
from fixtures.guardduty import ThreatDetection
from fixtures.inspector2 import FlawScanning
from fixtures.securityhub import FindingsHub
from muster import Facts, control, not_applicable


@control(severity="high")
def test_guardduty_on(threat_detection: ThreatDetection) -> None:
    """GuardDuty watches every region.

    Why: It sees stolen credentials and taken-over machines at work, which no setting shows; also where nothing should
        run.
    Fix: Turn GuardDuty on in the region, best for all accounts by the organization's delegated administrator.
    See: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html
    """
    states = [f"{name} {status}" for name, status in threat_detection.detectors.items()]
    assert threat_detection.is_on, f"has no detector that watches: {', '.join(states) or 'there is none'}"


@control(severity="medium")
def test_securityhub_on(findings_hub: FindingsHub) -> None:
    """Security Hub is on in every region.

    Why: Findings that lie in five consoles are read in none.
    Fix: Turn Security Hub on in the region, best for all accounts by a central configuration of the organization.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html
    """
    assert findings_hub.hub_arn is not None, "has no Security Hub"


@control(severity="medium")
def test_inspector_on(flaw_scanning: FlawScanning, scan_types: tuple[str, ...] = ("EC2", "ECR", "LAMBDA")) -> None:
    """Inspector scans instances, images and functions.

    Why: A flaw is used within days of being known. Nobody reads the lists of packages of every machine that often.
    Fix: Turn on the scan types in the region, best for all accounts by the organization's delegated administrator.
    See: https://docs.aws.amazon.com/inspector/latest/user/getting_started.html
    """
    missing = flaw_scanning.missing(scan_types)
    assert not missing, f"is not scanned in full: {', '.join(missing)}"


@control(severity="medium")
def test_guardduty_central(threat_detection: ThreatDetection, facts: Facts) -> None:
    """GuardDuty is run from the security account.

    Why: A member cannot suspend a detector that the security account runs, and findings of all accounts lie together.
    Fix: Make the security account the delegated administrator of GuardDuty in the region, and enable the account there.
    See: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html
    """
    security = facts.security_account_id or "none that the estate declares"
    run_from = threat_detection.run_from
    assert run_from == [security], (
        f"runs GuardDuty from {', '.join(run_from) or 'nowhere'}; the security account is {security}"
    )


@control(severity="medium")
def test_guardduty_protection_plans(
    threat_detection: ThreatDetection,
    features: tuple[str, ...] = (
        "S3_DATA_EVENTS",
        "EKS_AUDIT_LOGS",
        "EBS_MALWARE_PROTECTION",
        "RDS_LOGIN_EVENTS",
        "LAMBDA_NETWORK_LOGS",
        "RUNTIME_MONITORING",
    ),
) -> None:
    """GuardDuty protection plans are on.

    Why: Without its plans GuardDuty sees calls and connections, and nothing of what is done inside buckets, databases,
        clusters and machines.
    Fix: Turn the plans on in the region, best for all accounts by the organization's delegated administrator.
    See: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html
    """
    missing = threat_detection.missing_plans(features) if threat_detection.is_on else ["any detector that watches"]
    assert not missing, f"is watched without {', '.join(missing)}"


@control(severity="medium")
def test_securityhub_standards(
    findings_hub: FindingsHub,
    standards: tuple[str, ...] = ("aws-foundational-security-best-practices",),
    min_enabled_share: float = 0.5,
) -> None:
    """Security Hub checks the agreed standards.

    Why: A hub without a standard collects what others find, and checks nothing by itself.
    Fix: Enable the standard in the region, and let AWS Config record what it needs, until its status is ready. Leave
        at least half of its controls on.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/enable-standards.html
    """
    states = {name: findings_hub.standards(name, min_enabled_share) for name in standards}
    missing = [
        f"{name} ({', '.join(found) or 'not enabled'})" for name, found in states.items() if "READY" not in found
    ]
    assert not missing, f"does not check {', '.join(missing)}"


@control(severity="medium")
def test_inspector_benchmark_scans(benchmark_scanning: BenchmarkScanning, max_scan_age_days: int = 30) -> None:
    """Instances are measured against a hardening benchmark.

    Why: How a machine should be set up is written down; whether it is, nobody knows until somebody measures.
    Fix: Schedule scans against a benchmark in Inspector, for the account and the tags of its instances.
    See: https://docs.aws.amazon.com/inspector/latest/user/scanning-cis.html
    """
    if not benchmark_scanning.machines:
        not_applicable("no instance is in the region")
    gap = benchmark_scanning.gap(max_scan_age_days)
    assert gap is None, f"measures no instance against a benchmark: {gap}"
