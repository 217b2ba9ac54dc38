"""Alarms: every link of the chain from a trail to somebody who hears, on the use of root; and rules of EventBridge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixtures.sandbox.cloudwatch import ROOT_USE as ROOT_PATTERN
from muster.judging.judgement import Finding
from tests.nouns.stage import Stage
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


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """An account with a multi-region trail that is on and delivers to a log group; tests add the other links."""
    stage.client("s3", region_name=HOME).create_bucket(Bucket="trail-logs")
    trails = stage.client("cloudtrail", region_name=HOME)
    trails.create_trail(
        Name="ours", S3BucketName="trail-logs", IsMultiRegionTrail=True, CloudWatchLogsLogGroupArn=GROUP
    )
    trails.start_logging(Name="ours")
    return stage


def link(stage: Stage) -> None:
    """Make the other links: a filter, an alarm, and a topic with a listener, where the log group is."""
    stage.client("logs", region_name=LOGS).create_log_group(logGroupName="trail")
    stage.client("logs", region_name=LOGS).put_metric_filter(
        logGroupName="trail",
        filterName="root-use",
        filterPattern=ROOT_PATTERN,
        metricTransformations=FILTER["metricTransformations"],
    )
    sns = stage.client("sns", region_name=LOGS)
    sns.create_topic(Name="alarms")
    sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="security@example.com")
    settings = {name: value for name, value in ALARM.items() if name != "AlarmArn"}
    stage.client("cloudwatch", region_name=LOGS).put_metric_alarm(**settings)


def filters(stage: Stage, **changed: Any) -> None:
    stage.answer("cloudwatch-logs.DescribeMetricFilters", {"metricFilters": [{**FILTER, **changed}]})


def alarms(stage: Stage, *without: str, **changed: Any) -> None:
    alarm = {name: value for name, value in {**ALARM, **changed}.items() if name not in without}
    stage.answer("cloudwatch.DescribeAlarms", {"MetricAlarms": [alarm]})


def verdict(stage: Stage, **parameters: Any) -> Finding:
    # The region of the log group is none of those that the account is said to use.
    (only,) = stage.judge(["alarm-root-use"], regions=[HOME], parameters={"alarm-root-use": parameters})
    return only


def test_a_whole_chain_passes(stage: Stage) -> None:
    link(stage)
    found = verdict(stage)
    assert (found.status, found.region, found.resource) == ("pass", "global", f"arn:aws:iam::{ACCOUNT}:root")


def test_the_events_that_are_to_be_caught_are_a_parameter(stage: Stage) -> None:
    link(stage)
    found = verdict(stage, match={"userIdentity.type": ["Root"]})
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
def test_the_trail_has_to_feed_a_log_group_of_ours(stage: Stage, settings: dict[str, Any]) -> None:
    link(stage)
    stage.client("cloudtrail", region_name=HOME).update_trail(Name="ours", **settings)
    assert verdict(stage).reason.startswith("has no trail that records every region")


@pytest.mark.parametrize(
    "status",
    [
        pytest.param({"IsLogging": False}, id="stopped"),
        pytest.param({"IsLogging": True, "LatestCloudWatchLogsDeliveryError": "ACCESS_DENIED"}, id="cannot deliver"),
        pytest.param({"IsLogging": True, "LatestCloudWatchLogsDeliveryTime": LAST_YEAR}, id="has not for a year"),
    ],
)
def test_the_trail_has_to_deliver(stage: Stage, status: dict[str, Any]) -> None:
    link(stage)
    stage.answer("cloudtrail.GetTrailStatus", status)
    assert verdict(stage).reason.startswith("has no trail that records every region")


def test_the_trail_has_to_record_management_events(stage: Stage) -> None:
    link(stage)
    selector = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}
    stage.client("cloudtrail", region_name=HOME).put_event_selectors(TrailName="ours", EventSelectors=[selector])
    assert verdict(stage).reason.startswith("has no trail that records every region")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"filterPattern": f"{ROOT_PATTERN[:-1]} && $.a = 1 }}"}, id="narrowed"),
        pytest.param({"filterPattern": ""}, id="everything"),
        pytest.param({"fieldSelectionCriteria": '@aws.region = "eu-west-1"'}, id="of some events"),
        pytest.param({"applyOnTransformedLogs": True}, id="of events that were changed before"),
    ],
)
def test_the_filter_has_to_count_just_these_events(stage: Stage, changed: dict[str, Any]) -> None:
    link(stage)
    filters(stage, **changed)
    assert verdict(stage).reason == NO_FILTER


def test_a_log_group_that_is_gone_has_no_filters(stage: Stage) -> None:
    stage.refuse("cloudwatch-logs.DescribeMetricFilters", "ResourceNotFoundException")
    assert verdict(stage).reason == NO_FILTER


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"MetricName": "RootUsage"}, id="another name"),
        pytest.param({"Namespace": "Safety"}, id="another namespace"),
        pytest.param({"Dimensions": [{"Name": "Region", "Value": "eu-west-1"}]}, id="with a dimension"),
    ],
)
def test_the_alarm_has_to_watch_what_the_filter_counts(stage: Stage, changed: dict[str, Any]) -> None:
    link(stage)
    alarms(stage, **changed)
    assert verdict(stage).reason == "has no alarm on what root-use counts (Security/RootUse)"


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
def test_a_metric_that_is_split_is_watched_by_no_alarm(stage: Stage, changed: dict[str, Any]) -> None:
    link(stage)
    filters(stage, **changed)
    assert verdict(stage).reason == "has no alarm on what root-use counts (split metrics)"


@pytest.mark.parametrize("without", [("MetricName", "Namespace"), ("MetricName", "Namespace", "ComparisonOperator")])
def test_an_alarm_on_an_expression_watches_no_metric(stage: Stage, without: tuple[str, ...]) -> None:
    link(stage)
    alarms(stage, *without, Metrics=[{"Id": "m", "Expression": "SELECT 1"}])
    assert verdict(stage).reason == "has no alarm on what root-use counts (Security/RootUse)"


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
def test_one_event_has_to_set_the_alarm_off(stage: Stage, changed: dict[str, Any], status: str) -> None:
    link(stage)
    alarms(stage, **changed)
    assert verdict(stage).status == status


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
def test_the_alarm_has_to_reach_somebody(stage: Stage, target: str | None, status: str) -> None:
    link(stage)
    alarms(stage, AlarmActions=[] if target is None else [target])
    assert verdict(stage).status == status


@pytest.mark.parametrize("state", ["PendingConfirmation", "Deleted", None])
def test_a_topic_needs_a_confirmed_subscription(stage: Stage, state: str | None) -> None:
    link(stage)
    subscriptions = [] if state is None else [{"SubscriptionArn": state, "TopicArn": TOPIC, "Protocol": "email"}]
    stage.answer("sns.ListSubscriptionsByTopic", {"Subscriptions": subscriptions})
    heard = "has an alarm that nobody hears, for want of a topic that lets it in, or a confirmed subscription: root-use"
    assert verdict(stage).reason == f"{heard} (tells {TOPIC})"


def test_a_topic_under_the_key_of_aws_takes_nothing_from_alarms(stage: Stage) -> None:
    link(stage)
    sns = stage.client("sns", region_name=LOGS)
    sns.set_topic_attributes(TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns")
    assert verdict(stage).reason.startswith("has an alarm that nobody hears")


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
def test_a_link_that_may_not_be_read_is_an_error(stage: Stage, operation: str) -> None:
    link(stage)
    stage.refuse(operation)
    assert verdict(stage).status == "error"


def test_where_the_only_recording_trail_is_anothers_it_is_judged_there(stage: Stage) -> None:
    of_the_organization(stage)
    found = verdict(stage)
    assert (found.status, found.judged_in) == ("not_applicable", OWNER)


RULE = {
    "detail-type": ["AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"],
    "detail": {"userIdentity": {"type": ["Root"]}},
}
SEES_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


LETS_RULES_IN = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": "*",
    },
}


def rules(stage: Stage, *regions: str, state: str = SEES_READS, listener: bool = True, let_in: bool = True) -> None:
    """Let a rule in each of the regions tell a topic of all that root does."""
    for region in regions:
        sns = stage.client("sns", region_name=region)
        topic = sns.create_topic(Name="rules")["TopicArn"]
        if listener:
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="security@example.com")
        if let_in:
            policy = json.dumps(LETS_RULES_IN)
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        events = stage.client("events", region_name=region)
        events.put_rule(Name="root", EventPattern=json.dumps(RULE), State=state)
        events.put_targets(Rule="root", Targets=[{"Id": "1", "Arn": topic}])


def told_by_rules(stage: Stage) -> Finding:
    (only,) = stage.judge(["alarm-root-use"], regions=[LOGS])
    return only


def test_rules_in_all_regions_and_where_global_events_go_are_enough(stage: Stage) -> None:
    rules(stage, LOGS, HOME)
    assert told_by_rules(stage).status == "pass"


def test_a_rule_in_one_region_misses_the_others(stage: Stage) -> None:
    rules(stage, LOGS)
    assert told_by_rules(stage).reason.endswith("; EventBridge has root, by which nobody is told in us-east-1")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"state": "DISABLED"}, id="disabled"),
        pytest.param({"state": "ENABLED"}, id="blind to calls that read"),
        pytest.param({"listener": False}, id="nobody listens"),
        pytest.param({"let_in": False}, id="the topic takes nothing from rules"),
    ],
)
def test_a_rule_has_to_tell_somebody(stage: Stage, settings: dict[str, Any]) -> None:
    rules(stage, LOGS, HOME, **settings)
    assert told_by_rules(stage).status == "fail"


def test_rules_need_a_trail_to_see_any_call(stage: Stage) -> None:
    rules(stage, LOGS, HOME)
    stage.client("cloudtrail", region_name=HOME).stop_logging(Name="ours")
    assert told_by_rules(stage).status == "fail"


@pytest.mark.parametrize("operation", ["eventbridge.ListRules", "eventbridge.ListTargetsByRule"])
def test_rules_that_may_not_be_read_are_an_error(stage: Stage, operation: str) -> None:
    rules(stage, LOGS, HOME)
    stage.refuse(operation)
    assert told_by_rules(stage).status == "error"


@pytest.mark.parametrize(
    ("manager", "status"),
    [
        pytest.param(None, "not_applicable", id="no organization"),
        pytest.param(OWNER, "not_applicable", id="managed elsewhere"),
        pytest.param(ACCOUNT, "fail", id="managed here"),
    ],
)
def test_the_organization_is_watched_where_it_is_managed(stage: Stage, manager: str | None, status: str) -> None:
    if manager is None:
        stage.refuse("organizations.DescribeOrganization", "AWSOrganizationsNotInUseException")
    else:
        stage.answer("organizations.DescribeOrganization", {"Organization": {"MasterAccountId": manager}})
    (found,) = stage.judge(["alarm-organization-changes"], regions=[HOME])
    assert (found.status, found.judged_in) == (status, OWNER if manager == OWNER else None)
