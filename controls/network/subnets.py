"""Default VPCs and subnets: nothing is on the internet because nobody chose a network for it."""

from __future__ import annotations

from fixtures.vpc import DefaultVpc, Subnet
from muster import Facts, control, declared


@control(severity="medium")
def test_vpc_default_unused(default_vpc: DefaultVpc) -> None:
    """The default VPC is gone or empty.

    Why: Each of its subnets is public. What is started without a choice of network lands there, with a public address.
    Fix: Move what is in it to a VPC made for it, then delete the default VPC.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
    """
    interfaces = default_vpc.interfaces
    assert not interfaces, f"has network interfaces in the default VPC: {', '.join(interfaces)}"


@control(severity="medium")
def test_subnet_no_auto_public_ip(subnet: Subnet, facts: Facts) -> None:
    """Subnets do not hand out public addresses.

    Why: An instance that gets a public address by itself is on the internet without anybody having wanted it there.
    Fix: Turn off the automatic assignment of public IPv4 addresses. A subnet that is meant to hand them out belongs
        among public_subnets in facts.yaml.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html
    """
    meant = not subnet.gives_public_addresses or declared(facts.public_subnets, subnet.id)
    assert meant, "gives a public address to whatever is started in it, and nobody declared it public"
