"""Records in DNS: what they lead to, and whether it is the account's."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.route53 import DnsRecord, HostedZone
from muster import Unreadable
from muster.judging.resource import Place
from muster.reading.reads import Answer
from tests.engine.lamps import account

ZONE = {"Id": "/hostedzone/Z1", "Name": "example.com.", "CallerReference": "1"}
INTERFACE = {
    "Association": {"PublicIp": "52.210.10.30"},
    "PrivateIpAddresses": [
        {"Association": {"PublicIp": "52.210.10.30"}},
        {"Association": {"CarrierIp": "155.146.0.1"}},
        {"Association": {"PublicIp": "52.210.10.31"}},
    ],
    "Ipv6Addresses": [{"Ipv6Address": "2a05:d018:abc:de00::5"}],
}
OURS: dict[str, Any] = {
    "route53:list_hosted_zones": {"HostedZones": [ZONE]},
    "ec2:describe_addresses": {"Addresses": [{"PublicIp": "52.210.10.20"}, {"CarrierIp": "155.146.0.2"}]},
    "ec2:describe_network_interfaces": {"NetworkInterfaces": [INTERFACE]},
    "s3:list_buckets": {"Buckets": [{"Name": "www.example.com", "BucketRegion": "eu-west-1"}]},
    "elasticbeanstalk:describe_environments": {
        "Environments": [
            {"EnvironmentArn": "arn:1", "EnvironmentName": "a", "Status": "Ready", "CNAME": "a.elasticbeanstalk.com"},
            {
                "EnvironmentArn": "arn:2",
                "EnvironmentName": "b",
                "Status": "Terminated",
                "CNAME": "b.elasticbeanstalk.com",
            },
            {"EnvironmentArn": "arn:3", "EnvironmentName": "worker", "Status": "Ready"},
        ]
    },
    "elbv2:describe_load_balancers": {"LoadBalancers": []},
    "elb:describe_load_balancers": {
        "LoadBalancerDescriptions": [
            {"LoadBalancerName": "old", "DNSName": "Old-1.eu-west-1.elb.amazonaws.com", "ListenerDescriptions": []}
        ]
    },
}


def records(*listed: dict[str, Any]) -> list[DnsRecord]:
    told = {**OURS, "route53:list_resource_record_sets": {"ResourceRecordSets": list(listed)}}
    return account({name: Answer(content) for name, content in told.items()}).all(DnsRecord)


def record(kind: str, *values: str, name: str = "www.example.com.", alias: str | None = None) -> DnsRecord:
    target = {} if alias is None else {"AliasTarget": {"DNSName": alias}}
    given = {"ResourceRecords": [{"Value": each} for each in values]} if values else {}
    (found,) = records({"Name": name, "Type": kind, **given, **target})
    return found


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(record("A", "52.210.10.20"), id="an elastic address"),
        pytest.param(record("A", "52.210.10.30", "52.210.10.31"), id="addresses of an interface"),
        pytest.param(record("A", "155.146.0.1", "155.146.0.2"), id="addresses in the network of a carrier"),
        pytest.param(record("AAAA", "2A05:D018:0ABC:DE00:0:0:0:5"), id="an IPv6 address in another spelling"),
        pytest.param(record("CNAME", "ec2-52-210-10-20.eu-west-1.compute.amazonaws.com"), id="a public host name"),
        pytest.param(record("A", alias="s3-website-eu-west-1.amazonaws.com."), id="the website of our bucket"),
        pytest.param(record("CNAME", "a.elasticbeanstalk.com"), id="an environment"),
        pytest.param(record("A", alias="dualstack.old-1.eu-west-1.elb.amazonaws.com."), id="a load balancer"),
    ],
)
def test_what_is_ours(found: DnsRecord) -> None:
    assert found.addresses or found.hosts
    assert found.strangers == []


@pytest.mark.parametrize(
    ("found", "strangers"),
    [
        pytest.param(record("A", "52.210.10.20", "52.210.10.2"), ["52.210.10.2"], id="one of two addresses"),
        pytest.param(
            record("CNAME", "www.example.com.s3.amazonaws.com", name="old.example.com."),
            ["www.example.com.s3.amazonaws.com"],
            id="S3 looks for a bucket of the record's name",
        ),
        pytest.param(
            record("A", alias="s3-website-eu-west-1.amazonaws.com.", name="\\052.example.com."),
            ["s3-website-eu-west-1.amazonaws.com"],
            id="a wildcard is of buckets of any name",
        ),
        pytest.param(
            record("CNAME", "b.elasticbeanstalk.com."), ["b.elasticbeanstalk.com"], id="an environment that is gone"
        ),
        pytest.param(
            record("CNAME", "very-old-1.eu-west-1.elb.amazonaws.com"),
            ["very-old-1.eu-west-1.elb.amazonaws.com"],
            id="a load balancer whose name ends alike",
        ),
        pytest.param(
            record("HTTPS", "1 . ipv4hint=52.210.10.20,52.210.10.2"), ["52.210.10.2"], id="an address that is hinted at"
        ),
    ],
)
def test_what_is_not_ours(found: DnsRecord, strangers: list[str]) -> None:
    assert found.strangers == strangers


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(record("A", "10.1.2.3"), id="a private address"),
        pytest.param(record("A", "127.0.0.1", "100.64.0.1"), id="the machine itself, and addresses within a provider"),
        pytest.param(record("AAAA", "::1", "fe80::1"), id="the machine itself, and its link"),
        pytest.param(record("CNAME", "shop.example.net"), id="a host that is none of AWS's"),
        pytest.param(record("MX", "10 mail.example.net"), id="mail"),
        pytest.param(record("NS", "ns-1.awsdns-01.org.", name="Example.com"), id="the servers of the zone itself"),
        pytest.param(record("NS", "ns.example.net", name="sub.example.com."), id="somebody else's name server"),
        pytest.param(record("CNAME", "ns-1.awsdns-01.org."), id="another name of a name server"),
        pytest.param(record("A", alias="www.example.com."), id="an alias within the zone"),
    ],
)
def test_what_leads_nowhere_of_this_kind(found: DnsRecord) -> None:
    assert (found.addresses, found.hosts, found.strangers) == ([], [], [])


def test_records_of_a_group_are_told_apart() -> None:
    value = {"ResourceRecords": [{"Value": "52.210.10.20"}]}
    twins = [{"Name": "www.example.com.", "Type": "A", "SetIdentifier": each, **value} for each in ("blue", "green")]

    assert [each.arn.partition("Z1/")[2] for each in records(*twins)] == [
        "www.example.com./A/blue",
        "www.example.com./A/green",
    ]


def test_a_record_with_neither_values_nor_an_alias_says_nothing() -> None:
    with pytest.raises(LookupError, match="both missing"):
        _ = record("A").addresses


@pytest.mark.parametrize(
    ("config", "is_private"),
    [({}, False), ({"Config": {"Comment": ""}}, False), ({"Config": {"PrivateZone": True}}, True)],
    ids=["no configuration", "a comment only", "private"],
)
def test_a_zone_is_public_unless_it_says_otherwise(config: dict[str, Any], is_private: bool) -> None:
    subject = account({"route53:list_hosted_zones": Answer({"HostedZones": [{**ZONE, **config}]})})

    assert [each.is_private for each in HostedZone.list_in(Place(subject, "us-east-1", True))] == [is_private]


def test_whether_a_zone_is_private_is_true_or_false() -> None:
    zone = {**ZONE, "Config": {"PrivateZone": "false"}}
    with pytest.raises(Unreadable):
        account({"route53:list_hosted_zones": Answer({"HostedZones": [zone]})}).all(HostedZone)
