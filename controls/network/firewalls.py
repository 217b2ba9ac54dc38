"""Network firewalls: they look at what no rule allows, and leave a record."""

from __future__ import annotations

from fixtures.firewall_logs import logs_that_arrive
from fixtures.network_firewall import FirewallPolicy, NetworkFirewall
from muster import control


@control(severity="medium")
def test_firewall_policy_drops(firewall_policy: FirewallPolicy) -> None:
    """Network firewalls drop or inspect what no rule allows.

    Why: A firewall that passes what nobody thought of lets in just that which nobody thought of.
    Fix: Set both stateless defaults to drop, or to forward to stateful rules, and attach a group of such rules.
    See: https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html
    """
    uninspected = firewall_policy.uninspected
    assert not uninspected, f"passes {', '.join(uninspected)}"


@control(severity="medium")
def test_firewall_logging(network_firewall: NetworkFirewall, log_types: tuple[str, ...] = ("FLOW", "ALERT")) -> None:
    """Network firewalls log.

    Why: What was let through and what rang an alarm is all that is left of an intrusion to look at.
    Fix: Give the firewall a destination for its flow logs and one for its alerts, each of which is there and lets
        delivery.logs.amazonaws.com in.
    See: https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging.html
    """
    logged = logs_that_arrive(network_firewall)
    missing = [each for each in log_types if each not in logged]
    assert not missing, f"does not log {', '.join(missing)} to a place that is there"
