"""Findings: what AWS has seen is looked at and settled."""

from __future__ import annotations

from fixtures.accessanalyzer import AccessAnalysis
from fixtures.findings_routing import FindingsRouting
from fixtures.guardduty import ThreatDetection
from fixtures.inspector2 import FlawScanning
from muster import Facts, control, counted, judged_in, not_applicable


@control(severity="high")
def test_guardduty_findings_handled(
    threat_detection: ThreatDetection, min_severity: int = 7, max_open_days: int = 7
) -> None:
    """Serious GuardDuty findings do not stay open.

    Why: A finding of high severity says that somebody is at work in the account; every day more is his.
    Fix: Follow each finding up, and archive it when it is settled.
    See: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_remediate.html
    """
    not_applicable(None if threat_detection.detectors else "has no detector that could have found anything")
    old = threat_detection.findings_open_for_more_than(max_open_days, min_severity=min_severity)
    assert not old, (
        f"has findings that are open for more than {counted(max_open_days, 'day')}: {', '.join(map(str, old))}"
    )


@control(severity="critical")
def test_inspector_exploited_vulnerabilities_fixed(flaw_scanning: FlawScanning, max_open_days: int = 14) -> None:
    """Vulnerabilities with a known exploit are fixed in time.

    Why: Where an exploit is public, attackers try it on every address there is.
    Fix: Update the package, or rebuild the image or function; where nothing mends it, take the thing off the network.
    See: https://docs.aws.amazon.com/inspector/latest/user/findings-understanding-score.html
    """
    not_applicable(None if flaw_scanning.is_on else "has no scans that could have found anything")
    old = flaw_scanning.flaws_exploited_for_more_than(max_open_days)
    assert not old, (
        f"has flaws with a known exploit that are open for more than"
        f" {counted(max_open_days, 'day')}: {', '.join(map(str, old))}"
    )
    unseen = flaw_scanning.rules_that_suppress(("HIGH", "CRITICAL"))
    assert not unseen, f"suppresses flaws whatever they are, by {', '.join(unseen)}"


@control(severity="medium")
def test_inspector_findings_handled(
    flaw_scanning: FlawScanning,
    max_critical_days: int = 15,
    max_high_days: int = 30,
    max_medium_days: int = 90,
) -> None:
    """Inspector findings do not grow old.

    Why: A flaw that is known is used one day; how soon it has to be mended follows from how bad it is.
    Fix: Update the package, rebuild the image or function, or close the port; suppress what is no flaw here, by a rule
        that says why.
    See: https://docs.aws.amazon.com/inspector/latest/user/findings-understanding.html
    """
    not_applicable(None if flaw_scanning.is_on else "has no scans that could have found anything")
    limits = {"CRITICAL": max_critical_days, "HIGH": max_high_days, "MEDIUM": max_medium_days}
    old = flaw_scanning.flaws_open_for_too_long(limits)
    assert not old, f"has flaws that are open for longer than their severity allows: {', '.join(map(str, old))}"
    unseen = flaw_scanning.rules_that_suppress(tuple(limits))
    assert not unseen, f"suppresses flaws whatever they are, by {', '.join(unseen)}"


@control(severity="medium")
def test_access_analyzer_findings_handled(
    access_analysis: AccessAnalysis, facts: Facts, max_open_days: int = 7
) -> None:
    """Outside access found by Access Analyzer is settled.

    Why: Access that nobody meant to give is used by whoever finds it, and the list of it is read by nobody else.
    Fix: Take the access away; where it is meant, archive the finding, or write a rule that archives its like.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-work-with-findings.html
    """
    security = facts.security_account_id
    # Others lean on the security account's analyzer, so there the findings of all accounts are judged.
    leaned_on = security == access_analysis.account.id
    if not access_analysis.watches_from_outside(for_organization=False):
        judged_in(None if leaned_on else security, f"account {security} has the organization's analyzers")
        not_applicable("has no analyzer that could have found anything")
    old = access_analysis.findings_open_for_more_than(max_open_days, of_all_accounts=leaned_on)
    assert not old, (
        f"has access from outside that is open for more than {counted(max_open_days, 'day')}:"
        f" {', '.join(map(str, old))}"
    )
    unseen = access_analysis.rules_for_anything
    assert not unseen, f"archives access from outside whatever it is, by {', '.join(unseen)}"


@control(severity="medium")
def test_findings_routed(findings_routing: FindingsRouting) -> None:
    """Security findings reach somebody.

    Why: A finding that lies in a console is read when somebody looks, and an attack takes hours.
    Fix: Make a rule of EventBridge in the region for findings of the service, with a target that tells somebody. Let a
        suppression rule name the finding type and the thing that it is about.
    See: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
    """
    if not findings_routing.services:
        elsewhere = [f"those of {name} in {place}" for name, place in findings_routing.judged_elsewhere.items()]
        judged_in(findings_routing.administrator, f"findings come together elsewhere: {', '.join(elsewhere)}")
        not_applicable(f"no findings come together here: {', '.join(elsewhere) or 'neither service is on'}")
    lost = findings_routing.lost
    assert not lost, f"has no rule that sends on all high and critical findings of {' and '.join(lost)}"
    unheard = findings_routing.archived_unheard
    assert not unheard, f"archives high or critical findings as they come, by {', '.join(unheard)}"
