"""Security groups: remote administration is not open to the internet, and nothing is open by default."""

from __future__ import annotations

from fixtures.vpc import SecurityGroup
from muster import control, not_applicable


@control(severity="critical")
def test_sg_no_admin_ports_ipv4(
    security_group: SecurityGroup,
    admin_ports: tuple[int, ...] = (22, 3389),
    open_prefix_ipv4: int = 1,
    open_share: float = 0.1,
) -> None:
    """No security group opens remote administration to the IPv4 internet.

    Why: SSH and RDP that answer the whole internet are tried with stolen passwords and fresh exploits all day.
    Fix: Remove the rule and use Session Manager, or let in only the addresses that administrators come from.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    openings = security_group.openings(admin_ports, open_prefix_ipv4=open_prefix_ipv4, open_share=open_share)
    assert not openings, f"opens {', '.join(openings)}"


@control(severity="critical")
def test_sg_no_admin_ports_ipv6(
    security_group: SecurityGroup,
    admin_ports: tuple[int, ...] = (22, 3389),
    open_prefix_ipv6: int = 3,
    open_share: float = 0.1,
) -> None:
    """No security group opens remote administration to the IPv6 internet.

    Why: IPv6 rules are easily overlooked, and an instance with an IPv6 address has no translation to hide behind.
    Fix: Remove the rule and use Session Manager, or let in only the addresses that administrators come from.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    openings = security_group.openings(admin_ports, open_prefix_ipv6=open_prefix_ipv6, open_share=open_share)
    assert not openings, f"opens {', '.join(openings)}"


@control(severity="medium")
def test_sg_default_closed(security_group: SecurityGroup) -> None:
    """Default security groups allow nothing.

    Why: Whatever is started without a group of its own gets the default one, and with it whatever that allows.
    Fix: Give what uses the default group a group of its own, then remove all rules of the default group.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    if not security_group.is_default:
        not_applicable("it is not the default group of its VPC")
    inbound, outbound = len(security_group.inbound), len(security_group.outbound)
    assert security_group.allows_nothing, f"has inbound rules: {inbound}, outbound rules: {outbound}"
