"""Web ACLs: they judge requests, and what they let pass and what they block can be looked up later."""

from __future__ import annotations

from fixtures.wafv2 import WebAcl
from muster import control


@control(severity="medium")
def test_waf_logging(web_acl: WebAcl) -> None:
    """Web ACLs log.

    Why: Without the requests themselves nobody can tell an attack from a busy day, nor what it reached.
    Fix: Enable logging of the web ACL to CloudWatch Logs, S3 or Firehose, or have Security Lake collect it. Where it is
        enabled, see whether the destination is still there and takes the log, and what the log's filters drop.
    See: https://docs.aws.amazon.com/waf/latest/developerguide/logging.html
    """
    assert web_acl.log_scope is not None, "keeps no log of the requests that it judges, or none that arrives"


@control(severity="medium")
def test_waf_has_rules(web_acl: WebAcl) -> None:
    """Web ACLs have rules.

    Why: A web ACL without rules lets everything pass, and looks like protection to whoever counts them.
    Fix: Add rules, or groups of rules of AWS's; delete a web ACL that nobody needs.
    See: https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html
    """
    assert web_acl.has_rules, "has no rule and no rule group"


@control(severity="medium")
def test_waf_managed_rules(
    web_acl: WebAcl,
    required_groups: tuple[str, ...] = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"),
    accepted_equivalents: tuple[str, ...] = (),
    max_counted_rules: int = 3,
) -> None:
    """Web ACLs carry rules against known attacks.

    Why: Attacks that everybody knows are tried on every address within hours; nobody's own rules keep up with them.
    Fix: Add the managed rule groups, with their own actions and for every request; let no more of their rules only
        count than your application needs. Groups that do instead are named with their vendor (`F5/OWASP_Managed`).
    See: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
    """
    missing = web_acl.missing_groups(required_groups, accepted_equivalents, max_counted_rules=max_counted_rules)
    assert not missing, f"stops too little: {'; '.join(missing)}"
