"""AWS WAF: web ACLs of regions and of CloudFront, and whoever set up their logs."""

from __future__ import annotations

from typing import Any

import pytest
from moto.wafv2.models import wafv2_backends

from fixtures.sandbox.found import gap_modules
from fixtures.sandbox.gaps import wafv2_logging
from fixtures.wafv2 import LOG_SCOPES
from tests.nouns.stage import Stage

HOME = "us-east-1"


@pytest.fixture
def waf(stage: Stage) -> Any:
    bucket = {"RoleARN": "arn:aws:iam::123456789012:role/streams", "BucketARN": "arn:aws:s3:::waf-logs"}
    stage.client("firehose", region_name=HOME).create_delivery_stream(
        DeliveryStreamName="aws-waf-logs-orders", ExtendedS3DestinationConfiguration=bucket
    )
    return stage.client("wafv2", region_name=HOME)


def create(waf: Any, name: str, used_by: str) -> str:
    metrics = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
    answer = waf.create_web_acl(
        Name=name, Scope=used_by, DefaultAction={"Allow": {}}, Rules=[], VisibilityConfig=metrics
    )
    return str(answer["Summary"]["ARN"])


def log(waf: Any, arn: str, scope: str = "CUSTOMER") -> None:
    stream = "arn:aws:firehose:us-east-1:123456789012:deliverystream/aws-waf-logs-orders"
    waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": arn, "LogDestinationConfigs": [stream]})
    region = waf.meta.region_name
    wafv2_backends["123456789012"][region].logging_configurations[arn].log_scope = scope


def verdicts(stage: Stage, *regions: str) -> set[tuple[str, str, str]]:
    found = stage.judge(["waf-logging"], regions=list(regions) or [HOME])
    return {(verdict.resource, verdict.region, verdict.status) for verdict in found}


@pytest.mark.parametrize("used_by", ["REGIONAL", "CLOUDFRONT"])
@pytest.mark.parametrize("scope", LOG_SCOPES)
def test_whoever_set_the_logging_up_it_counts(stage: Stage, waf: Any, used_by: str, scope: str) -> None:
    arn = create(waf, "orders", used_by)
    log(waf, arn, scope)
    assert {status for _, _, status in verdicts(stage)} == {"pass"}


@pytest.mark.parametrize("used_by", ["REGIONAL", "CLOUDFRONT"])
def test_a_web_acl_without_logging_fails(stage: Stage, waf: Any, used_by: str) -> None:
    create(waf, "orders", used_by)
    assert {status for _, _, status in verdicts(stage)} == {"fail"}


def test_the_log_of_one_web_acl_is_not_that_of_another(stage: Stage, waf: Any) -> None:
    logged, silent = create(waf, "orders", "REGIONAL"), create(waf, "returns", "REGIONAL")
    log(waf, logged)
    assert verdicts(stage) == {(logged, HOME, "pass"), (silent, HOME, "fail")}


def test_cloudfront_is_asked_in_the_home_region_though_it_is_not_in_use(stage: Stage, waf: Any) -> None:
    arn = create(waf, "website", "CLOUDFRONT")
    assert verdicts(stage, "eu-west-1", "eu-central-1") == {(arn, "global", "fail")}


def test_the_home_region_has_web_acls_of_both_kinds(stage: Stage, waf: Any) -> None:
    website, api = create(waf, "website", "CLOUDFRONT"), create(waf, "api", "REGIONAL")
    assert verdicts(stage) == {(website, "global", "fail"), (api, HOME, "fail")}


def test_a_log_that_we_set_up_needs_one_call_only(stage: Stage, waf: Any) -> None:
    log(waf, create(waf, "orders", "REGIONAL"))
    stage.judge(["waf-logging"], regions=[HOME])
    assert stage.asked.count("ListLoggingConfigurations") == 1


def test_the_sandbox_tells_scopes_apart(waf: Any) -> None:
    assert wafv2_logging in gap_modules()
    log(waf, create(waf, "orders", "CLOUDFRONT"), "SECURITY_LAKE")
    listed = {
        (used_by, scope): len(waf.list_logging_configurations(Scope=used_by, LogScope=scope)["LoggingConfigurations"])
        for used_by in ("REGIONAL", "CLOUDFRONT")
        for scope in LOG_SCOPES
    }
    assert {key for key, number in listed.items() if number} == {("CLOUDFRONT", "SECURITY_LAKE")}
