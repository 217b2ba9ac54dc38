"""Load balancers: who may stand before them instead of a web ACL, and what a rule gives away."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.elbv2 import LoadBalancer
from fixtures.elbv2_listeners import Action
from muster import Unreadable
from muster.judging.resource import Place
from muster.reading.reads import Answer
from tests.engine.lamps import account

ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188"
FORWARD = {"Type": "forward", "TargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/1"}
NOT_FOUND = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
DEFAULT = {"Priority": "default", "Conditions": [], "Actions": [NOT_FOUND]}
OURS = {"Priority": "1", "Conditions": [{"Field": "http-header"}], "Actions": [FORWARD]}
LISTS = [
    {"PrefixListId": "pl-cf", "PrefixListName": "com.amazonaws.global.cloudfront.origin-facing", "OwnerId": "AWS"},
    {
        "PrefixListId": "pl-six",
        "PrefixListName": "com.amazonaws.global.ipv6.cloudfront.origin-facing",
        "OwnerId": "AWS",
    },
    {"PrefixListId": "pl-s3", "PrefixListName": "com.amazonaws.eu-west-1.s3", "OwnerId": "AWS"},
    {"PrefixListId": "pl-like", "PrefixListName": "com.amazonaws.global.cloudfront.origin-facing", "OwnerId": "9"},
]


def admits(*lists: str, cidrs: tuple[str, ...] = ()) -> dict[str, Any]:
    sources = {
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs],
        "Ipv6Ranges": [],
        "PrefixListIds": [{"PrefixListId": each} for each in lists],
    }
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [], **sources}


def group(name: str, *permissions: dict[str, Any]) -> dict[str, Any]:
    own = {"GroupId": name, "GroupName": name, "OwnerId": "111122223333"}
    return {**own, "IpPermissions": list(permissions), "IpPermissionsEgress": []}


def balancer(groups: list[dict[str, Any]], rules: list[dict[str, Any]], *, has: tuple[str, ...] = ("sg-1",)) -> Any:
    listener = {"ListenerArn": f"{ARN}/1", "Protocol": "HTTPS", "Port": 443}
    subject = account(
        {
            "ec2:describe_security_groups": Answer({"SecurityGroups": groups}),
            "ec2:describe_managed_prefix_lists": Answer({"PrefixLists": LISTS}),
            "elbv2:describe_listeners": Answer({"Listeners": [listener]}),
            "elbv2:describe_rules": Answer({"Rules": rules}),
        }
    )
    place = Place(subject, "eu-west-1")
    return LoadBalancer(
        place=place,
        arn=ARN,
        name="shop",
        type="application",
        scheme="internet-facing",
        dns_name="shop",
        security_groups=has,
    )


@pytest.mark.parametrize(
    ("groups", "rules"),
    [
        pytest.param([group("sg-1", admits("pl-cf"))], [OURS, DEFAULT], id="CloudFront, with a header"),
        pytest.param([group("sg-1", admits("pl-cf", "pl-six"))], [OURS, DEFAULT], id="over IPv6 as well"),
        pytest.param([group("sg-1", admits("pl-cf"))], [DEFAULT], id="nothing is passed on"),
    ],
)
def test_only_our_own_distributions_reach_it(groups: list[dict[str, Any]], rules: list[dict[str, Any]]) -> None:
    assert balancer(groups, rules).takes_only_our_distributions


@pytest.mark.parametrize(
    ("groups", "rules", "has"),
    [
        pytest.param(
            [group("sg-1", admits("pl-cf"))],
            [{**DEFAULT, "Actions": [FORWARD]}],
            ("sg-1",),
            id="no header: a distribution of anybody's will do",
        ),
        pytest.param(
            [group("sg-1", admits("pl-cf"))],
            [OURS, {**OURS, "Conditions": [{"Field": "path-pattern"}]}, DEFAULT],
            ("sg-1",),
            id="one path needs no header",
        ),
        pytest.param(
            [group("sg-1", admits("pl-cf", cidrs=("203.0.113.0/24",)))], [OURS], ("sg-1",), id="an address beside"
        ),
        pytest.param([group("sg-1", admits("pl-s3"))], [OURS], ("sg-1",), id="the list of another service"),
        pytest.param([group("sg-1", admits("pl-like"))], [OURS], ("sg-1",), id="a list of that name that is not AWS's"),
        pytest.param(
            [group("sg-1", admits("pl-cf")), group("sg-2", admits(cidrs=("0.0.0.0/0",)))],
            [OURS],
            ("sg-1", "sg-2"),
            id="a second group lets anybody in",
        ),
        pytest.param(
            [group("sg-1", admits("pl-cf"))], [OURS], ("sg-1", "sg-9"), id="a group that nobody can look into"
        ),
        pytest.param([group("sg-1", admits("pl-cf"))], [OURS], (), id="no group at all"),
    ],
)
def test_others_reach_it(groups: list[dict[str, Any]], rules: list[dict[str, Any]], has: tuple[str, ...]) -> None:
    assert not balancer(groups, rules, has=has).takes_only_our_distributions


@pytest.mark.parametrize(
    ("action", "gives_nothing_away"),
    [
        pytest.param(Action(type="redirect", redirects_to="HTTPS", status=None), True, id="to HTTPS"),
        pytest.param(Action(type="redirect", redirects_to="#{protocol}", status=None), False, id="as it came"),
        pytest.param(Action(type="fixed-response", redirects_to="", status="399"), False, id="399"),
        pytest.param(Action(type="fixed-response", redirects_to="", status="400"), True, id="400"),
        pytest.param(Action(type="fixed-response", redirects_to="", status="499"), True, id="499"),
        pytest.param(Action(type="fixed-response", redirects_to="", status="500"), False, id="500"),
        pytest.param(Action(type="fixed-response", redirects_to="", status=None), False, id="no status"),
        pytest.param(Action(type="cache", redirects_to="", status=None), False, id="what AWS may add tomorrow"),
    ],
)
def test_an_action_gives_nothing_away(action: Action, gives_nothing_away: bool) -> None:
    assert action.gives_nothing_away is gives_nothing_away


@pytest.mark.parametrize("rules", [[], [{**DEFAULT, "Actions": []}]], ids=["no rule", "a rule without actions"])
def test_a_listener_has_at_least_a_default_rule_with_actions(rules: list[dict[str, Any]]) -> None:
    with pytest.raises(Unreadable):
        _ = balancer([], rules).rules_under_tls


@pytest.mark.parametrize(
    ("settings", "gaps"),
    [
        pytest.param(("true", "defensive"), [], id="as it should be"),
        pytest.param(("true", "strictest"), [], id="stricter"),
        pytest.param(("false", "defensive"), ["invalid header fields"], id="fields"),
        pytest.param(
            ("true", "monitor"), ["requests that no two servers read alike (desync mode monitor)"], id="requests"
        ),
    ],
)
def test_what_is_malformed_is_dropped(settings: tuple[str, str], gaps: list[str]) -> None:
    assert with_attributes(*settings).header_gaps == gaps


@pytest.mark.parametrize("settings", [("yes", "defensive"), ("true", "lenient")], ids=["no truth value", "no mode"])
def test_a_setting_has_a_value_that_aws_documents(settings: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="expected"):
        _ = with_attributes(*settings).header_gaps


def with_attributes(drops: str, mode: str) -> LoadBalancer:
    names = ("routing.http.drop_invalid_header_fields.enabled", "routing.http.desync_mitigation_mode")
    told = [{"Key": name, "Value": value} for name, value in zip(names, (drops, mode), strict=True)]
    subject = account({"elbv2:describe_load_balancer_attributes": Answer({"Attributes": told})})
    entry = {"LoadBalancerArn": ARN, "LoadBalancerName": "shop", "Type": "application"}
    return LoadBalancer.of(Place(subject, "eu-west-1"), entry)
