"""Routes: what reaches a peered network reaches what it must, and no more."""

from __future__ import annotations

from fixtures.vpc_peering import RouteTable
from muster import control, not_applicable


@control(severity="medium")
def test_vpc_peering_routes_narrow(route_table: RouteTable) -> None:
    """Peering routes reach only what they must.

    Why: A route to all of a peered VPC lets whoever breaks into this network try every machine of that one as well.
    Fix: Replace the route by routes to the subnets, or the addresses, that are needed there.
    See: https://docs.aws.amazon.com/vpc/latest/peering/peering-configurations-partial-access.html
    """
    if not route_table.peers:
        not_applicable("none of its routes leads to a peered VPC")
    wide = route_table.wide_routes
    assert not wide, f"reaches {', '.join(wide)}"
