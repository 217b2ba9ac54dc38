"""Alarms: every link of the chain from a trail to somebody who hears, on the use of root; and rules of EventBridge."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from fixtures.sandbox import gaps
from fixtures.sandbox.cloudwatch import ROOT_USE as ROOT_PATTERN
from muster import Verdict
from muster.api import judge
from muster.reading.sessions.clients import new_session
from tests.nouns.answers import answer, refuse
from tests.nouns.test_cloudtrail import of_the_organization

ACCOUNT, OWNER = "123456789012", "111122223333"
HOME, LOGS = "us-east-1", "eu-west-1"
METRIC = {"namespace": "Security", "name": "RootUse"}
TOPIC = f"arn:aws:sns:{LOGS}:{ACCOUNT}:alarms"
GROUP = f"arn:aws:logs:{LOGS}:{ACCOUNT}:log-group:trail:*"
ALARM: Mapping[str, Any] = {
    "AlarmName": "root-use",
    "AlarmArn": f"arn:aws:cloudwatch:{LOGS}:{ACCOUNT}:alarm:root-use",
    "ActionsEnabled": True,
    "AlarmActions": [TOPIC],
    "MetricName": METRIC["name"],
    "Namespace": METRIC["namespace"],
    "Dimensions": [],
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}
FILTER: Mapping[str, Any] = {
    "filterName": "root-use",
    "filterPattern": ROOT_PATTERN,
    "metricTransformations": [
        {"metricName": METRIC["name"], "metricNamespace": METRIC["namespace"], "metricValue": "1"}
    ],
}
NO_FILTER = (
    "has no metric filter that counts just these events: "
    "none on trail counts eventType != AwsServiceEvent, userIdentity.invokedBy NOT EXISTS, userIdentity.type Root"
)
LAST_YEAR = datetime.now(UTC) - timedelta(days=365)
gaps.install()


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    """An account with a multi-region trail that is on and delivers to a log group; tests add the other links."""
    with mock_aws():
        session = new_session()
        session.client("s3", region_name=HOME).create_bucket(Bucket="trail-logs")
        trails = session.client("cloudtrail", region_name=HOME)
        trails.create_trail(
            Name="ours", S3BucketName="trail-logs", IsMultiRegionTrail=True, CloudWatchLogsLogGroupArn=GROUP
        )
        trails.start_logging(Name="ours")
        yield session


def link(session: boto3.Session) -> None:
    """Make the other links: a filter, an alarm, and a topic with a listener, where the log group is."""
    session.client("logs", region_name=LOGS).create_log_group(logGroupName="trail")
    session.client("logs", region_name=LOGS).put_metric_filter(
        logGroupName="trail",
        filterName="root-use",
        filterPattern=ROOT_PATTERN,
        metricTransformations=FILTER["metricTransformations"],
    )
    sns = session.client("sns", region_name=LOGS)
    sns.create_topic(Name="alarms")
    sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="security@example.com")
    settings = {name: value for name, value in ALARM.items() if name != "AlarmArn"}
    session.client("cloudwatch", region_name=LOGS).put_metric_alarm(**settings)


def filters(session: boto3.Session, **changed: Any) -> None:
    answer(session, "cloudwatch-logs.DescribeMetricFilters", {"metricFilters": [{**FILTER, **changed}]})


def alarms(session: boto3.Session, *without: str, **changed: Any) -> None:
    alarm = {name: value for name, value in {**ALARM, **changed}.items() if name not in without}
    answer(session, "cloudwatch.DescribeAlarms", {"MetricAlarms": [alarm]})


def verdict(session: boto3.Session, **parameters: Any) -> Verdict:
    # The region of the log group is none of those that the account is said to use.
    (only,) = judge(session, ["alarm-root-use"], regions=[HOME], threads=1, parameters={"alarm-root-use": parameters})
    return only


def test_a_whole_chain_passes(session: boto3.Session) -> None:
    link(session)
    found = verdict(session)
    assert (found.status, found.region, found.resource) == ("pass", "global", f"arn:aws:iam::{ACCOUNT}:root")


def test_the_events_that_are_to_be_caught_are_a_parameter(session: boto3.Session) -> None:
    link(session)
    found = verdict(session, match={"userIdentity.type": ["Root"]})
    assert (
        found.reason
        == "has no metric filter that counts just these events: none on trail counts userIdentity.type Root"
    )


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"IsMultiRegionTrail": False}, id="of one region"),
        pytest.param({"CloudWatchLogsLogGroupArn": GROUP.replace(ACCOUNT, OWNER)}, id="to another account's log group"),
    ],
)
def test_the_trail_has_to_feed_a_log_group_of_ours(session: boto3.Session, settings: dict[str, Any]) -> None:
    link(session)
    session.client("cloudtrail", region_name=HOME).update_trail(Name="ours", **settings)
    assert verdict(session).reason.startswith("has no trail that records every region")


@pytest.mark.parametrize(
    "status",
    [
        pytest.param({"IsLogging": False}, id="stopped"),
        pytest.param({"IsLogging": True, "LatestCloudWatchLogsDeliveryError": "ACCESS_DENIED"}, id="cannot deliver"),
        pytest.param({"IsLogging": True, "LatestCloudWatchLogsDeliveryTime": LAST_YEAR}, id="has not for a year"),
    ],
)
def test_the_trail_has_to_deliver(session: boto3.Session, status: dict[str, Any]) -> None:
    link(session)
    answer(session, "cloudtrail.GetTrailStatus", status)
    assert verdict(session).reason.startswith("has no trail that records every region")


def test_the_trail_has_to_record_management_events(session: boto3.Session) -> None:
    link(session)
    selector = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}
    session.client("cloudtrail", region_name=HOME).put_event_selectors(TrailName="ours", EventSelectors=[selector])
    assert verdict(session).reason.startswith("has no trail that records every region")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"filterPattern": f"{ROOT_PATTERN[:-1]} && $.a = 1 }}"}, id="narrowed"),
        pytest.param({"filterPattern": ""}, id="everything"),
        pytest.param({"fieldSelectionCriteria": '@aws.region = "eu-west-1"'}, id="of some events"),
        pytest.param({"applyOnTransformedLogs": True}, id="of events that were changed before"),
    ],
)
def test_the_filter_has_to_count_just_these_events(session: boto3.Session, changed: dict[str, Any]) -> None:
    link(session)
    filters(session, **changed)
    assert verdict(session).reason == NO_FILTER


def test_a_log_group_that_is_gone_has_no_filters(session: boto3.Session) -> None:
    refuse(session, "cloudwatch-logs.DescribeMetricFilters", "ResourceNotFoundException")
    assert verdict(session).reason == NO_FILTER


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"MetricName": "RootUsage"}, id="another name"),
        pytest.param({"Namespace": "Safety"}, id="another namespace"),
        pytest.param({"Dimensions": [{"Name": "Region", "Value": "eu-west-1"}]}, id="with a dimension"),
    ],
)
def test_the_alarm_has_to_watch_what_the_filter_counts(session: boto3.Session, changed: dict[str, Any]) -> None:
    link(session)
    alarms(session, **changed)
    assert verdict(session).reason == "has no alarm on what root-use counts (Security/RootUse)"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            {"metricTransformations": [{**FILTER["metricTransformations"][0], "dimensions": {"Who": "$.user"}}]},
            id="by a property",
        ),
        pytest.param({"emitSystemFieldDimensions": ["@aws.region"]}, id="by region"),
    ],
)
def test_a_metric_that_is_split_is_watched_by_no_alarm(session: boto3.Session, changed: dict[str, Any]) -> None:
    link(session)
    filters(session, **changed)
    assert verdict(session).reason == "has no alarm on what root-use counts (split metrics)"


@pytest.mark.parametrize("without", [("MetricName", "Namespace"), ("MetricName", "Namespace", "ComparisonOperator")])
def test_an_alarm_on_an_expression_watches_no_metric(session: boto3.Session, without: tuple[str, ...]) -> None:
    link(session)
    alarms(session, *without, Metrics=[{"Id": "m", "Expression": "SELECT 1"}])
    assert verdict(session).reason == "has no alarm on what root-use counts (Security/RootUse)"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.0}, "pass", id="more than none"),
        pytest.param({"EvaluationPeriods": 5, "DatapointsToAlarm": 1}, "pass", id="one period of five"),
        pytest.param({"ActionsEnabled": False}, "fail", id="actions off"),
        pytest.param({"Threshold": 5.0}, "fail", id="five events"),
        pytest.param({"Threshold": 0.0}, "fail", id="always on"),
        pytest.param({"ComparisonOperator": "GreaterThanThreshold"}, "fail", id="more than one"),
        pytest.param({"ComparisonOperator": "LessThanThreshold"}, "fail", id="less than one"),
        pytest.param({"EvaluationPeriods": 3}, "fail", id="three periods in a row"),
        pytest.param({"Unit": "Seconds"}, "fail", id="of another unit"),
        pytest.param({"TreatMissingData": "ignore"}, "fail", id="never at rest again"),
        pytest.param({"Statistic": "Maximum"}, "pass", id="the highest"),
    ],
)
def test_one_event_has_to_set_the_alarm_off(session: boto3.Session, changed: dict[str, Any], status: str) -> None:
    link(session)
    alarms(session, **changed)
    assert verdict(session).status == status


@pytest.mark.parametrize(
    ("target", "status"),
    [
        pytest.param(f"arn:aws:lambda:{LOGS}:{ACCOUNT}:function:tell", "pass", id="function"),
        pytest.param(f"arn:aws:ssm-incidents::{ACCOUNT}:responseplan/root", "pass", id="incident"),
        pytest.param(f"arn:aws:ssm:{LOGS}:{ACCOUNT}:opsitem:1", "pass", id="OpsItem"),
        pytest.param(f"arn:aws:automate:{LOGS}:ec2:stop", "fail", id="stops a machine"),
        pytest.param(f"arn:aws:sns:{LOGS}:{ACCOUNT}:gone", "fail", id="topic that is gone"),
        pytest.param(None, "fail", id="none"),
    ],
)
def test_the_alarm_has_to_reach_somebody(session: boto3.Session, target: str | None, status: str) -> None:
    link(session)
    alarms(session, AlarmActions=[] if target is None else [target])
    assert verdict(session).status == status


@pytest.mark.parametrize("state", ["PendingConfirmation", "Deleted", None])
def test_a_topic_needs_a_confirmed_subscription(session: boto3.Session, state: str | None) -> None:
    link(session)
    subscriptions = [] if state is None else [{"SubscriptionArn": state, "TopicArn": TOPIC, "Protocol": "email"}]
    answer(session, "sns.ListSubscriptionsByTopic", {"Subscriptions": subscriptions})
    heard = "has an alarm that nobody hears, for want of a confirmed subscription: root-use"
    assert verdict(session).reason == f"{heard} (tells {TOPIC})"


def test_a_topic_under_the_key_of_aws_takes_nothing_from_alarms(session: boto3.Session) -> None:
    link(session)
    sns = session.client("sns", region_name=LOGS)
    sns.set_topic_attributes(TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns")
    assert verdict(session).reason.startswith("has an alarm that nobody hears")


@pytest.mark.parametrize(
    "operation",
    [
        "cloudtrail.GetTrailStatus",
        "cloudtrail.GetEventSelectors",
        "cloudwatch-logs.DescribeMetricFilters",
        "cloudwatch.DescribeAlarms",
        "sns.ListSubscriptionsByTopic",
        "sns.GetTopicAttributes",
    ],
)
def test_a_link_that_may_not_be_read_is_an_error(session: boto3.Session, operation: str) -> None:
    link(session)
    refuse(session, operation)
    assert verdict(session).status == "error"


def test_where_the_only_recording_trail_is_anothers_it_is_judged_there(session: boto3.Session) -> None:
    of_the_organization(session)
    found = verdict(session)
    assert (found.status, found.judged_in) == ("not_applicable", OWNER)


RULE = {
    "detail-type": ["AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"],
    "detail": {"userIdentity": {"type": ["Root"]}},
}
SEES_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


LETS_RULES_IN = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"},
}


def rules(
    session: boto3.Session, *regions: str, state: str = SEES_READS, listener: bool = True, let_in: bool = True
) -> None:
    """Let a rule in each of the regions tell a topic of all that root does."""
    for region in regions:
        sns = session.client("sns", region_name=region)
        topic = sns.create_topic(Name="rules")["TopicArn"]
        if listener:
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="security@example.com")
        if let_in:
            policy = json.dumps(LETS_RULES_IN)
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        events = session.client("events", region_name=region)
        events.put_rule(Name="root", EventPattern=json.dumps(RULE), State=state)
        events.put_targets(Rule="root", Targets=[{"Id": "1", "Arn": topic}])


def told_by_rules(session: boto3.Session) -> Verdict:
    (only,) = judge(session, ["alarm-root-use"], regions=[LOGS], threads=1)
    return only


def test_rules_in_all_regions_and_where_global_events_go_are_enough(session: boto3.Session) -> None:
    rules(session, LOGS, HOME)
    assert told_by_rules(session).status == "pass"


def test_a_rule_in_one_region_misses_the_others(session: boto3.Session) -> None:
    rules(session, LOGS)
    assert told_by_rules(session).reason.endswith("; EventBridge has root, by which nobody is told in us-east-1")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"state": "DISABLED"}, id="disabled"),
        pytest.param({"state": "ENABLED"}, id="blind to calls that read"),
        pytest.param({"listener": False}, id="nobody listens"),
        pytest.param({"let_in": False}, id="the topic takes nothing from rules"),
    ],
)
def test_a_rule_has_to_tell_somebody(session: boto3.Session, settings: dict[str, Any]) -> None:
    rules(session, LOGS, HOME, **settings)
    assert told_by_rules(session).status == "fail"


def test_rules_need_a_trail_to_see_any_call(session: boto3.Session) -> None:
    rules(session, LOGS, HOME)
    session.client("cloudtrail", region_name=HOME).stop_logging(Name="ours")
    assert told_by_rules(session).status == "fail"


@pytest.mark.parametrize("operation", ["eventbridge.ListRules", "eventbridge.ListTargetsByRule"])
def test_rules_that_may_not_be_read_are_an_error(session: boto3.Session, operation: str) -> None:
    rules(session, LOGS, HOME)
    refuse(session, operation)
    assert told_by_rules(session).status == "error"


@pytest.mark.parametrize(
    ("manager", "status"),
    [
        pytest.param(None, "not_applicable", id="no organization"),
        pytest.param(OWNER, "not_applicable", id="managed elsewhere"),
        pytest.param(ACCOUNT, "fail", id="managed here"),
    ],
)
def test_the_organization_is_watched_where_it_is_managed(
    session: boto3.Session, manager: str | None, status: str
) -> None:
    if manager is None:
        refuse(session, "organizations.DescribeOrganization", "AWSOrganizationsNotInUseException")
    else:
        answer(session, "organizations.DescribeOrganization", {"Organization": {"MasterAccountId": manager}})
    (found,) = judge(session, ["alarm-organization-changes"], regions=[HOME], threads=1)
    assert (found.status, found.judged_in) == (status, OWNER if manager == OWNER else None)
