"""Security groups: remote administration is not open to the internet, and nothing is open by default."""

from __future__ import annotations

from fixtures.security_groups import SecurityGroup
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


@control(severity="low")
def test_sg_rules_described(security_group: SecurityGroup) -> None:
    """Every opening says what it is for.

    Why: Nobody dares to close an opening of which nobody knows the reason, and so it stays.
    Fix: Give each rule that lets in other than private addresses a description, and remove those nobody can describe.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-group-rules.html
    """
    undescribed = security_group.undescribed
    assert not undescribed, f"lets in without saying why: {', '.join(undescribed)}"


@control(severity="low")
def test_sg_not_from_launch_wizard(security_group: SecurityGroup) -> None:
    """No security group in use is a left-over of the launch wizard.

    Why: The wizard's groups let SSH or RDP in, and their names tell nobody what they are for.
    Fix: Make a group named for what it protects, with the rules that are needed, and put it in the place of this one.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-instance-wizard.html
    """
    if security_group.is_of_launch_wizard and not security_group.is_in_use:
        not_applicable("nothing uses the group")
    assert not security_group.is_of_launch_wizard, f"is in use under the wizard's name, {security_group.name}"


@control(severity="medium")
def test_sg_temporary_rules_expired(
    security_group: SecurityGroup,
    temporary_words: tuple[str, ...] = ("temp", "temporary", "tmp", "debug", "for now", "todo", "remove"),
    max_days: int = 14,
) -> None:
    """Temporary openings are closed on their day.

    Why: An opening "for now" stays for years: its reason is over, and nobody remembers that it was to be closed.
    Fix: Remove the rule. One that is still needed for some days says until when in its description, or in a tag:
        expires=YYYY-MM-DD.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-group-rules.html
    """
    today = security_group.account.now.date()
    overdue = [why for rule in security_group.rules if (why := rule.overdue(today, temporary_words, max_days))]
    assert not overdue, f"keeps open {', '.join(overdue)}"


@control(severity="low")
def test_sg_unused_absent(security_group: SecurityGroup) -> None:
    """Security groups nobody uses are removed.

    Why: A group that is left over is taken for the next machine because it is there, with all that it once let in.
    Fix: Delete the group, once nothing is left that would start machines with it.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-22
    """
    if security_group.is_default:
        not_applicable("it is the default group of its VPC, which cannot be deleted")
    assert security_group.is_in_use or security_group.named_by, (
        "is on no network interface, and no other group names it"
    )
