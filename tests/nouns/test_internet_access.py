"""Whether the internet reaches an interface: by a route, past what shuts its subnet, through the groups that it has."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.internet_access import InternetAccess
from muster.errors import Unreadable
from muster.judging.resource import Resource
from muster.reading.reads import Answer
from tests.engine.lamps import account

OPEN = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": []}
TO_INTERNET = [
    {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"},
    {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"},
]
EVERYTHING = {"Entries": [{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1"}]}


def rule(protocol: str = "tcp", first: int = 443, last: int = 443, **sources: Any) -> dict[str, Any]:
    none: dict[str, Any] = {"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": last, **none, **(sources or OPEN)}


def families(routes: Any = TO_INTERNET, rules: Any = None, *, subnet: Any = None, association: Any = None) -> set[Any]:
    """The families at which the internet reaches an interface with one group, in a subnet with one table."""
    found: list[Resource] = account(
        {
            "ec2:describe_subnets": Answer({"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", **(subnet or {})}]}),
            "ec2:describe_route_tables": Answer(
                {
                    "RouteTables": [
                        {"VpcId": "vpc-1", "Associations": [association or {"Main": True}], "Routes": list(routes)}
                    ]
                }
            ),
            "ec2:describe_security_groups": Answer(
                {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [rule()] if rules is None else rules}]}
            ),
            "ec2:get_managed_prefix_list_entries": Answer(EVERYTHING),
        }
    ).all(InternetAccess)
    (access,) = found
    assert isinstance(access, InternetAccess)
    return set(access.families_of_interface("subnet-1", ["sg-1"]))


def test_a_route_and_an_open_group_lead_in() -> None:
    assert families() == {4, 6}


@pytest.mark.parametrize(
    ("routes", "reached"),
    [
        pytest.param([], set(), id="no route"),
        pytest.param(TO_INTERNET[:1], {4}, id="IPv4 alone"),
        pytest.param(TO_INTERNET[1:], {6}, id="IPv6 alone"),
        pytest.param([{**TO_INTERNET[0], "State": "blackhole"}], set(), id="a gateway that is gone"),
        pytest.param([{**TO_INTERNET[0], "GatewayId": "vgw-1"}], set(), id="a gateway of a VPN"),
        pytest.param([{**TO_INTERNET[0], "DestinationCidrBlock": "203.0.113.0/24"}], set(), id="to one network"),
        pytest.param(
            [{**TO_INTERNET[0], "DestinationCidrBlock": half} for half in ("0.0.0.0/1", "128.0.0.0/1")],
            {4},
            id="in two halves",
        ),
        pytest.param(
            [{"DestinationPrefixListId": "pl-1", "GatewayId": "igw-1", "State": "active"}], {4}, id="by a prefix list"
        ),
    ],
)
def test_the_route_decides(routes: Any, reached: set[int]) -> None:
    assert families(routes) == reached


@pytest.mark.parametrize(
    ("rules", "reached"),
    [
        pytest.param([], set(), id="no rule"),
        pytest.param([rule(IpRanges=[{"CidrIp": "203.0.113.0/24"}])], set(), id="one network"),
        pytest.param([rule(IpRanges=[{"CidrIp": "0.0.0.0/0"}])], {4}, id="IPv4"),
        pytest.param([rule(Ipv6Ranges=[{"CidrIpv6": "2000::/3"}])], {6}, id="all of IPv6 that there is"),
        pytest.param([rule(PrefixListIds=[{"PrefixListId": "pl-1"}])], {4}, id="a prefix list that is everything"),
        pytest.param([rule("-1")], {4, 6}, id="every protocol"),
        pytest.param([rule("icmp", -1, -1)], {4, 6}, id="pings"),
        pytest.param(
            [
                rule("tcp", 1, 30000, IpRanges=[{"CidrIp": "0.0.0.0/1"}]),
                rule("tcp", 20000, 40000, IpRanges=[{"CidrIp": "128.0.0.0/1"}]),
            ],
            {4},
            id="two rules that overlap in ports",
        ),
    ],
)
def test_the_groups_decide(rules: Any, reached: set[int]) -> None:
    assert families(rules=rules) == reached


@pytest.mark.parametrize(
    ("mode", "reached"), [("off", {4, 6}), ("block-ingress", set()), ("block-bidirectional", set())]
)
def test_a_subnet_that_is_shut_is_not_reached(mode: str, reached: set[int]) -> None:
    assert families(subnet={"BlockPublicAccessStates": {"InternetGatewayBlockMode": mode}}) == reached


def test_a_table_of_the_subnets_own_goes_before_the_main_one() -> None:
    assert families(association={"Main": False, "SubnetId": "subnet-1"}) == {4, 6}


def test_a_subnet_of_which_no_table_is_told_is_unknown() -> None:
    with pytest.raises((LookupError, Unreadable), match="no route table"):
        families(association={"Main": False, "SubnetId": "subnet-2"})
