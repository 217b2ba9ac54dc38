"""AWS Config: its rules are at work and satisfied, its history arrives, and the data of all accounts comes together."""

from __future__ import annotations

from fixtures.config_delivery import ConfigAggregation, ConfigDelivery
from fixtures.config_rules import ConfigRule
from muster import Facts, control, elsewhere, judged_in, not_applicable


@control(severity="medium")
def test_config_rules_compliant(
    config_rule: ConfigRule, accepted_rules: tuple[str, ...] = (), include_service_rules: bool = False
) -> None:
    """AWS Config reports no non-compliant rule.

    Why: A rule that says every day what is wrong, and that nobody heeds, teaches people to heed none.
    Fix: Correct what the rule finds; name a rule whose findings are accepted among accepted_rules.
    See: https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_view-compliance.html
    """
    if config_rule.made_by is not None and not include_service_rules:
        not_applicable(f"{config_rule.made_by} made the rule, and tells of its findings itself")
    is_heeded = config_rule.compliance != "NON_COMPLIANT" or config_rule.name in accepted_rules
    assert is_heeded, f"finds {config_rule.name} {config_rule.compliance}"


@control(severity="medium")
def test_config_rules_evaluating(config_rule: ConfigRule, max_stale_days: int = 7) -> None:
    """AWS Config rules evaluate without error.

    Why: A rule whose function fails says nothing, which looks as if all were well.
    Fix: Read the rule's last error, and give its function or role what it lacks.
    See: https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_manage-rules.html
    """
    flaw = config_rule.evaluation.flaw(config_rule.age_of, max_stale_days)
    assert flaw is None, flaw


@control(severity="medium")
def test_config_service_role(config_delivery: ConfigDelivery) -> None:
    """AWS Config uses its service-linked role.

    Why: AWS gives that role what new types of resources need; with another one they are left out without a word.
    Fix: Let the recorder use AWSServiceRoleForConfig.
    See: https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
    """
    not_applicable(None if config_delivery.roles else "there is no recorder")
    strange = config_delivery.strange_roles
    assert not strange, f"records with {', '.join(strange)}"


@control(severity="medium")
def test_config_delivering(config_delivery: ConfigDelivery) -> None:
    """AWS Config delivers its history.

    Why: A history that is not delivered is gone when the question comes what a resource was like.
    Fix: Give the region a delivery channel, and let the policies of its bucket and key let AWS Config write.
    See: https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
    """
    assert not config_delivery.flaws, "; ".join(config_delivery.flaws)


@control(severity="medium")
def test_config_aggregated(config_aggregation: ConfigAggregation, facts: Facts) -> None:
    """AWS Config data of all accounts comes together.

    Why: Whoever looks after all accounts needs one place to ask what is where, and what it was like.
    Fix: In the security account, make an aggregator of the organization, of all regions.
    See: https://docs.aws.amazon.com/config/latest/developerguide/aggregate-data.html
    """
    judged_in(elsewhere("security", facts, config_aggregation), "the data of all accounts comes together there")
    aggregators = config_aggregation.aggregators
    assert any(each.collects(facts.approved_regions) for each in aggregators), (
        "has no aggregator of all accounts in all approved regions that works; "
        f"its aggregators: {', '.join(each.name for each in aggregators) or 'none'}"
    )
