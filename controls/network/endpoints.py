"""VPC endpoints: what runs in a VPC reaches AWS without crossing the internet."""

from __future__ import annotations

from fixtures.vpc import Vpc
from fixtures.vpc_endpoints import VpcEndpoint
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


@control(severity="medium")
def test_vpc_endpoint_policy_bound(vpc_endpoint: VpcEndpoint, facts: Facts) -> None:
    """VPC endpoints let only our principals through.

    Why: Through an endpoint that asks nobody who he is, an intruder takes our data away to an account of his own, with
        keys that he brings along, and no way out to the internet is needed.
    Fix: Bind the policy of the endpoint to organization_id by aws:PrincipalOrgID, or to accounts by
        aws:PrincipalAccount. One of a third party belongs among trusted_accounts in facts.yaml.
    See: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    if vpc_endpoint.leads_nowhere:
        not_applicable(f"it is {vpc_endpoint.state}, and leads nowhere")
    if vpc_endpoint.policy is None:
        not_applicable("it has no policy")
    strangers = vpc_endpoint.strangers({*facts.accounts, vpc_endpoint.account.id}, facts.organization_id)
    undeclared = [each for each in strangers if not declared(facts.trusted_accounts, each)]
    assert not undeclared, f"lets {', '.join(undeclared)} through, to anything there is"
