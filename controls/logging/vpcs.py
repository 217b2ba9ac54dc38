"""VPCs: who tried to talk to what, and who asked for which name, is on record."""

from __future__ import annotations

from fixtures.dns_queries import records_queries_of
from fixtures.vpc import Vpc
from muster import control


@control(severity="medium")
def test_vpc_flow_logs(vpc: Vpc, traffic_types: tuple[str, ...] = ("REJECT", "ALL")) -> None:
    """Every VPC records its traffic.

    Why: Refused connections show who is probing the network; after a break-in they show where it began.
    Fix: Make a flow log on the VPC itself for rejected or all traffic, and see that it delivers. A format of its own
        needs the addresses, and the action where it is for all traffic.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
    """
    there = ", ".join(map(str, vpc.flow_logs)) or "none"
    assert any(log.records(traffic_types) for log in vpc.flow_logs), (
        f"has no working flow log for {' or '.join(traffic_types)}; there is: {there}"
    )


@control(severity="low")
def test_dns_query_logs(vpc: Vpc) -> None:
    """Every VPC records its DNS queries.

    Why: What a machine asks for by name shows where an intruder's program calls home, before anything is sent.
    Fix: Associate the VPC with a query logging configuration of Route 53 Resolver, and see that it delivers.
    See: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html
    """
    assert records_queries_of(vpc), "is associated with no query logging configuration that is at work"
