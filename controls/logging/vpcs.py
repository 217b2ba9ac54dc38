"""VPCs: who tried to talk to what is on record."""

from __future__ import annotations

from fixtures.vpc import Vpc
from muster import control


@control(severity="medium")
def test_vpc_flow_logs(vpc: Vpc, traffic_types: tuple[str, ...] = ("REJECT", "ALL")) -> None:
    """Every VPC records its traffic.

    Why: Refused connections show who is probing the network; after a break-in they show where it began.
    Fix: Make a flow log on the VPC itself for rejected or all traffic, and see that it delivers.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
    """
    there = ", ".join(map(str, vpc.flow_logs)) or "none"
    assert any(log.records(traffic_types) for log in vpc.flow_logs), (
        f"has no working flow log for {' or '.join(traffic_types)}; there is: {there}"
    )
