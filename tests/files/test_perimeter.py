"""facts.yaml: what of the network is the organization's beyond its accounts."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from muster.estate.excuses import PerimeterPart
from tests.excuses import excuse


def part(name: str) -> PerimeterPart:
    return PerimeterPart.model_validate_json(json.dumps(excuse(name=name)))


@pytest.mark.parametrize(
    ("name", "asked", "covered"),
    [
        pytest.param("52.210.10.0/28", "52.210.9.255", False, id="the address before"),
        pytest.param("52.210.10.0/28", "52.210.10.0", True, id="the first address"),
        pytest.param("52.210.10.0/28", "52.210.10.15", True, id="the last address"),
        pytest.param("52.210.10.0/28", "52.210.10.16", False, id="the address after"),
        pytest.param("2a05:d018:abc::/48", "2a05:d018:abc:de00::99", True, id="IPv6"),
        pytest.param("2a05:d018:abc::/48", "52.210.10.1", False, id="of the other family"),
        pytest.param("52.210.10.0/28", "shop.example.com", False, id="a name is in no range"),
        pytest.param("52.210.10.1", "52.210.10.1", True, id="one address"),
        pytest.param("52.210.10.1", "52.210.10.10", False, id="an address that begins alike"),
        pytest.param("D1.cloudfront.net.", "d1.cloudfront.net", True, id="a name in capitals, with its dot"),
        pytest.param("vpc-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60718", True, id="a VPC"),
        pytest.param("vpce-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60718", False, id="an endpoint is no VPC"),
        pytest.param("cloudfront.net", "d1.cloudfront.net", False, id="a name above"),
    ],
)
def test_what_a_part_of_the_perimeter_covers(name: str, asked: str, covered: bool) -> None:
    assert part(name).covers(asked) is covered


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("0.0.0.0/0", "wider than what any organization has; expected /8, or narrower", id="everything"),
        pytest.param("52.0.0.0/7", "expected /8, or narrower", id="one bit too wide"),
        pytest.param("2a00::/18", "expected /19, or narrower", id="one bit too wide, of IPv6"),
        pytest.param("52.210.10.1/28", "is no range of addresses", id="an address within a range"),
        pytest.param("office/8", "is no range of addresses", id="no address"),
        pytest.param("*.cloudfront.net", "neither a range of addresses", id="a pattern"),
        pytest.param("vpc-", "neither a range of addresses", id="no VPC"),
        pytest.param("office", "neither a range of addresses", id="one word"),
        pytest.param("2a05:d018::1", "neither a range of addresses", id="an address of IPv6 without its length"),
    ],
)
def test_what_is_no_part_of_a_perimeter(name: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        part(name)


@pytest.mark.parametrize("name", ["52.0.0.0/8", "2a00::/19"])
def test_the_widest_range(name: str) -> None:
    assert part(name).subject == name
