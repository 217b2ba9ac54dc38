"""Instances, security groups, network ACLs and flow logs: the traps of their rules.

Each line of a table is a thing of one account, which is judged once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from fixtures.vpc import FlowLog
from muster.judging.judgement import Finding
from muster.reading.reads import Call
from tests.nouns.told import Told, account, judged, refused

OWN = {"OwnerId": "111122223333"}
WORLD, WORLD_IPV6, OFFICE = "0.0.0.0/0", "::/0", "203.0.113.0/24"

Rule = dict[str, Any]
Entry = tuple[int, str, str, int, int, str]
Findings = Mapping[tuple[str, str], Finding]


def rule(protocol: str, first: int, last: int, *cidrs: str, lists: tuple[str, ...] = ()) -> Rule:
    # EC2 leaves the ports out where the protocol is every one.
    ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
    return {
        "IpProtocol": protocol,
        **ports,
        "UserIdGroupPairs": [],
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in cidrs if ":" in cidr],
        "PrefixListIds": [{"PrefixListId": f"pl-{name}"} for name in lists],
    }


# The rules of a group, and what it fails; `lists` names prefix lists.
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

# The metadata options of an instance, and its state.
INSTANCES: dict[str, tuple[dict[str, str], str, str]] = {
    "tokens required": ({"HttpTokens": "required"}, "running", "pass"),
    "tokens optional": ({"HttpTokens": "optional"}, "running", "fail"),
    "tokens optional, stopped": ({"HttpTokens": "optional"}, "stopped", "fail"),
    "no metadata service": ({"HttpTokens": "optional", "HttpEndpoint": "disabled"}, "running", "pass"),
    "terminated": ({"HttpTokens": "optional"}, "terminated", "not_applicable"),
}


EVERYTHING_OUT = rule("-1", -1, -1, WORLD)
# The inbound and outbound rules of a VPC's default group; as made it lets in who has the group itself.
DEFAULT_GROUPS: dict[str, tuple[list[Rule], list[Rule], str]] = {
    "as made": ([{**rule("-1", -1, -1), "UserIdGroupPairs": [{"GroupId": "sg-1"}]}], [EVERYTHING_OUT], "fail"),
    "outbound only": ([], [EVERYTHING_OUT], "fail"),
    "inbound only": ([rule("tcp", 443, 443, OFFICE)], [], "fail"),
    "empty": ([], [], "pass"),
}


def told(groups: Iterable[str] = GROUPS) -> dict[str, Told]:
    """What EC2 answers of the things in the tables, and of these groups; each thing's id is its name."""
    listed = [group(name, name, GROUPS[name][0], [EVERYTHING_OUT]) for name in groups]
    listed += [group(name, "default", *rules) for name, (*rules, _) in DEFAULT_GROUPS.items()]
    logs = [log for name, (of_vpc, _) in FLOW_LOGS.items() for log in flow_logs(name, of_vpc)]
    acls = [{"NetworkAclId": name, **OWN, "Entries": entries(rows)} for name, (rows, _) in ACLS.items()]
    return {
        "ec2:describe_security_groups": {"SecurityGroups": listed},
        "ec2:get_managed_prefix_list_entries": entries_of_list,
        "ec2:describe_network_acls": {"NetworkAcls": acls},
        "ec2:describe_vpcs": {"Vpcs": [{"VpcId": name, **OWN} for name in FLOW_LOGS]},
        "ec2:describe_flow_logs": {"FlowLogs": logs},
        "ec2:describe_instances": {
            "Reservations": [
                {"Instances": [instance(name, state, options)]} for name, (options, state, _) in INSTANCES.items()
            ]
        },
    }


def group(identifier: str, name: str, inbound: Sequence[Rule], outbound: Sequence[Rule]) -> dict[str, Any]:
    rules = {"IpPermissions": list(inbound), "IpPermissionsEgress": list(outbound)}
    return {"GroupId": identifier, "GroupName": name, **OWN, **rules}


def entries_of_list(call: Call) -> dict[str, Any]:
    name = call.request["PrefixListId"].removeprefix("pl-")
    return {"Entries": [{"Cidr": cidr} for cidr in LISTS[name]]}


def entries(rows: Sequence[Entry]) -> list[dict[str, Any]]:
    """The inbound entries, and those of either direction that close each ACL."""
    found = [entry(*row, egress=False) for row in rows]
    return [*found, *(entry(32767, "deny", "-1", 0, 0, WORLD, egress=egress) for egress in (False, True))]


def entry(number: int, action: str, protocol: str, first: int, last: int, cidr: str, *, egress: bool) -> dict[str, Any]:
    source = {"Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr}
    ports = {} if protocol == "-1" else {"PortRange": {"From": first, "To": last}}
    return {"RuleNumber": number, "RuleAction": action, "Protocol": protocol, "Egress": egress, **source, **ports}


def flow_logs(vpc: str, logs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Those of a VPC, and one of a subnet in it: what a subnet has is not the VPC's."""
    return [
        {
            "FlowLogId": f"fl-{vpc}-{traffic}",
            "FlowLogStatus": "ACTIVE",
            "ResourceId": resource,
            "TrafficType": traffic,
            "DeliverLogsStatus": delivery,
        }
        for resource, traffic, delivery in [(f"subnet of {vpc}", "ALL", "SUCCESS"), *((vpc, *log) for log in logs)]
    ]


def instance(name: str, state: str, options: Mapping[str, str]) -> dict[str, Any]:
    service = {"HttpEndpoint": "enabled", **options}
    return {"InstanceId": name, "State": {"Name": state}, "MetadataOptions": service, "NetworkInterfaces": []}


@pytest.fixture(scope="module")
def findings() -> Findings:
    """What the controls say of the things in the tables, by control and name."""
    controls = ("sg-no-admin-ports-*", "sg-default-closed", "nacl-no-admin-ports", "vpc-flow-logs", "ec2-imdsv2")
    return {(control, named(finding)): finding for control, finding in judged(account(told()), *controls)}


def named(finding: Finding) -> str:
    return finding.resource.rpartition("/")[2]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_a_group_opens_no_port_of_administration(findings: Findings, group: str, family: str) -> None:
    expected = "fail" if family in GROUPS[group][1] else "pass"

    assert findings[f"sg-no-admin-ports-{family}", group].status == expected


@pytest.mark.parametrize("group", DEFAULT_GROUPS)
def test_a_default_group_has_no_rule_of_either_direction(findings: Findings, group: str) -> None:
    assert findings["sg-default-closed", group].status == DEFAULT_GROUPS[group][2]


@pytest.mark.parametrize("acl", ACLS)
def test_an_acl_admits_nobody_to_administration(findings: Findings, acl: str) -> None:
    assert findings["nacl-no-admin-ports", acl].status == ACLS[acl][1]


@pytest.mark.parametrize("vpc", FLOW_LOGS)
def test_a_vpc_has_a_flow_log_that_works(findings: Findings, vpc: str) -> None:
    assert findings["vpc-flow-logs", vpc].status == FLOW_LOGS[vpc][1]


@pytest.mark.parametrize("instance", INSTANCES)
def test_an_instance_asks_for_session_tokens(findings: Findings, instance: str) -> None:
    assert findings["ec2-imdsv2", instance].status == INSTANCES[instance][2]


@pytest.mark.parametrize(
    ("control_id", "name", "reason"),
    [
        ("sg-no-admin-ports-ipv4", "ssh from both", "opens tcp port 22 to 0.0.0.0/0"),
        ("sg-no-admin-ports-ipv4", "ssh from a wide list", "opens tcp port 22 to 0.0.0.0/1 (pl-"),
        ("sg-default-closed", "https from anywhere", "it is not the default group of its VPC"),
        ("sg-default-closed", "outbound only", "has inbound rules: 0, outbound rules: 1"),
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
def test_the_reason_is_concrete(findings: Findings, control_id: str, name: str, reason: str) -> None:
    assert findings[control_id, name].reason.startswith(reason)


def statuses(control: str, answers: Mapping[str, Told], **parameters: Any) -> dict[str, str]:
    """The statuses by the last part of the resource's ARN."""
    return {named(finding): finding.status for _, finding in judged(account(answers), control, **parameters)}


def test_ports_prefix_and_share_are_parameters() -> None:
    name = "https from a sixteenth"
    answers = told([name])

    assert statuses("sg-no-admin-ports-ipv4", answers)[name] == "pass"
    assert statuses("sg-no-admin-ports-ipv4", answers, admin_ports=(443,), open_prefix_ipv4=4)[name] == "fail"
    assert statuses("sg-no-admin-ports-ipv4", answers, admin_ports=(443,), open_share=0.05)[name] == "fail"


def test_a_prefix_list_is_read_only_where_it_matters() -> None:
    answers = told(["ssh from a narrow list", "https from a wide list"])
    answers["ec2:get_managed_prefix_list_entries"] = refused("UnauthorizedOperation")

    found = statuses("sg-no-admin-ports-ipv4", answers)

    assert found["ssh from a narrow list"] == "error"
    assert found["https from a wide list"] == "pass"


@pytest.mark.parametrize(("status", "records"), [("ACTIVE", True), ("INACTIVE", False)])
def test_a_flow_log_that_has_not_delivered_yet_records_while_it_is_active(status: str, records: bool) -> None:
    assert FlowLog("fl-1", status, "ALL", None, None).records(["ALL"]) is records


@pytest.mark.parametrize(("state", "status"), [("running", "error"), ("terminated", "not_applicable")])
def test_without_metadata_options_nothing_is_known(state: str, status: str) -> None:
    bare = {"InstanceId": "i-1", "State": {"Name": state}}
    answer = {"ec2:describe_instances": {"Reservations": [{"Instances": [bare]}]}}

    assert statuses("ec2-imdsv2", answer) == {"i-1": status}


def test_encryption_of_new_volumes_is_set_in_each_region() -> None:
    def in_region(call: Call) -> dict[str, Any]:
        return {"EbsEncryptionByDefault": call.region == "eu-west-1"}

    subject = account({"ec2:get_ebs_encryption_by_default": in_region}, regions=("eu-west-1", "us-east-1"))
    found = judged(subject, "ebs-default-encryption")

    assert {each.region: each.status for _, each in found} == {"eu-west-1": "pass", "us-east-1": "fail"}


@pytest.mark.parametrize("owner", ["444455556666", None], ids=["another account", "not told"])
@pytest.mark.parametrize(
    ("control_id", "operation", "member"),
    [
        ("sg-default-closed", "describe_security_groups", "SecurityGroups"),
        ("nacl-no-admin-ports", "describe_network_acls", "NetworkAcls"),
        ("vpc-flow-logs", "describe_vpcs", "Vpcs"),
    ],
)
def test_only_what_the_account_owns_is_judged(control_id: str, operation: str, member: str, owner: str | None) -> None:
    thing = {"OwnerId": owner} if owner else {}

    (status,) = statuses(control_id, {f"ec2:{operation}": {member: [thing]}}).values()

    assert status == ("not_applicable" if owner else "error")
