"""Distributions: when one serves nobody, and how it speaks with its origins."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.cloudfront import Distribution
from muster.judging.resource import Place
from muster.reading.reads import Answer
from tests.engine.lamps import account

BUCKET = {"DomainName": "orders.s3.eu-west-1.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
SIGNED = {**BUCKET, "OriginAccessControlId": "E1"}
OURS = account(
    {
        "s3:list_buckets": Answer(
            {"Buckets": [{"Name": name, "BucketRegion": "eu-west-1"} for name in ("orders", "www.example.com")]}
        ),
        "cloudfront:list_origin_access_controls": Answer(
            {
                "OriginAccessControlList": {
                    "Quantity": 2,
                    "Items": [{"Id": "E1", "SigningBehavior": "always"}, {"Id": "E2", "SigningBehavior": "never"}],
                }
            }
        ),
    }
)


def custom(policy: str, *protocols: str) -> dict[str, Any]:
    tls = {"Quantity": len(protocols), "Items": list(protocols)}
    return {
        "DomainName": "shop.example.com",
        "CustomOriginConfig": {"OriginProtocolPolicy": policy, "OriginSslProtocols": tls},
    }


def distribution(
    *origins: dict[str, Any], viewers: str = "https-only", subject: Any = OURS, **changed: Any
) -> Distribution:
    entry = {
        "ARN": "arn:aws:cloudfront::111122223333:distribution/E1",
        "Id": "E1",
        "DomainName": "d1.cloudfront.net",
        "Enabled": True,
        "Status": "Deployed",
        "WebACLId": "",
        "DefaultCacheBehavior": {"ViewerProtocolPolicy": viewers},
        "CacheBehaviors": {"Quantity": 0},
        "Origins": {"Quantity": len(origins), "Items": list(origins)},
    }
    return Distribution.of(Place(subject, "us-east-1", True), {**entry, **changed})


@pytest.mark.parametrize(
    ("changed", "serves_nobody"),
    [
        pytest.param({}, False, id="enabled"),
        pytest.param({"Enabled": False}, True, id="disabled"),
        pytest.param({"Enabled": False, "Status": "InProgress"}, False, id="being disabled"),
        pytest.param({"Status": "InProgress"}, False, id="being changed"),
    ],
)
def test_a_distribution_serves_nobody_once_it_is_disabled_everywhere(
    changed: dict[str, Any], serves_nobody: bool
) -> None:
    assert (distribution(BUCKET, **changed).why_serves_nobody is not None) is serves_nobody


@pytest.mark.parametrize(
    ("found", "weak"),
    [
        pytest.param(distribution(custom("https-only", "TLSv1.2")), [], id="HTTPS only"),
        pytest.param(distribution(custom("match-viewer", "TLSv1.2")), [], id="as viewers, who have to"),
        pytest.param(
            distribution(custom("match-viewer", "TLSv1.2"), viewers="allow-all"), ["match-viewer"], id="as viewers like"
        ),
        pytest.param(distribution(custom("http-only", "TLSv1.2")), ["http-only"], id="in clear"),
        pytest.param(distribution(custom("https-only", "TLSv1.1", "TLSv1.2")), ["TLSv1.1"], id="old TLS beside new"),
        pytest.param(distribution(custom("https-only", "SSLv3")), ["SSLv3"], id="older still"),
        pytest.param(distribution(custom("https-only", "TLSv1.9")), ["TLSv1.9"], id="what nobody knows yet"),
        pytest.param(distribution(SIGNED, custom("http-only")), ["http-only"], id="the second origin"),
    ],
)
def test_how_it_speaks_with_custom_origins(found: Distribution, weak: list[str]) -> None:
    assert found.weak_origins == [f"shop.example.com ({each})" for each in weak]


@pytest.mark.parametrize(
    ("origin", "unguarded"),
    [
        pytest.param(SIGNED, [], id="signed, and ours"),
        pytest.param({**SIGNED, "DomainName": "orders.s3.amazonaws.com"}, [], id="without a region"),
        pytest.param({**SIGNED, "DomainName": "www.example.com.s3-eu-west-1.amazonaws.com"}, [], id="with dots"),
        pytest.param(BUCKET, ["no origin access control"], id="unsigned"),
        pytest.param({**BUCKET, "OriginAccessControlId": ""}, ["no origin access control"], id="an empty one"),
        pytest.param(
            {**BUCKET, "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E2"}},
            ["no origin access control"],
            id="the older identity",
        ),
        pytest.param(
            {**BUCKET, "OriginAccessControlId": "E2"},
            ["an origin access control that never signs"],
            id="a control that is switched off",
        ),
        *(
            pytest.param(
                {**custom("https-only", "TLSv1.2"), "DomainName": host}, ["a bucket as a custom origin"], id=host
            )
            for host in ("orders.s3.eu-west-1.amazonaws.com", "orders.s3-website-eu-west-1.amazonaws.com")
        ),
        pytest.param({**SIGNED, "DomainName": "gone.s3.amazonaws.com"}, ["no bucket of ours"], id="gone"),
        pytest.param(
            {**SIGNED, "DomainName": "orders.s3-accesspoint.x.eu-west-1.amazonaws.com"}, ["no bucket of ours"], id="no"
        ),
    ],
)
def test_how_it_reaches_buckets(origin: dict[str, Any], unguarded: list[str]) -> None:
    assert distribution(origin).unguarded_buckets == [f"{origin['DomainName']} ({each})" for each in unguarded]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(distribution(), id="no origin"),
        pytest.param(distribution({"DomainName": "shop.example.com"}), id="an origin of no kind"),
        pytest.param(distribution(SIGNED, Origins={"Quantity": 2, "Items": [SIGNED]}), id="fewer than are counted"),
    ],
)
def test_an_origin_says_what_it_is(found: Distribution) -> None:
    with pytest.raises((LookupError, ValueError)):
        _ = found.buckets


def tenant(action: str | None = None, arn: str | None = None, **changed: Any) -> dict[str, Any]:
    own = {} if action is None else {"WebAcl": {"Action": action, **({} if arn is None else {"Arn": arn})}}
    return {"Name": "north", "DistributionId": "E1", "Enabled": True, "Customizations": own, **changed}


@pytest.mark.parametrize(
    ("web_acl", "tenants", "bare"),
    [
        pytest.param("arn:acl", [tenant()], False, id="taken over"),
        pytest.param("", [tenant()], True, id="nothing to take over"),
        pytest.param("arn:acl", [tenant("disable")], True, id="switched off"),
        pytest.param("", [tenant("override", "arn:own")], False, id="one of its own"),
        pytest.param("arn:acl", [tenant("override")], True, id="one of its own that is none"),
        pytest.param("arn:acl", [tenant(), tenant("disable")], True, id="the second one"),
        pytest.param("arn:acl", [tenant("disable", Enabled=False)], False, id="a tenant that is disabled"),
        pytest.param("arn:acl", [tenant("disable", DistributionId="E2")], False, id="another distribution's"),
        pytest.param("", [], True, id="no tenant, and no web ACL"),
    ],
)
def test_a_web_acl_stands_before_each_tenant(web_acl: str, tenants: list[Any], bare: bool) -> None:
    subject = account({"cloudfront:list_distribution_tenants": Answer({"DistributionTenantList": tenants})})
    found = distribution(SIGNED, WebACLId=web_acl, ConnectionMode="tenant-only", subject=subject)

    assert (found.without_web_acl is not None) is bare


def test_old_protocols_are_not_guessed() -> None:
    with pytest.raises(ValueError, match="expected at least one protocol"):
        _ = distribution(custom("https-only")).weak_origins
