"""Gateways: networks meet the internet, and each other, where somebody meant them to."""

from __future__ import annotations

from fixtures.internet_gateways import InternetBlocking
from fixtures.transit_gateways import TransitGateway
from fixtures.vpc import Vpc
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_vpc_internet_gateway_declared(vpc: Vpc, facts: Facts) -> None:
    """Only declared VPCs reach the internet directly.

    Why: With a gateway, a VPC is one route and one address away from the internet, for whatever is started in it.
    Fix: Detach the gateway. A VPC that is meant to have one belongs among public_vpcs in facts.yaml.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
    """
    gateways = [*vpc.internet_gateways, *vpc.outbound_gateways]
    meant = not gateways or declared(facts.public_vpcs, vpc.id)
    assert meant, f"has {', '.join(gateways)} attached, and nobody declared it public"


@control(severity="medium")
def test_vpc_inspected(vpc: Vpc, facts: Facts) -> None:
    """Traffic to and from the internet is inspected.

    Why: Groups and ACLs look at ports and addresses; what an intruder sends home looks there like any other call.
    Fix: Route the traffic of the internet gateway through a firewall or an appliance in the VPC. A VPC whose traffic
        goes through an inspection VPC belongs among inspection_vpcs in facts.yaml.
    See: https://docs.aws.amazon.com/network-firewall/latest/developerguide/architectures.html
    """
    gateways = [*vpc.internet_gateways, *vpc.outbound_gateways]
    if not gateways:
        not_applicable("it has no internet gateway")
    past = vpc.uninspected_subnets
    inspected = (vpc.inspectors and not past) or declared(facts.inspection_vpcs, vpc.id)
    flaw = f"routes from {', '.join(past)} past it" if vpc.inspectors else "no endpoint of a firewall or an appliance"
    assert inspected, f"has {', '.join(gateways)} and {flaw}"


@control(severity="medium")
def test_vpc_public_access_blocked(internet_blocking: InternetBlocking, facts: Facts) -> None:
    """The region blocks internet gateways unless excluded.

    Why: One switch holds for all VPCs, those too that are made tomorrow, whatever routes and groups say.
    Fix: Turn VPC Block Public Access on, for what comes in at least. What it has to spare belongs among public_vpcs or
        public_subnets in facts.yaml.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    vpcs = [each for each in internet_blocking.spared_vpcs if not declared(facts.public_vpcs, each)]
    subnets = [each for each in internet_blocking.spared_subnets if not declared(facts.public_subnets, each)]
    spared = [*vpcs, *subnets] if internet_blocking.blocks else ["every VPC"]
    assert not spared, f"spares {', '.join(spared)}, which nobody declared"


@control(severity="high")
def test_transit_gateway_no_auto_accept(transit_gateway: TransitGateway) -> None:
    """Transit gateways do not accept attachments by themselves.

    Why: Whoever the gateway is shared with joins his networks to ours at a time of his choosing, and nobody looks.
    Fix: Turn off the automatic acceptance of shared attachments, and accept each one that is known.
    See: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html
    """
    if transit_gateway.state == "deleted":
        not_applicable("it is deleted")
    accepts = transit_gateway.accepts_shared_attachments
    assert accepts == "disable", f"has the automatic acceptance of shared attachments on {accepts}"
