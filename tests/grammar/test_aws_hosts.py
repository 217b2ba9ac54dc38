"""Host names of AWS: to what kind of thing they belong."""

from __future__ import annotations

import pytest

from fixtures.grammar.aws_hosts import Kind, address_in_host, hinted_addresses, host_in, kind_of_host, plain_host


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("s3-website-eu-west-1.amazonaws.com", "bucket"),
        ("s3-website.eu-central-1.amazonaws.com", "bucket"),
        ("shop.example.com.s3-website-eu-west-1.amazonaws.com", "bucket"),
        ("shop.example.com.s3.amazonaws.com", "bucket"),
        ("shop.s3.eu-west-1.amazonaws.com", "bucket"),
        ("shop.s3-eu-west-1.amazonaws.com", "bucket"),
        ("shop.s3.dualstack.eu-west-1.amazonaws.com", "bucket"),
        ("shop.s3.cn-north-1.amazonaws.com.cn", "bucket"),
        ("d111111abcdef8.cloudfront.net", "distribution"),
        ("shop.eu-west-1.elasticbeanstalk.com", "environment"),
        ("shop.elasticbeanstalk.com", "environment"),
        ("dualstack.shop-1.eu-west-1.elb.amazonaws.com", "load balancer"),
        ("shop-0a1b2c.elb.eu-west-1.amazonaws.com", "load balancer"),
        ("ns-2048.awsdns-64.co.uk", "name server"),
        ("ns-3.awsdns-cn-02.com", "name server"),
        ("ns-3.awsdns-02.example.com", None),
        ("vpce-1-2.s3.eu-west-1.vpce.amazonaws.com", None),
        ("sqs.eu-west-1.amazonaws.com", None),
        ("shop.example.com", None),
        ("d111111abcdef8.cloudfront.net.example.com", None),
        ("elb.amazonaws.com.example.com", None),
        ("", None),
    ],
)
def test_what_a_host_name_belongs_to(host: str, kind: Kind | None) -> None:
    assert kind_of_host(host) == kind


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("ec2-52-210-10-99.eu-west-1.compute.amazonaws.com", "52.210.10.99"),
        ("ec2-52-210-10-99.compute-1.amazonaws.com", "52.210.10.99"),
        ("ip-10-0-0-1.eu-west-1.compute.internal", None),
        ("ec2-52-210-10.eu-west-1.compute.amazonaws.com", None),
        ("ec2-52-210-10-99.eu-west-1.compute.amazonaws.com.example.com", None),
    ],
)
def test_the_address_in_a_public_host_name(host: str, address: str | None) -> None:
    assert address_in_host(host) == address


def test_a_name_in_dns_is_the_same_in_any_case_and_with_its_dot() -> None:
    assert plain_host("Dualstack.Shop-1.eu-west-1.ELB.amazonaws.com.") == "dualstack.shop-1.eu-west-1.elb.amazonaws.com"


@pytest.mark.parametrize(
    ("record_type", "value", "host"),
    [
        ("CNAME", "shop.example.net.", "shop.example.net"),
        ("NS", "ns-1.awsdns-01.org.", "ns-1.awsdns-01.org"),
        ("MX", "10 Mail.example.net", "mail.example.net"),
        ("SRV", "1 10 5269 xmpp.example.net.", "xmpp.example.net"),
        ("HTTPS", "1 shop.example.net. alpn=h2", "shop.example.net"),
        ("SVCB", "0 .", ""),
        ("A", "192.0.2.1", None),
        ("TXT", '"v=spf1 ip4:192.0.2.1 -all"', None),
    ],
)
def test_the_host_that_a_value_names(record_type: str, value: str, host: str | None) -> None:
    assert host_in(record_type, value) == host


@pytest.mark.parametrize(("record_type", "value"), [("MX", "mail.example.net"), ("SRV", "1 10 5269"), ("CNAME", "")])
def test_a_value_without_its_host_says_nothing(record_type: str, value: str) -> None:
    with pytest.raises(LookupError, match="names no host"):
        host_in(record_type, value)


@pytest.mark.parametrize(
    ("record_type", "value", "addresses"),
    [
        ("HTTPS", '1 . alpn="h2,h3" ipv4hint=192.0.2.1,192.0.2.2', ["192.0.2.1", "192.0.2.2"]),
        ("SVCB", "1 shop.example.net ipv6hint=2001:db8::1", ["2001:db8::1"]),
        ("HTTPS", "1 . alpn=h2", []),
        ("TXT", '"ipv4hint=192.0.2.1"', []),
    ],
)
def test_the_addresses_that_a_value_hints_at(record_type: str, value: str, addresses: list[str]) -> None:
    assert hinted_addresses(record_type, value) == addresses
