"""Ports and packets: what a rule of a security group or an entry of a network ACL lets in."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.traffic import PORT_PROTOCOLS, AclEntry, Permission, Traffic, admitting_entries

REGION: dict[str, Any] = {
    "region_name": "eu-west-1",
    "aws_access_key_id": "x",
    "aws_secret_access_key": "x",
}


@pytest.mark.parametrize(
    ("protocol", "first", "last", "tcp", "udp"),
    [
        pytest.param("tcp", 22, 22, True, False, id="tcp"),
        pytest.param("6", 22, 22, True, False, id="tcp by number"),
        pytest.param("TCP", 0, 65535, True, False, id="tcp, all ports"),
        pytest.param("udp", 20, 30, False, True, id="udp, range"),
        pytest.param("17", 22, 22, False, True, id="udp by number"),
        pytest.param("-1", None, None, True, True, id="all protocols, which have no ports"),
        pytest.param("all", 80, 80, True, True, id="all protocols, whose ports do not count"),
        pytest.param("-1", -1, -1, True, True, id="all protocols, as security group rules give them"),
        pytest.param("tcp", -1, -1, True, False, id="tcp without a limit"),
        pytest.param("tcp", 23, 65535, False, False, id="tcp above"),
        pytest.param("tcp", 0, 21, False, False, id="tcp below"),
        pytest.param("icmp", -1, -1, False, False, id="icmp"),
        pytest.param("1", 22, 22, False, False, id="icmp by number"),
        pytest.param("icmpv6", None, None, False, False, id="icmpv6"),
        pytest.param("58", None, None, False, False, id="icmpv6 by number"),
        pytest.param("47", None, None, False, False, id="a protocol without ports"),
    ],
)
def test_traffic_covers_port_22(protocol: str, first: int | None, last: int | None, tcp: bool, udp: bool) -> None:
    traffic = Traffic.parse(protocol, first, last)
    assert (traffic.covers(22, "tcp"), traffic.covers(22, "udp")) == (tcp, udp)
    assert traffic.covers(22) is (tcp or udp)


@pytest.mark.parametrize(
    ("protocol", "first", "last", "every"),
    [
        ("-1", None, None, True),
        ("tcp", 0, 65535, True),
        ("udp", 1, 65535, True),
        ("tcp", 0, 65534, False),
        ("tcp", 2, 65535, False),
        ("icmp", -1, -1, False),
    ],
)
def test_traffic_covers_every_port(protocol: str, first: int | None, last: int | None, every: bool) -> None:
    assert Traffic.parse(protocol, first, last).covers_every_port is every


def test_unknown_protocol_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'sctpx'"):
        Traffic.parse("sctpx", None, None)


@pytest.mark.parametrize(("protocol", "first", "last"), [("tcp", None, None), ("6", 22, None), ("udp", None, 53)])
def test_ports_of_tcp_and_udp_are_always_there(protocol: str, first: int | None, last: int | None) -> None:
    with pytest.raises(ValueError, match="a port is missing"):
        Traffic.parse(protocol, first, last)


def test_permission_is_read_as_ec2_describes_it() -> None:
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
    described = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 25,
        "UserIdGroupPairs": [],
        "IpRanges": [{"Description": "the office", "CidrIp": "203.0.113.0/24"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "PrefixListIds": [],
    }
    assert Permission.parse(described) == Permission(
        traffic=Traffic("tcp", 22, 25), cidrs=("203.0.113.0/24", "::/0"), prefix_lists=()
    )


def test_sources_of_a_permission_include_its_prefix_lists() -> None:
    permission = Permission.parse(
        {
            "IpProtocol": "-1",
            "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
            "Ipv6Ranges": [],
            "PrefixListIds": [{"PrefixListId": "pl-0a1b2c3d"}],
        }
    )
    assert permission.sources({"pl-0a1b2c3d": ["0.0.0.0/0"]}) == ("10.0.0.0/8", "0.0.0.0/0")


def test_prefix_list_that_was_not_read_is_refused_by_name() -> None:
    permission = Permission(Traffic("all", 0, 65535), cidrs=("10.0.0.0/8",), prefix_lists=("pl-0a1b2c3d",))
    with pytest.raises(ValueError, match="pl-0a1b2c3d"):
        permission.sources({})


def entry(number: int, action: str, cidr: str, protocol: str = "6", ports: tuple[int, int] = (22, 22)) -> AclEntry:
    return AclEntry(number, False, action == "allow", Traffic.parse(protocol, *ports), cidr)


ANY = "0.0.0.0/0"
CLOSING = entry(32767, "deny", ANY, "-1")


@pytest.mark.parametrize(
    ("entries", "numbers"),
    [
        pytest.param([CLOSING], [], id="the closing rule alone"),
        pytest.param([], [], id="no entry"),
        pytest.param([entry(100, "allow", ANY, "-1"), CLOSING], [100], id="the default network ACL"),
        pytest.param([entry(200, "deny", ANY), entry(100, "allow", ANY)], [100], id="the lower number decides"),
        pytest.param([entry(100, "deny", ANY), entry(200, "allow", ANY)], [], id="denied first"),
        pytest.param([entry(100, "deny", ANY, "-1"), entry(200, "allow", ANY)], [], id="all protocols denied"),
        pytest.param([entry(100, "deny", ANY, "17"), entry(200, "allow", ANY, "-1")], [200], id="only UDP denied"),
        pytest.param([entry(100, "deny", ANY, "6"), entry(200, "allow", ANY, "-1")], [200], id="only TCP denied"),
        pytest.param([entry(100, "deny", ANY, "1"), entry(200, "allow", ANY)], [200], id="ICMP denied"),
        pytest.param([entry(100, "deny", ANY, "6", (80, 80)), entry(200, "allow", ANY)], [200], id="other port denied"),
        pytest.param([entry(100, "deny", "10.0.0.0/8"), entry(200, "allow", ANY)], [200], id="private part denied"),
        pytest.param([entry(100, "deny", "64.0.0.0/2"), entry(200, "allow", ANY)], [200], id="a quarter denied"),
        pytest.param(
            [entry(100, "deny", "0.0.0.0/1"), entry(110, "deny", "128.0.0.0/1"), entry(200, "allow", ANY)],
            [],
            id="both halves denied",
        ),
        pytest.param(
            [
                entry(100, "deny", "0.0.0.0/1"),
                entry(110, "deny", "128.0.0.0/2"),
                entry(120, "deny", "192.0.0.0/3"),
                entry(200, "allow", ANY),
            ],
            [],
            id="all that anybody has denied",
        ),
        pytest.param([entry(100, "allow", "128.0.0.0/1")], [100], id="one half allowed"),
        pytest.param(
            [entry(number, "allow", f"{64 * number}.0.0.0/2") for number in range(4)],
            [0, 1, 2, 3],
            id="four quarters allowed",
        ),
        pytest.param(
            [entry(90, "deny", "0.0.0.0/2"), entry(100, "allow", "10.0.0.0/8"), entry(110, "allow", "0.0.0.0/2")],
            [],
            id="nothing is left to allow",
        ),
        pytest.param(
            [entry(100, "allow", "10.0.0.0/8"), entry(110, "allow", ANY)], [110], id="private ones do not count"
        ),
        pytest.param([entry(100, "allow", "13.0.0.0/8")], [], id="a network allowed"),
        pytest.param([entry(100, "deny", ANY), entry(200, "allow", "::/0")], [200], id="IPv6 is looked at apart"),
        pytest.param([entry(100, "deny", "::/0"), entry(200, "allow", ANY)], [200], id="IPv4 is looked at apart"),
        pytest.param([entry(100, "allow", "2000::/3")], [100], id="all public IPv6"),
        pytest.param([entry(1, "allow", "2000::/4"), entry(2, "allow", "3000::/4")], [1], id="all public IPv6 in two"),
        pytest.param([entry(100, "allow", ANY, "6", (1024, 65535))], [], id="high ports"),
        pytest.param([entry(100, "allow", ANY, "6", (0, 65535))], [100], id="port in a range"),
    ],
)
def test_entries_that_admit_the_internet_to_port_22(entries: list[AclEntry], numbers: list[int]) -> None:
    assert [each.number for each in admitting_entries(entries, 22)] == numbers


def test_the_share_that_is_the_internet_is_a_parameter() -> None:
    quarter = [entry(100, "allow", "64.0.0.0/2")]
    assert admitting_entries(quarter, 22)
    assert not admitting_entries(quarter, 22, open_share=0.5)


def test_outbound_entries_admit_nothing() -> None:
    outbound = AclEntry(100, is_egress=True, is_allow=True, traffic=Traffic.parse("-1", None, None), cidr=ANY)
    assert admitting_entries([outbound], 22) == ()


def test_default_network_acl_as_ec2_describes_it_admits_the_internet() -> None:
    # https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
    entries = [
        {"CidrBlock": ANY, "Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": number}
        for egress in (True, False)
        for number, action in ((100, "allow"), (32767, "deny"))
    ]
    (found,) = admitting_entries([AclEntry.parse(each) for each in entries], 22)
    assert (found.number, found.cidr) == (100, ANY)


ENTRY = {
    "RuleNumber": 100,
    "Egress": False,
    "RuleAction": "allow",
    "Protocol": "6",
    "PortRange": {"From": 22, "To": 23},
    "Ipv6CidrBlock": "::/0",
}


def test_entry_is_read_field_by_field() -> None:
    assert AclEntry.parse(ENTRY) == AclEntry(100, False, True, Traffic("tcp", 22, 23), "::/0")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"RuleAction": "permit"}, "entry 100: RuleAction is 'permit'", id="unknown action"),
        pytest.param({"Ipv6CidrBlock": "everyone"}, "'everyone' is no address range", id="no range"),
        pytest.param({"Protocol": "tpc"}, "'tpc'", id="unknown protocol"),
        pytest.param({"Egress": "false"}, "Egress is 'false'; expected bool", id="text for a yes or no"),
        pytest.param({"RuleNumber": "100"}, "RuleNumber is '100'; expected int", id="text for a number"),
        pytest.param({"PortRange": {"From": 22}}, "a port is missing", id="no last port"),
    ],
)
def test_malformed_entry_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        AclEntry.parse(ENTRY | change)


@pytest.mark.parametrize("field", ["RuleNumber", "Egress", "RuleAction", "Protocol", "Ipv6CidrBlock"])
def test_missing_field_of_an_entry_is_named(field: str) -> None:
    with pytest.raises(ValueError, match=f"{field} is missing"):
        AclEntry.parse({name: value for name, value in ENTRY.items() if name != field})


UNIVERSE = [ANY, "0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/2", "64.0.0.0/2", "10.0.0.0/8", "::/0", "2000::/3", "fc00::/7"]
# One address of each part that the ranges above cut the two address spaces into; the public ones are of large parts.
PUBLIC = ["1.0.0.1", "64.0.0.1", "128.0.0.1", "2600::1"]
PRIVATE = ["10.0.0.1", "::1", "fc00::1"]

ENTRIES = st.lists(
    st.builds(
        entry,
        st.integers(1, 40),
        st.sampled_from(["allow", "deny", "deny"]),
        st.sampled_from(UNIVERSE),
        st.sampled_from(["6", "17", "-1", "1"]),
        st.sampled_from([(22, 22), (0, 65535), (80, 443)]),
    ),
    max_size=7,
    unique_by=lambda each: each.number,
)


def first_match(entries: list[AclEntry], address: str, protocol: str) -> AclEntry | None:
    """What AWS documents, packet by packet: the matching entry with the lowest number."""
    matching = [
        each
        for each in entries
        if ip_address(address) in ip_network(each.cidr)
        and each.traffic.protocol in (protocol, "all")
        and (each.traffic.protocol == "all" or each.traffic.first <= 22 <= each.traffic.last)
    ]
    return min(matching, key=lambda each: each.number, default=None)


@given(ENTRIES)
def test_network_acl_answers_as_packet_by_packet(entries: list[AclEntry]) -> None:
    deciding = [first_match(entries, address, protocol) for address in PUBLIC for protocol in PORT_PROTOCOLS]
    admitted = any(each is not None and each.is_allow for each in deciding)
    assert bool(admitting_entries(entries, 22)) is admitted


@given(ENTRIES)
def test_what_is_named_decides_on_a_packet_from_the_internet(entries: list[AclEntry]) -> None:
    deciding = [first_match(entries, address, protocol) for address in PUBLIC for protocol in PORT_PROTOCOLS]
    assert set(admitting_entries(entries, 22)) <= {each for each in deciding if each is not None}


@given(ENTRIES, st.randoms(use_true_random=False))
def test_order_of_the_entries_does_not_matter(entries: list[AclEntry], random: Any) -> None:
    shuffled = random.sample(entries, len(entries))
    assert admitting_entries(shuffled, 22) == admitting_entries(entries, 22)
