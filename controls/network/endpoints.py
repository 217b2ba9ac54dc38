"""VPC endpoints: what runs in a VPC reaches AWS without crossing the internet."""

from __future__ import annotations

from fixtures.vpc import Vpc
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_vpc_endpoints_used(vpc: Vpc, facts: Facts, required_endpoints: tuple[str, ...] = ("s3", "ec2")) -> None:
    """AWS services are reached through VPC endpoints.

    Why: What calls AWS over the internet needs a way out, and whoever breaks in has that way out, too.
    Fix: Make endpoints in the VPC, with route tables or subnets that lead there. A VPC that uses those of a central one
        belongs among endpoint_consumers in facts.yaml.
    See: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    if not vpc.interfaces:
        not_applicable("nothing is in it that could call anything")
    unreached = vpc.unreached(required_endpoints)
    elsewhere = not unreached or declared(facts.endpoint_consumers, vpc.id)
    assert elsewhere, f"has no working endpoint for {', '.join(unreached)}, and nobody declared that it uses others"
