"""Address ranges: what is an open source, alone and together with others."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.addresses import is_open_source, merged, open_sources, parsed, public_share, without

# Every public IPv4 address, and not a private one.
INTERNET = [
    "1.0.0.0/8",
    "2.0.0.0/7",
    "4.0.0.0/6",
    "8.0.0.0/7",
    "11.0.0.0/8",
    "12.0.0.0/6",
    "16.0.0.0/4",
    "32.0.0.0/3",
    "64.0.0.0/3",
    "96.0.0.0/4",
    "112.0.0.0/5",
    "120.0.0.0/6",
    "124.0.0.0/7",
    "126.0.0.0/8",
    "128.0.0.0/3",
    "160.0.0.0/5",
    "168.0.0.0/6",
    "172.0.0.0/12",
    "172.32.0.0/11",
    "172.64.0.0/10",
    "172.128.0.0/9",
    "173.0.0.0/8",
    "174.0.0.0/7",
    "176.0.0.0/4",
    "192.0.0.0/9",
    "192.128.0.0/11",
    "192.160.0.0/13",
    "192.169.0.0/16",
    "192.170.0.0/15",
    "192.172.0.0/14",
    "192.176.0.0/12",
    "192.192.0.0/10",
    "193.0.0.0/8",
    "194.0.0.0/7",
    "196.0.0.0/6",
    "200.0.0.0/5",
    "208.0.0.0/4",
]


@pytest.mark.parametrize(
    ("cidr", "is_open"),
    [
        ("0.0.0.0/0", True),
        ("203.0.113.9/0", True),
        ("0.0.0.0/1", True),
        ("128.0.0.0/1", True),
        ("64.0.0.0/2", True),
        ("32.0.0.0/3", True),
        ("16.0.0.0/4", False),
        ("13.0.0.0/8", False),
        ("224.0.0.0/3", False),
        ("10.0.0.0/8", False),
        ("203.0.113.7", False),
        ("::/0", True),
        ("2000::/3", True),
        ("2000::/4", True),
        ("3000::/4", False),
        ("2600:1f00::/24", False),
        ("fd00::/8", False),
    ],
)
def test_open_source(cidr: str, is_open: bool) -> None:
    assert is_open_source(cidr) is is_open


def test_limits_are_parameters_and_none_leaves_a_family_out() -> None:
    assert is_open_source("10.0.0.0/8", open_prefix_ipv4=8)
    assert not is_open_source("0.0.0.0/1", open_prefix_ipv4=0, open_share=0.9)
    assert is_open_source("0.0.0.0/1", open_prefix_ipv4=0)
    assert is_open_source("13.0.0.0/8", open_share=0.001)
    assert not is_open_source("0.0.0.0/0", open_prefix_ipv4=None)
    assert not is_open_source("::/0", open_prefix_ipv6=None)


@pytest.mark.parametrize("cidr", ["", "*", "anywhere", "10.0.0.0/33", "pl-0a1b2c3d"])
def test_what_is_no_range_is_refused_by_name(cidr: str) -> None:
    with pytest.raises(ValueError, match="no address range"):
        is_open_source(cidr)


@pytest.mark.parametrize(
    ("cidrs", "found"),
    [
        pytest.param(["10.0.0.0/8", "0.0.0.0/0", "::/0"], ("0.0.0.0/0", "::/0"), id="each on its own"),
        pytest.param(["0.0.0.0/1", "128.0.0.0/1"], ("0.0.0.0/1", "128.0.0.0/1"), id="two halves"),
        pytest.param(["0.0.0.0/2", "64.0.0.0/2", "10.0.0.0/24"], ("0.0.0.0/2", "64.0.0.0/2"), id="merged"),
        pytest.param(["0.0.0.0/2", "128.0.0.0/2"], ("0.0.0.0/2", "128.0.0.0/2"), id="quarters that do not touch"),
        pytest.param(["16.0.0.0/4", "96.0.0.0/4"], ("16.0.0.0/4", "96.0.0.0/4"), id="two that are narrow alone"),
        pytest.param(["16.0.0.0/4", "10.0.0.0/8"], (), id="a narrow and a private one"),
        pytest.param(["2000::/4", "3000::/4"], ("2000::/4", "3000::/4"), id="all public IPv6 in two"),
        pytest.param(["2600::/12", "2a00::/12", "::1/128"], ("2600::/12", "2a00::/12"), id="what two registries have"),
        pytest.param([], (), id="none"),
    ],
)
def test_open_sources_of_a_list(cidrs: list[str], found: tuple[str, ...]) -> None:
    assert open_sources(cidrs) == found


CIDRS = st.builds(
    lambda address, prefix: str(ip_network((address, prefix), strict=False)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)


@given(st.lists(CIDRS, max_size=6), CIDRS)
def test_a_further_range_never_closes(cidrs: list[str], further: str) -> None:
    if open_sources(cidrs):
        assert open_sources([further, *cidrs])


@given(st.lists(CIDRS, max_size=6))
def test_a_range_that_is_open_alone_is_open_among_others(cidrs: list[str]) -> None:
    assert bool(open_sources(cidrs)) >= any(is_open_source(cidr) for cidr in cidrs)


@given(CIDRS, st.integers(0, 32))
def test_a_range_alone_is_open_by_its_prefix(cidr: str, limit: int) -> None:
    expected = int(cidr.split("/")[1]) <= limit
    assert is_open_source(cidr, open_prefix_ipv4=limit, open_share=1.0) is expected


def test_ranges_that_leave_out_the_private_networks_are_the_internet() -> None:
    assert len(INTERNET) > 30
    assert public_share(map(ip_network, INTERNET)) > 0.99
    assert set(open_sources(INTERNET)) == set(INTERNET)


@pytest.mark.parametrize(
    ("cidrs", "share"),
    [
        pytest.param([], 0.0, id="none"),
        pytest.param(["10.0.0.0/8", "203.0.113.0/24", "224.0.0.0/4"], 0.0, id="nobody's"),
        pytest.param(["0.0.0.0/0"], 1.0, id="all"),
        pytest.param(["128.0.0.0/1", "0.0.0.0/1", "13.0.0.0/8"], 1.0, id="all, and some of it twice"),
        pytest.param(["::/0"], 1.0, id="all of IPv6"),
        pytest.param(["fd00::/8", "3000::/4"], 0.0, id="nobody's in IPv6"),
    ],
)
def test_share_of_the_public_addresses(cidrs: list[str], share: float) -> None:
    assert public_share(map(parsed, cidrs)) == share


@given(st.lists(CIDRS, max_size=6))
def test_the_share_of_a_list_is_between_that_of_its_widest_and_the_sum(cidrs: list[str]) -> None:
    shares = [public_share([parsed(cidr)]) for cidr in cidrs]
    assert max(shares, default=0.0) <= public_share(map(parsed, cidrs)) <= sum(shares) + 1e-9


@given(CIDRS, st.lists(CIDRS, max_size=4))
def test_what_is_left_and_what_was_taken_out_make_the_whole(cidr: str, holes: list[str]) -> None:
    network, taken = parsed(cidr), [parsed(hole) for hole in holes]
    left = without(network, taken)
    assert not any(part.overlaps(hole) for part in left for hole in taken)
    assert isinstance(network, IPv4Network)
    whole = merged([*left, *(hole for hole in taken)])
    assert any(isinstance(each, IPv4Network) and network.subnet_of(each) for each in whole)
