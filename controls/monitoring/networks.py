"""Networks: somebody is told when the ways in and out are changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixtures.alarm_chain import AlarmChain
from muster import control, judged_in

SECURITY_GROUP_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
        "RevokeSecurityGroupEgress",
        "CreateSecurityGroup",
        "DeleteSecurityGroup",
    ),
    "eventSource?": ("ec2.amazonaws.com",),
}

NETWORK_ACL_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "CreateNetworkAcl",
        "CreateNetworkAclEntry",
        "DeleteNetworkAcl",
        "DeleteNetworkAclEntry",
        "ReplaceNetworkAclEntry",
        "ReplaceNetworkAclAssociation",
    ),
    "eventSource?": ("ec2.amazonaws.com",),
}

GATEWAY_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "CreateCustomerGateway",
        "DeleteCustomerGateway",
        "AttachInternetGateway",
        "CreateInternetGateway",
        "DeleteInternetGateway",
        "DetachInternetGateway",
    ),
    "eventSource?": ("ec2.amazonaws.com",),
}

ROUTE_TABLE_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "CreateRoute",
        "CreateRouteTable",
        "ReplaceRoute",
        "ReplaceRouteTableAssociation",
        "DeleteRouteTable",
        "DeleteRoute",
        "DisassociateRouteTable",
    ),
    "eventSource?": ("ec2.amazonaws.com",),
}

VPC_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "CreateVpc",
        "DeleteVpc",
        "ModifyVpcAttribute",
        "AcceptVpcPeeringConnection",
        "CreateVpcPeeringConnection",
        "DeleteVpcPeeringConnection",
        "RejectVpcPeeringConnection",
    ),
    "eventSource?": ("ec2.amazonaws.com",),
}
"""The calls of EC2-Classic, which AWS's own filter also names, are gone."""


@control(severity="medium")
def test_alarm_security_group_changes(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = SECURITY_GROUP_CHANGES
) -> None:
    """Security group changes raise an alarm.

    Why: A port that is opened for a minute is found by scanners in that minute.
    Fix: Count changes of security groups with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-10
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_network_acl_changes(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = NETWORK_ACL_CHANGES
) -> None:
    """Network ACL changes raise an alarm.

    Why: Network ACLs change rarely; a change takes away the fence of a whole subnet.
    Fix: Count changes of network ACLs with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-11
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_network_gateway_changes(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = GATEWAY_CHANGES
) -> None:
    """Network gateway changes raise an alarm.

    Why: A new gateway is a new way out, past whatever watches the others.
    Fix: Count changes of gateways with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-12
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_route_table_changes(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = ROUTE_TABLE_CHANGES
) -> None:
    """Route table changes raise an alarm.

    Why: One route sends traffic past the firewall, or to somebody who listens.
    Fix: Count changes of route tables with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-13
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_vpc_changes(alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = VPC_CHANGES) -> None:
    """VPC changes raise an alarm.

    Why: A peering connection joins networks that were kept apart, of other accounts too.
    Fix: Count changes of VPCs with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-14
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)
