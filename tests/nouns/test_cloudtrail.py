"""CloudTrail: which trails there are, what they record, and where their logs go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from fixtures.sandbox import gaps
from muster import Verdict
from muster.api import judge
from muster.reading.sessions.clients import new_session
from tests.grammar.test_event_selectors import DATA, field
from tests.nouns.answers import answer, refuse

ACCOUNT, OWNER = "123456789012", "111122223333"
HOME, ELSEWHERE = "us-east-1", "eu-west-1"
gaps.install()


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    """An account with the bucket `trail-logs` and no trail."""
    with mock_aws():
        session = new_session()
        session.client("s3", region_name=HOME).create_bucket(Bucket="trail-logs")
        yield session


def make_trail(
    session: boto3.Session, name: str = "ours", *, region: str = HOME, on: bool = True, **settings: Any
) -> Any:
    """Make a trail, by default a multi-region one that is on; returns the client of its region."""
    client = session.client("cloudtrail", region_name=region)
    client.create_trail(**{"Name": name, "S3BucketName": "trail-logs", "IsMultiRegionTrail": True, **settings})
    if on:
        client.start_logging(Name=name)
    return client


def of_the_organization(session: boto3.Session, *others: dict[str, Any], **fields: Any) -> None:
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
    answer(session, "cloudtrail.ListTrails", {"Trails": []})
    answer(session, "cloudtrail.DescribeTrails", {"trailList": [{**trail, **fields}, *others]})
    answer(session, "cloudtrail.GetTrailStatus", {"IsLogging": True})


def verdicts(session: boto3.Session, control: str, **facts: Any) -> list[Verdict]:
    return judge(session, [control], regions=[HOME], facts=facts, threads=1)


def verdict(session: boto3.Session, control: str, **facts: Any) -> Verdict:
    (only,) = verdicts(session, control, **facts)
    return only


def test_a_trail_of_one_region_is_found_from_another(session: boto3.Session) -> None:
    make_trail(session)
    make_trail(session, "theirs", region=ELSEWHERE, IsMultiRegionTrail=False)
    found = {each.resource: each.region for each in verdicts(session, "cloudtrail-kms")}
    assert found == {
        f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/ours": HOME,
        f"arn:aws:cloudtrail:{ELSEWHERE}:{ACCOUNT}:trail/theirs": ELSEWHERE,
    }


def test_a_multi_region_trail_that_is_on_is_enough(session: boto3.Session) -> None:
    make_trail(session, region=ELSEWHERE)
    make_trail(session, "stopped", on=False)
    assert verdict(session, "cloudtrail-multi-region").status == "pass"


@pytest.mark.parametrize(
    ("settings", "flaw"),
    [
        pytest.param({"on": False}, "is switched off", id="stopped"),
        pytest.param({"IsMultiRegionTrail": False}, "records one region", id="of one region"),
    ],
)
def test_a_trail_that_is_off_or_local_is_not(session: boto3.Session, settings: dict[str, Any], flaw: str) -> None:
    make_trail(session, **settings)
    assert verdict(session, "cloudtrail-multi-region").reason.endswith(f": ours {flaw}")


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
def test_a_trail_has_to_deliver(session: boto3.Session, status: dict[str, Any], expected: str) -> None:
    make_trail(session)
    answer(session, "cloudtrail.GetTrailStatus", {"IsLogging": True, **status})
    assert verdict(session, "cloudtrail-multi-region").status == expected


def test_a_trail_of_data_events_alone_is_not(session: boto3.Session) -> None:
    make_trail(session).put_event_selectors(
        TrailName="ours", AdvancedEventSelectors=[{"Name": "data", "FieldSelectors": list(DATA)}]
    )
    assert verdict(session, "cloudtrail-multi-region").status == "fail"


def test_no_trail_at_all_fails(session: boto3.Session) -> None:
    found = verdict(session, "cloudtrail-multi-region")
    assert (found.status, found.region, found.resource) == ("fail", "global", f"arn:aws:iam::{ACCOUNT}:root")


def test_the_organizations_trail_is_enough(session: boto3.Session) -> None:
    of_the_organization(session)
    assert verdict(session, "cloudtrail-multi-region").status == "pass"


@pytest.mark.parametrize("operation", ["ListTrails", "DescribeTrails", "GetTrailStatus", "GetEventSelectors"])
def test_what_may_not_be_read_is_an_error(session: boto3.Session, operation: str) -> None:
    make_trail(session)
    refuse(session, f"cloudtrail.{operation}")
    assert verdict(session, "cloudtrail-multi-region").status == "error"


@pytest.mark.parametrize(
    ("control_id", "setting"),
    [
        pytest.param("cloudtrail-log-validation", {"EnableLogFileValidation": True}, id="validation"),
        pytest.param("cloudtrail-kms", {"KmsKeyId": f"arn:aws:kms:{HOME}:{ACCOUNT}:key/k"}, id="key"),
    ],
)
def test_each_trail_has_it(session: boto3.Session, control_id: str, setting: dict[str, Any]) -> None:
    make_trail(session, "with", **setting)
    make_trail(session, "without")
    found = {each.resource.rpartition("/")[2]: each.status for each in verdicts(session, control_id)}
    assert found == {"with": "pass", "without": "fail"}


def test_without_trails_there_is_none_to_have_it(session: boto3.Session) -> None:
    assert verdict(session, "cloudtrail-kms").status == "not_applicable"


def write_events(session: boto3.Session, **settings: Any) -> None:
    make_trail(session, **settings).put_event_selectors(
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
def test_object_writes_are_recorded_by_a_trail_that_is_on(
    session: boto3.Session, settings: dict[str, Any], status: str
) -> None:
    write_events(session, **settings)
    assert verdict(session, "cloudtrail-s3-write-events").status == status


def test_the_declared_audit_buckets_may_be_left_out(session: boto3.Session) -> None:
    limit = field("resources.ARN", "NotStartsWith", "arn:aws:s3:::trail-logs/")
    make_trail(session).put_event_selectors(
        TrailName="ours", AdvancedEventSelectors=[{"Name": "data", "FieldSelectors": [*DATA, limit]}]
    )
    assert verdict(session, "cloudtrail-s3-write-events").status == "fail"
    assert verdict(session, "cloudtrail-s3-write-events", audit_buckets=["trail-logs"]).status == "pass"


def test_object_writes_are_judged_where_the_only_recording_trail_belongs(session: boto3.Session) -> None:
    of_the_organization(session)
    found = verdict(session, "cloudtrail-s3-write-events")
    assert (found.status, found.judged_in) == ("not_applicable", OWNER)


def test_object_writes_are_judged_here_if_we_have_a_recording_trail(session: boto3.Session) -> None:
    of_the_organization(session, *make_trail(session).describe_trails()["trailList"])
    assert verdict(session, "cloudtrail-s3-write-events").status == "fail"


@pytest.mark.parametrize("field_name", ["IsMultiRegionTrail", "IncludeGlobalServiceEvents"])
def test_object_writes_are_judged_here_if_nobodys_trail_covers_us(session: boto3.Session, field_name: str) -> None:
    of_the_organization(session, **{field_name: False})
    assert verdict(session, "cloudtrail-s3-write-events").status == "fail"


def put_policy(session: boto3.Session, statement: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    session.client("s3", region_name=HOME).put_bucket_policy(Bucket="trail-logs", Policy=json.dumps(policy))


def bucket_verdicts(session: boto3.Session, **facts: Any) -> dict[str, str]:
    found = verdicts(session, "cloudtrail-bucket-access-logged", **facts)
    return {each.resource.removeprefix("arn:aws:s3:::"): each.status for each in found}


def test_the_bucket_of_a_trail_logs_its_access(session: boto3.Session) -> None:
    make_trail(session)
    s3 = session.client("s3", region_name=HOME)
    s3.create_bucket(Bucket="access", ACL="log-delivery-write", ObjectOwnership="ObjectWriter")
    assert bucket_verdicts(session) == {"trail-logs": "fail", "access": "not_applicable"}
    target = {"TargetBucket": "access", "TargetPrefix": ""}
    s3.put_bucket_logging(Bucket="trail-logs", BucketLoggingStatus={"LoggingEnabled": target})
    assert bucket_verdicts(session) == {"trail-logs": "pass", "access": "not_applicable"}


def test_the_bucket_of_another_account_is_left_to_it(session: boto3.Session) -> None:
    of_the_organization(session)
    assert bucket_verdicts(session) == {"trail-logs": "not_applicable"}


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
    session: boto3.Session, principal: Any, facts: dict[str, Any], status: str
) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:Put*",
        "Resource": "arn:aws:s3:::trail-logs/*",
    }
    put_policy(session, statement)
    declared = {"audit_account_id": ACCOUNT, "audit_buckets": ["trail-logs"], **facts}
    assert bucket_verdicts(session, **declared) == {"trail-logs": status}


def test_a_statement_that_denies_lets_nobody_deliver(session: boto3.Session) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::trail-logs/*"}
    put_policy(session, statement)
    found = bucket_verdicts(session, audit_account_id=ACCOUNT, audit_buckets=["trail-logs"])
    assert found == {"trail-logs": "not_applicable"}
