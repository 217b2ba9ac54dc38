"""Host names of AWS: to what kind of thing they belong."""

from __future__ import annotations

import pytest

from fixtures.grammar.aws_hosts import Kind, address_in_host, kind_of_host, plain_host


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
