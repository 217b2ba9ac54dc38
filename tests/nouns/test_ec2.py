"""Instances, security groups, network ACLs and flow logs: the traps of their rules.

Each line of a table is a thing of one account, which is judged once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.ec2 import ec2_backends

from fixtures.sandbox import gaps
from fixtures.vpc import FlowLog
from muster import Verdict, judge

gaps.install()

ACCOUNT = "123456789012"
REGION = "eu-west-1"
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": REGION}
WORLD, WORLD_IPV6, OFFICE = "0.0.0.0/0", "::/0", "203.0.113.0/24"

Rule = dict[str, Any]
Entry = tuple[int, str, str, int, int, str]
Verdicts = Mapping[tuple[str, str], Verdict]


def rule(protocol: str, first: int, last: int, *cidrs: str, lists: tuple[str, ...] = ()) -> Rule:
    return {
        "IpProtocol": protocol,
        "FromPort": first,
        "ToPort": last,
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in cidrs if ":" in cidr],
        "PrefixListIds": [{"PrefixListId": name} for name in lists],
    }


# The rules of a group, and what it fails; `lists` names prefix lists that are made for the test.
GROUPS: dict[str, tuple[list[Rule], set[str]]] = {
    "no rule": ([], set()),
    "ssh from anywhere": ([rule("tcp", 22, 22, WORLD)], {"ipv4"}),
    "ssh from anywhere over IPv6": ([rule("tcp", 22, 22, WORLD_IPV6)], {"ipv6"}),
    "ssh from both": ([rule("tcp", 22, 22, WORLD, WORLD_IPV6)], {"ipv4", "ipv6"}),
    "ssh from the office": ([rule("tcp", 22, 22, OFFICE, "fd00::/8")], set()),
    "https from anywhere": ([rule("tcp", 443, 443, WORLD, WORLD_IPV6)], set()),
    "rdp inside a range": ([rule("tcp", 3000, 4000, WORLD)], {"ipv4"}),
    "rdp over udp": ([rule("udp", 3389, 3389, WORLD)], {"ipv4"}),
    "all protocols": ([rule("-1", -1, -1, WORLD)], {"ipv4"}),
    "ping": ([rule("icmp", -1, -1, WORLD)], set()),
    "half of all addresses": ([rule("tcp", 22, 22, "128.0.0.0/1")], {"ipv4"}),
    "a sixteenth of all addresses": ([rule("tcp", 22, 22, "16.0.0.0/4")], set()),
    "a quarter of all addresses": ([rule("tcp", 22, 22, "64.0.0.0/2")], {"ipv4"}),
    "two in two rules": ([rule("tcp", 22, 22, "16.0.0.0/4"), rule("tcp", 9, 99, "96.0.0.0/4")], {"ipv4"}),
    "two, tcp and udp": ([rule("tcp", 22, 22, "16.0.0.0/4"), rule("udp", 22, 22, "96.0.0.0/4")], set()),
    "all public IPv6": ([rule("tcp", 22, 22, "2000::/3")], {"ipv6"}),
    "all IPv6 that is given out": ([rule("tcp", 22, 22, "2000::/4")], {"ipv6"}),
    "a provider's IPv6": ([rule("tcp", 22, 22, "2600:1f00::/24")], set()),
    "https from a sixteenth": ([rule("tcp", 443, 443, "16.0.0.0/4")], set()),
    "ssh from a wide list": ([rule("tcp", 22, 22, lists=("wide",))], {"ipv4"}),
    "ssh from a narrow list": ([rule("tcp", 22, 22, lists=("narrow",))], set()),
    "https from a wide list": ([rule("tcp", 443, 443, lists=("wide",))], set()),
}
LISTS = {"wide": ["0.0.0.0/1", "128.0.0.0/1"], "narrow": [OFFICE]}

# Inbound entries: number, action, protocol, first and last port, source.
ACLS: dict[str, tuple[list[Entry], str]] = {
    "nothing but the closing entry": ([], "pass"),
    "all allowed": ([(100, "allow", "-1", 0, 0, WORLD)], "fail"),
    "all allowed over IPv6": ([(100, "allow", "-1", 0, 0, WORLD_IPV6)], "fail"),
    "ssh denied first": ([(10, "deny", "-1", 0, 0, WORLD), (20, "allow", "6", 22, 22, WORLD)], "pass"),
    "ssh denied too late": ([(20, "deny", "-1", 0, 0, WORLD), (10, "allow", "6", 22, 22, WORLD)], "fail"),
    "denied over IPv4 only": ([(10, "deny", "-1", 0, 0, WORLD), (20, "allow", "6", 22, 22, WORLD_IPV6)], "fail"),
    "tcp denied, udp left": ([(10, "deny", "6", 0, 65535, WORLD), (20, "allow", "-1", 0, 0, WORLD)], "fail"),
    "ephemeral ports hold rdp": ([(10, "allow", "6", 1024, 65535, WORLD)], "fail"),
    "https only": ([(10, "allow", "6", 443, 443, WORLD)], "pass"),
    "ssh from the office": ([(10, "allow", "6", 22, 22, OFFICE)], "pass"),
    "four quarters": ([(10 + part, "allow", "6", 22, 22, f"{64 * part}.0.0.0/2") for part in range(4)], "fail"),
    "IPv6 in two": ([(10, "allow", "6", 22, 22, "2000::/4"), (11, "allow", "6", 22, 22, "3000::/4")], "fail"),
}

# Traffic type and delivery of each flow log.
FLOW_LOGS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "no flow log": ([], "fail"),
    "all traffic": ([("ALL", "SUCCESS")], "pass"),
    "rejected traffic": ([("REJECT", "SUCCESS")], "pass"),
    "accepted traffic only": ([("ACCEPT", "SUCCESS")], "fail"),
    "delivery fails": ([("ALL", "FAILED")], "fail"),
    "one fails, one works": ([("ALL", "FAILED"), ("REJECT", "SUCCESS")], "pass"),
}

# The metadata options of an instance, and what is done with it afterwards.
INSTANCES: dict[str, tuple[dict[str, str], str | None, str]] = {
    "tokens required": ({"HttpTokens": "required"}, None, "pass"),
    "tokens optional": ({"HttpTokens": "optional"}, None, "fail"),
    "tokens optional, stopped": ({"HttpTokens": "optional"}, "stop_instances", "fail"),
    "no metadata service": ({"HttpTokens": "optional", "HttpEndpoint": "disabled"}, None, "pass"),
    "terminated": ({"HttpTokens": "optional"}, "terminate_instances", "not_applicable"),
}


# The default group of a VPC: whether its outbound rule is taken away, whether it gets an inbound one.
DEFAULT_GROUPS: dict[str, tuple[bool, bool, str]] = {
    "as made": (False, False, "fail"),
    "inbound only": (True, True, "fail"),
    "empty": (True, False, "pass"),
}


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    """What the controls say of the things in the tables, by control and name."""
    with mock_aws():
        names = make_everything(boto3.Session(**KEYS).client("ec2"))
        found = judge(boto3.Session(**KEYS), ["sg-*", "nacl-*", "vpc-*", "ec2-imdsv2"], regions=[REGION])
    by_identifier = ((each.control, each.resource.rpartition("/")[2], each) for each in found)
    return {(control, names[identifier]): each for control, identifier, each in by_identifier if identifier in names}


def make_everything(ec2: Any) -> dict[str, str]:
    """Make what the tables say, and return the names by id."""
    made = dict(make_groups(ec2, GROUPS))
    network = ec2.create_vpc(CidrBlock="172.16.0.0/16")["Vpc"]["VpcId"]
    for name, (entries, _) in ACLS.items():
        made[make_acl(ec2, network, entries)] = name
    for name, (logs, _) in FLOW_LOGS.items():
        made[make_recorded_vpc(ec2, logs)] = name
    for name, closing in DEFAULT_GROUPS.items():
        made[make_default_group(ec2, *closing[:2])] = name
    for name, (options, then, _) in INSTANCES.items():
        answer = ec2.run_instances(ImageId="ami-0a1b2c3d", MinCount=1, MaxCount=1, MetadataOptions=options)
        identifier = answer["Instances"][0]["InstanceId"]
        made[identifier] = name
        if then:
            getattr(ec2, then)(InstanceIds=[identifier])
    return made


def make_groups(ec2: Any, names: Sequence[str] | Mapping[str, Any]) -> dict[str, str]:
    lists = {}
    for name, cidrs in LISTS.items():
        entries = [{"Cidr": cidr} for cidr in cidrs]
        what = {"PrefixListName": name, "AddressFamily": "IPv4", "MaxEntries": 2, "Entries": entries}
        lists[name] = ec2.create_managed_prefix_list(**what)["PrefixList"]["PrefixListId"]
    made = {}
    for name in names:
        group = ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
        made[group] = name
        for each in GROUPS[name][0]:
            named = [{"PrefixListId": lists[one["PrefixListId"]]} for one in each["PrefixListIds"]]
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**each, "PrefixListIds": named}])
    return made


def make_acl(ec2: Any, vpc: str, entries: Sequence[Entry]) -> str:
    acl = str(ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"])
    for number, action, protocol, first, last, cidr in entries:
        source = {"Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr}
        ports = {} if protocol == "-1" else {"PortRange": {"From": first, "To": last}}
        what = {"RuleNumber": number, "RuleAction": action, "Protocol": protocol, "Egress": False}
        ec2.create_network_acl_entry(NetworkAclId=acl, **what, **source, **ports)
    return acl


def make_recorded_vpc(ec2: Any, logs: Sequence[tuple[str, str]]) -> str:
    vpc = str(ec2.create_vpc(CidrBlock="172.17.0.0/16")["Vpc"]["VpcId"])
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="172.17.0.0/24")["Subnet"]["SubnetId"]
    # What a subnet has is not the VPC's.
    record(ec2, "Subnet", subnet, "ALL", "SUCCESS")
    for traffic, delivery in logs:
        record(ec2, "VPC", vpc, traffic, delivery)
    return vpc


def record(ec2: Any, kind: str, identifier: str, traffic: str, delivery: str) -> None:
    role, group = f"arn:aws:iam::{ACCOUNT}:role/flow-logs", f"{identifier}-{traffic}"
    what = {"ResourceIds": [identifier], "ResourceType": kind, "TrafficType": traffic}
    answer = ec2.create_flow_logs(**what, LogGroupName=group, DeliverLogsPermissionArn=role)
    ec2_backends[ACCOUNT][REGION].flow_logs[answer["FlowLogIds"][0]].deliver_logs_status = delivery


def make_default_group(ec2: Any, without_outbound: bool, with_inbound: bool) -> str:
    vpc = ec2.create_vpc(CidrBlock="172.18.0.0/16")["Vpc"]["VpcId"]
    group = str(ec2_backends[ACCOUNT][REGION].get_security_group_by_name_or_id("default", vpc).id)
    if without_outbound:
        every = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": WORLD}]}
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[every])
    if with_inbound:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule("tcp", 443, 443, OFFICE)])
    return group


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_a_group_opens_no_port_of_administration(verdicts: Verdicts, group: str, family: str) -> None:
    expected = "fail" if family in GROUPS[group][1] else "pass"

    assert verdicts[f"sg-no-admin-ports-{family}", group].status == expected


@pytest.mark.parametrize("group", DEFAULT_GROUPS)
def test_a_default_group_has_no_rule_of_either_direction(verdicts: Verdicts, group: str) -> None:
    assert verdicts["sg-default-closed", group].status == DEFAULT_GROUPS[group][2]


@pytest.mark.parametrize("acl", ACLS)
def test_an_acl_admits_nobody_to_administration(verdicts: Verdicts, acl: str) -> None:
    assert verdicts["nacl-no-admin-ports", acl].status == ACLS[acl][1]


@pytest.mark.parametrize("vpc", FLOW_LOGS)
def test_a_vpc_has_a_flow_log_that_works(verdicts: Verdicts, vpc: str) -> None:
    assert verdicts["vpc-flow-logs", vpc].status == FLOW_LOGS[vpc][1]


@pytest.mark.parametrize("instance", INSTANCES)
def test_an_instance_asks_for_session_tokens(verdicts: Verdicts, instance: str) -> None:
    assert verdicts["ec2-imdsv2", instance].status == INSTANCES[instance][2]


@pytest.mark.parametrize(
    ("control_id", "name", "reason"),
    [
        ("sg-no-admin-ports-ipv4", "ssh from both", "opens tcp port 22 to 0.0.0.0/0"),
        ("sg-no-admin-ports-ipv4", "ssh from a wide list", "opens tcp port 22 to 0.0.0.0/1 (pl-"),
        ("sg-default-closed", "https from anywhere", "it is not the default group of its VPC"),
        ("sg-default-closed", "as made", "has inbound rules: 0, outbound rules: 1"),
        (
            "nacl-no-admin-ports",
            "ephemeral ports hold rdp",
            "lets the internet reach port 3389 by entry 10 (0.0.0.0/0)",
        ),
        (
            "nacl-no-admin-ports",
            "four quarters",
            "lets the internet reach port 22 by entry 10 (0.0.0.0/2), 11 (64.0.0.0/2), 12 (128.0.0.0/2) and 1 more",
        ),
        ("vpc-flow-logs", "no flow log", "has no working flow log for REJECT or ALL; there is: none"),
    ],
)
def test_the_reason_is_concrete(verdicts: Verdicts, control_id: str, name: str, reason: str) -> None:
    assert verdicts[control_id, name].reason.startswith(reason)


@pytest.fixture
def mocked() -> Iterator[None]:
    with mock_aws():
        yield


def judged(control: str, *, answers: Mapping[str, Any] | None = None, **parameters: Any) -> dict[str, str]:
    """The statuses by the last part of the resource's ARN; `answers` take the place of EC2's, by operation."""
    auditor = boto3.Session(**KEYS)
    for operation, content in (answers or {}).items():
        auditor.events.register(f"before-call.ec2.{operation}", _answer(content))
    found = judge(auditor, [control], regions=[REGION], parameters={control: parameters}, threads=1)
    return {each.resource.rpartition("/")[2]: each.status for each in found}


def _answer(content: Mapping[str, Any]) -> Any:
    status = 403 if "Error" in content else 200
    return lambda **_event: (SimpleNamespace(status_code=status), {"ResponseMetadata": {}, **content})


@pytest.mark.usefixtures("mocked")
def test_ports_prefix_and_share_are_parameters() -> None:
    (group,) = make_groups(boto3.Session(**KEYS).client("ec2"), ["https from a sixteenth"])

    assert judged("sg-no-admin-ports-ipv4")[group] == "pass"
    assert judged("sg-no-admin-ports-ipv4", admin_ports=(443,), open_prefix_ipv4=4)[group] == "fail"
    assert judged("sg-no-admin-ports-ipv4", admin_ports=(443,), open_share=0.05)[group] == "fail"


@pytest.mark.usefixtures("mocked")
def test_a_prefix_list_is_read_only_where_it_matters() -> None:
    made = make_groups(boto3.Session(**KEYS).client("ec2"), ["ssh from a narrow list", "https from a wide list"])
    denied = {"Error": {"Code": "UnauthorizedOperation", "Message": "not authorized"}}

    found = judged("sg-no-admin-ports-ipv4", answers={"GetManagedPrefixListEntries": denied})

    assert {name: found[group] for group, name in made.items()} == {
        "ssh from a narrow list": "error",
        "https from a wide list": "pass",
    }


@pytest.mark.parametrize(("status", "records"), [("ACTIVE", True), ("INACTIVE", False)])
def test_a_flow_log_that_has_not_delivered_yet_records_while_it_is_active(status: str, records: bool) -> None:
    assert FlowLog("fl-1", status, "ALL", None).records(["ALL"]) is records


@pytest.mark.usefixtures("mocked")
@pytest.mark.parametrize(("state", "status"), [("running", "error"), ("terminated", "not_applicable")])
def test_without_metadata_options_nothing_is_known(state: str, status: str) -> None:
    instance = {"InstanceId": "i-1", "State": {"Name": state}}

    found = judged("ec2-imdsv2", answers={"DescribeInstances": {"Reservations": [{"Instances": [instance]}]}})

    assert found == {"i-1": status}


@pytest.mark.usefixtures("mocked")
def test_encryption_of_new_volumes_is_set_in_each_region() -> None:
    session = boto3.Session(**KEYS)
    session.client("ec2").enable_ebs_encryption_by_default()

    found = judge(boto3.Session(**KEYS), ["ebs-default-encryption"], regions=[REGION, "us-east-1"], threads=1)

    assert {each.region: each.status for each in found} == {REGION: "pass", "us-east-1": "fail"}


@pytest.mark.usefixtures("mocked")
@pytest.mark.parametrize("owner", ["444455556666", None], ids=["another account", "not told"])
@pytest.mark.parametrize(
    ("control_id", "operation", "member"),
    [
        ("sg-default-closed", "DescribeSecurityGroups", "SecurityGroups"),
        ("nacl-no-admin-ports", "DescribeNetworkAcls", "NetworkAcls"),
        ("vpc-flow-logs", "DescribeVpcs", "Vpcs"),
    ],
)
def test_only_what_the_account_owns_is_judged(control_id: str, operation: str, member: str, owner: str | None) -> None:
    thing = {"OwnerId": owner} if owner else {}

    (status,) = judged(control_id, answers={operation: {member: [thing]}}).values()

    assert status == ("not_applicable" if owner else "error")
