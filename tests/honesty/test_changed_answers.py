"""No false green: no resource turns from fail to pass where an answer lacks a key or has a value of another type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.proving.recorded import Recording
from muster.reading.reads import Call
from tests.conftest import CONTROLS
from tests.honesty.changes import changed

# What AWS documents to be left out where there is none: then nothing else can be read from its absence.
LEFT_OUT = {
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
    ("s3:get_bucket_versioning", "Status gone"),
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
    ("cloudtrail:get_event_selectors", "EventSelectors.[].ExcludeManagementEventSources gone"),
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
    ("logs:describe_metric_filters", "metricFilters.[].metricTransformations.[].defaultValue gone"),
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
    ("cloudtrail:get_trail_status", "LatestDeliveryError gone"),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
    ("sqs:get_queue_attributes", "Attributes.Policy gone"),
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_UserDetail.html
    ("iam:get_account_authorization_details", "UserDetailList.[].Tags gone"),
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EventBus.html
    ("events:list_event_buses", "EventBuses.[].Policy gone"),
    # https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetAdministratorAccount.html
    ("guardduty:get_administrator_account", "Administrator gone"),
    # https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html
    ("apigateway:get_resources", "items.[].resourceMethods gone"),
    ("apigateway:get_resources", "items.[].resourceMethods.GET gone"),
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html
    ("secretsmanager:get_resource_policy", "ResourcePolicy gone"),
    # https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
    ("lambda:list_versions_by_function", "Versions.[].Environment gone"),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttributeValue.html
    ("ec2:describe_instance_attribute", "UserData.Value gone"),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResponseLaunchTemplateData.html
    ("ec2:describe_launch_template_versions", "LaunchTemplateVersions.[].LaunchTemplateData.UserData gone"),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
    ("ec2:describe_security_group_rules", "SecurityGroupRules.[].Description gone"),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
    ("ec2:describe_instances", "Reservations.[].Instances.[].KeyName gone"),
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    ("ecs:describe_task_definition", "taskDefinition.containerDefinitions.[].command gone"),
    ("ecs:describe_task_definition", "taskDefinition.containerDefinitions.[].environment gone"),
    ("ecs:describe_task_definition", "taskDefinition.containerDefinitions.[].privileged gone"),
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
    ("ecs:describe_task_definition", "taskDefinition.networkMode gone"),
    ("ecs:describe_task_definition", "taskDefinition.pidMode gone"),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
    ("cloudformation:describe_stacks", "Stacks.[].Outputs gone"),
}


@pytest.mark.parametrize("company", ["demo", "model"])
def test_half_an_answer_turns_no_failure_into_a_pass(
    control: Control, company: str, request: pytest.FixtureRequest
) -> None:
    recording: Recording = request.getfixturevalue(company)
    turned = [
        f"{call.name} in {call.region}: {what}: {name}"
        for call, what, name in turns(recording, control)
        if (call.name, what) not in LEFT_OUT
    ]

    assert turned == []


@pytest.mark.parametrize(("operation", "what"), sorted(LEFT_OUT))
def test_what_may_be_left_out_is_left_out_somewhere(
    operation: str, what: str, demo: Recording, model: Recording
) -> None:
    """Else nothing needs the exception any more, and it hides what comes next."""
    assert any(
        (call.name, done) == (operation, what)
        for recording in (demo, model)
        for control in CONTROLS.values()
        for call, done, _ in turns(recording, control, operation)
    )


def turns(recording: Recording, control: Control, operation: str = "") -> Iterator[tuple[Call, str, str]]:
    """Each question whose changed answer turns a failure into a pass, the change, and what turned."""
    before = recording.findings[control.id]
    for call in recording.reads_of(control):
        if operation in ("", call.name):
            answer = recording.answer_to(call)
            for what, content in changed(answer.content):
                after = recording.judged_with(control, call, replace(answer, content=content))
                yield from ((call, what, name) for name in greener(before, after))


def greener(before: list[Finding], after: list[Finding]) -> list[str]:
    """What failed, or could not be told, and passes now."""
    now = {(finding.resource, finding.region): finding for finding in after}
    return [
        f"{finding.resource} turned {found.status}"
        for finding in before
        if finding.status == "fail"
        and (found := now.get((finding.resource, finding.region)))
        and found.status in ("pass", "not_applicable")
    ]
