"""Each alarm control is proved by a flaw of its own: in a company where all else is sound, it fails alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import boto3
import pytest
from moto import mock_aws

from fixtures.sandbox import cloudwatch, gaps
from fixtures.sandbox.seed import ACCOUNTS, Seed
from muster import judge

gaps.install()


@pytest.fixture(scope="module")
def sound() -> Iterator[Seed]:
    """A trail that feeds a log group, and the alarms of the model company."""
    with mock_aws():
        seed = Seed(ACCOUNTS["model"])
        group = f"/acme-{seed.name}/cloudtrail"
        place = {"LocationConstraint": seed.region}
        seed.client("s3").create_bucket(Bucket="acme-model-trail", CreateBucketConfiguration=place)
        seed.client("logs").create_log_group(logGroupName=group)
        trails = seed.client("cloudtrail")
        trails.create_trail(
            Name="trail",
            S3BucketName="acme-model-trail",
            IsMultiRegionTrail=True,
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:{seed.region}:{seed.id}:log-group:{group}:*",
        )
        trails.start_logging(Name="trail")
        seed.client("organizations").create_organization(FeatureSet="ALL")
        cloudwatch.model(seed)
        yield seed


@cache
def session() -> boto3.Session:
    """Each session parses the models of the services that it meets."""
    return boto3.Session(**Seed(ACCOUNTS["model"])._account_credentials())


def failing(seed: Seed) -> set[str]:
    found = judge(session(), ["alarm-*"], regions=seed.regions, threads=1)
    assert len(found) == 15
    assert {each.status for each in found} <= {"pass", "fail"}, [each.reason for each in found]
    return {each.control for each in found if each.status == "fail"}


def unheard(seed: Seed) -> str:
    """A topic whose only subscription waits to be confirmed."""
    arn = cloudwatch.topic(seed, "security-team", seed.region)
    for subscription in seed.backend("sns").subscriptions.values():
        if subscription.topic.arn == arn:
            subscription.arn = "PendingConfirmation"
    return arn


def make_again(seed: Seed, name: str, topic: str, *flaw: cloudwatch.Flaw) -> None:
    # moto keeps a filter beside the one that takes its place.
    seed.client("logs").delete_metric_filter(logGroupName=f"/acme-{seed.name}/cloudtrail", filterName=name)
    cloudwatch.alarm(seed, name, topic, *flaw)


@pytest.mark.parametrize("name", cloudwatch.PATTERNS)
def test_a_flaw_fails_one_control_and_no_other(sound: Seed, name: str) -> None:
    told = f"arn:aws:sns:{sound.region}:{sound.id}:security-alarms"

    make_again(sound, name, told, cloudwatch.flaws(sound, told, unheard(sound))[name])
    assert failing(sound) == {f"alarm-{name}"}

    make_again(sound, name, told)
    assert failing(sound) == set()


@pytest.mark.parametrize("name", cloudwatch.CALLS)
def test_a_rule_that_is_switched_off_in_one_region_fails_one_control(sound: Seed, name: str) -> None:
    sound.client("events", "us-east-1").disable_rule(Name=name)
    assert failing(sound) == {f"alarm-{name}"}

    sound.client("events", "us-east-1").enable_rule(Name=name)
    assert failing(sound) == set()
