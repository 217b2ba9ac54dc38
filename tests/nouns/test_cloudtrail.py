"""CloudTrail: which trails there are, what they record, and where their logs go."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muster.judging.judgement import Finding
from tests.grammar.test_event_selectors import DATA, field
from tests.nouns.stage import Stage

ACCOUNT, OWNER = "123456789012", "111122223333"
HOME, ELSEWHERE = "us-east-1", "eu-west-1"


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """An account with the bucket `trail-logs` and no trail."""
    stage.client("s3", region_name=HOME).create_bucket(Bucket="trail-logs")
    return stage


def make_trail(stage: Stage, name: str = "ours", *, region: str = HOME, on: bool = True, **settings: Any) -> Any:
    """Make a trail, by default a multi-region one that is on; returns the client of its region."""
    client = stage.client("cloudtrail", region_name=region)
    client.create_trail(**{"Name": name, "S3BucketName": "trail-logs", "IsMultiRegionTrail": True, **settings})
    if on:
        client.start_logging(Name=name)
    return client


def of_the_organization(stage: Stage, *others: dict[str, Any], **fields: Any) -> None:
    """Let the account see a trail that belongs to another account and covers the whole organization."""
    trail = {
        "Name": "organization",
        "TrailARN": f"arn:aws:cloudtrail:{ELSEWHERE}:{OWNER}:trail/organization",
        "HomeRegion": ELSEWHERE,
        "S3BucketName": "logs-of-the-organization",
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "LogFileValidationEnabled": True,
        "IsOrganizationTrail": True,
    }
    stage.answer("cloudtrail.ListTrails", {"Trails": []})
    stage.answer("cloudtrail.DescribeTrails", {"trailList": [{**trail, **fields}, *others]})
    stage.answer("cloudtrail.GetTrailStatus", {"IsLogging": True})


def verdicts(stage: Stage, control: str, **facts: Any) -> list[Finding]:
    return stage.judge([control], regions=[HOME], facts=facts)


def verdict(stage: Stage, control: str, **facts: Any) -> Finding:
    (only,) = verdicts(stage, control, **facts)
    return only


def test_a_trail_of_one_region_is_found_from_another(stage: Stage) -> None:
    make_trail(stage)
    make_trail(stage, "theirs", region=ELSEWHERE, IsMultiRegionTrail=False)
    found = {each.resource: each.region for each in verdicts(stage, "cloudtrail-kms")}
    assert found == {
        f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/ours": HOME,
        f"arn:aws:cloudtrail:{ELSEWHERE}:{ACCOUNT}:trail/theirs": ELSEWHERE,
    }


def test_a_multi_region_trail_that_is_on_is_enough(stage: Stage) -> None:
    make_trail(stage, region=ELSEWHERE)
    make_trail(stage, "stopped", on=False)
    assert verdict(stage, "cloudtrail-multi-region").status == "pass"


@pytest.mark.parametrize(
    ("settings", "flaw"),
    [
        pytest.param({"on": False}, "is switched off", id="stopped"),
        pytest.param({"IsMultiRegionTrail": False}, "records one region", id="of one region"),
    ],
)
def test_a_trail_that_is_off_or_local_is_not(stage: Stage, settings: dict[str, Any], flaw: str) -> None:
    make_trail(stage, **settings)
    assert verdict(stage, "cloudtrail-multi-region").reason.endswith(f": ours {flaw}")


DAYS_AGO = {days: datetime.now(UTC) - timedelta(days=days) for days in (1, 6, 8, 90)}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param({}, "pass", id="nothing is known of deliveries"),
        pytest.param({"LatestDeliveryTime": DAYS_AGO[6]}, "pass", id="days ago"),
        pytest.param({"LatestDeliveryTime": DAYS_AGO[8]}, "fail", id="too long ago"),
        pytest.param({"StartLoggingTime": DAYS_AGO[1], "LatestDeliveryTime": DAYS_AGO[90]}, "pass", id="started again"),
        pytest.param({"StartLoggingTime": DAYS_AGO[90]}, "fail", id="never, since it was started"),
        pytest.param({"LatestDeliveryError": "NoSuchBucket", "LatestDeliveryTime": DAYS_AGO[1]}, "fail", id="an error"),
    ],
)
def test_a_trail_has_to_deliver(stage: Stage, status: dict[str, Any], expected: str) -> None:
    make_trail(stage)
    stage.answer("cloudtrail.GetTrailStatus", {"IsLogging": True, **status})
    assert verdict(stage, "cloudtrail-multi-region").status == expected


def test_a_trail_of_data_events_alone_is_not(stage: Stage) -> None:
    make_trail(stage).put_event_selectors(
        TrailName="ours", AdvancedEventSelectors=[{"Name": "data", "FieldSelectors": list(DATA)}]
    )
    assert verdict(stage, "cloudtrail-multi-region").status == "fail"


def test_no_trail_at_all_fails(stage: Stage) -> None:
    found = verdict(stage, "cloudtrail-multi-region")
    assert (found.status, found.region, found.resource) == ("fail", "global", f"arn:aws:iam::{ACCOUNT}:root")


def test_the_organizations_trail_is_enough(stage: Stage) -> None:
    of_the_organization(stage)
    assert verdict(stage, "cloudtrail-multi-region").status == "pass"


@pytest.mark.parametrize("operation", ["ListTrails", "DescribeTrails", "GetTrailStatus", "GetEventSelectors"])
def test_what_may_not_be_read_is_an_error(stage: Stage, operation: str) -> None:
    make_trail(stage)
    stage.refuse(f"cloudtrail.{operation}")
    assert verdict(stage, "cloudtrail-multi-region").status == "error"


@pytest.mark.parametrize(
    ("control_id", "setting"),
    [
        pytest.param("cloudtrail-log-validation", {"EnableLogFileValidation": True}, id="validation"),
        pytest.param("cloudtrail-kms", {"KmsKeyId": f"arn:aws:kms:{HOME}:{ACCOUNT}:key/k"}, id="key"),
    ],
)
def test_each_trail_has_it(stage: Stage, control_id: str, setting: dict[str, Any]) -> None:
    make_trail(stage, "with", **setting)
    make_trail(stage, "without")
    found = {each.resource.rpartition("/")[2]: each.status for each in verdicts(stage, control_id)}
    assert found == {"with": "pass", "without": "fail"}


def test_without_trails_there_is_none_to_have_it(stage: Stage) -> None:
    assert verdict(stage, "cloudtrail-kms").status == "not_applicable"


def write_events(stage: Stage, **settings: Any) -> None:
    make_trail(stage, **settings).put_event_selectors(
        TrailName="ours", AdvancedEventSelectors=[{"Name": "data", "FieldSelectors": list(DATA)}]
    )


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        pytest.param({}, "pass", id="on, in all regions"),
        pytest.param({"on": False}, "fail", id="stopped"),
        pytest.param({"IsMultiRegionTrail": False}, "fail", id="of one region"),
    ],
)
def test_object_writes_are_recorded_by_a_trail_that_is_on(stage: Stage, settings: dict[str, Any], status: str) -> None:
    write_events(stage, **settings)
    assert verdict(stage, "cloudtrail-s3-write-events").status == status


def test_the_declared_audit_buckets_may_be_left_out(stage: Stage) -> None:
    limit = field("resources.ARN", "NotStartsWith", "arn:aws:s3:::trail-logs/")
    make_trail(stage).put_event_selectors(
        TrailName="ours", AdvancedEventSelectors=[{"Name": "data", "FieldSelectors": [*DATA, limit]}]
    )
    assert verdict(stage, "cloudtrail-s3-write-events").status == "fail"
    assert verdict(stage, "cloudtrail-s3-write-events", audit_buckets=["trail-logs"]).status == "pass"


def test_object_writes_are_judged_where_the_only_recording_trail_belongs(stage: Stage) -> None:
    of_the_organization(stage)
    found = verdict(stage, "cloudtrail-s3-write-events")
    assert (found.status, found.judged_in) == ("not_applicable", OWNER)


def test_object_writes_are_judged_here_if_we_have_a_recording_trail(stage: Stage) -> None:
    of_the_organization(stage, *make_trail(stage).describe_trails()["trailList"])
    assert verdict(stage, "cloudtrail-s3-write-events").status == "fail"


@pytest.mark.parametrize("field_name", ["IsMultiRegionTrail", "IncludeGlobalServiceEvents"])
def test_object_writes_are_judged_here_if_nobodys_trail_covers_us(stage: Stage, field_name: str) -> None:
    of_the_organization(stage, **{field_name: False})
    assert verdict(stage, "cloudtrail-s3-write-events").status == "fail"


def put_policy(stage: Stage, statement: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    stage.client("s3", region_name=HOME).put_bucket_policy(Bucket="trail-logs", Policy=json.dumps(policy))


def bucket_verdicts(stage: Stage, **facts: Any) -> dict[str, str]:
    found = verdicts(stage, "cloudtrail-bucket-access-logged", **facts)
    return {each.resource.removeprefix("arn:aws:s3:::"): each.status for each in found}


def test_the_bucket_of_a_trail_logs_its_access(stage: Stage) -> None:
    make_trail(stage)
    s3 = stage.client("s3", region_name=HOME)
    s3.create_bucket(Bucket="access", ACL="log-delivery-write", ObjectOwnership="ObjectWriter")
    assert bucket_verdicts(stage) == {"trail-logs": "fail", "access": "not_applicable"}
    target = {"TargetBucket": "access", "TargetPrefix": ""}
    s3.put_bucket_logging(Bucket="trail-logs", BucketLoggingStatus={"LoggingEnabled": target})
    assert bucket_verdicts(stage) == {"trail-logs": "pass", "access": "not_applicable"}
    for delivered in s3.list_objects_v2(Bucket="access")["Contents"]:
        s3.delete_object(Bucket="access", Key=delivered["Key"])
    s3.delete_bucket(Bucket="access")
    assert bucket_verdicts(stage) == {"trail-logs": "fail"}


def test_the_bucket_of_another_account_is_left_to_it(stage: Stage) -> None:
    of_the_organization(stage)
    assert bucket_verdicts(stage) == {"trail-logs": "not_applicable"}


@pytest.mark.parametrize(
    ("principal", "facts", "status"),
    [
        pytest.param({"Service": "cloudtrail.amazonaws.com"}, {}, "fail", id="receives"),
        pytest.param("*", {}, "fail", id="receives from anybody"),
        pytest.param({"Service": "config.amazonaws.com"}, {}, "not_applicable", id="receives something else"),
        pytest.param(
            {"Service": "cloudtrail.amazonaws.com"}, {"audit_buckets": []}, "not_applicable", id="not an audit bucket"
        ),
        pytest.param(
            {"Service": "cloudtrail.amazonaws.com"},
            {"audit_account_id": OWNER},
            "not_applicable",
            id="another account's",
        ),
    ],
)
def test_in_the_audit_account_the_bucket_policy_tells_who_delivers(
    stage: Stage, principal: Any, facts: dict[str, Any], status: str
) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:Put*",
        "Resource": "arn:aws:s3:::trail-logs/*",
    }
    put_policy(stage, statement)
    declared = {"audit_account_id": ACCOUNT, "audit_buckets": ["trail-logs"], **facts}
    assert bucket_verdicts(stage, **declared) == {"trail-logs": status}


def test_a_statement_that_denies_lets_nobody_deliver(stage: Stage) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::trail-logs/*"}
    put_policy(stage, statement)
    found = bucket_verdicts(stage, audit_account_id=ACCOUNT, audit_buckets=["trail-logs"])
    assert found == {"trail-logs": "not_applicable"}
