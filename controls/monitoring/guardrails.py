"""Guardrails: somebody is told when what grants, records and protects is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixtures.alarm_chain import AlarmChain
from muster import control, judged_in, not_applicable

IAM_POLICY_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "DeleteGroupPolicy",
        "DeleteRolePolicy",
        "DeleteUserPolicy",
        "PutGroupPolicy",
        "PutRolePolicy",
        "PutUserPolicy",
        "CreatePolicy",
        "DeletePolicy",
        "CreatePolicyVersion",
        "DeletePolicyVersion",
        "AttachRolePolicy",
        "DetachRolePolicy",
        "AttachUserPolicy",
        "DetachUserPolicy",
        "AttachGroupPolicy",
        "DetachGroupPolicy",
    ),
    "eventSource?": ("iam.amazonaws.com",),
}

CLOUDTRAIL_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "CreateTrail",
        "UpdateTrail",
        "DeleteTrail",
        "StartLogging",
        "StopLogging",
    ),
    "eventSource?": ("cloudtrail.amazonaws.com",),
}

KEY_REMOVAL: dict[str, tuple[str, ...]] = {
    "eventName": (
        "DisableKey",
        "ScheduleKeyDeletion",
    ),
    "eventSource?": ("kms.amazonaws.com",),
}

BUCKET_POLICY_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "PutBucketAcl",
        "PutBucketPolicy",
        "PutBucketCors",
        "PutBucketLifecycle",
        "PutBucketReplication",
        "DeleteBucketPolicy",
        "DeleteBucketCors",
        "DeleteBucketLifecycle",
        "DeleteBucketReplication",
    ),
    "eventSource?": ("s3.amazonaws.com",),
}

CONFIG_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "StopConfigurationRecorder",
        "DeleteDeliveryChannel",
        "PutDeliveryChannel",
        "PutConfigurationRecorder",
    ),
    "eventSource?": ("config.amazonaws.com",),
}

ORGANIZATION_CHANGES: dict[str, tuple[str, ...]] = {
    "eventName": (
        "AcceptHandshake",
        "AttachPolicy",
        "CreateAccount",
        "CreateOrganizationalUnit",
        "CreatePolicy",
        "DeclineHandshake",
        "DeleteOrganization",
        "DeleteOrganizationalUnit",
        "DeletePolicy",
        "EnablePolicyType",
        "InviteAccountToOrganization",
        "LeaveOrganization",
        "DetachPolicy",
        "DisablePolicyType",
        "MoveAccount",
        "RemoveAccountFromOrganization",
        "UpdateOrganizationalUnit",
        "UpdatePolicy",
    ),
    "eventSource?": ("organizations.amazonaws.com",),
}


@control(severity="medium")
def test_alarm_iam_policy_changes(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = IAM_POLICY_CHANGES
) -> None:
    """IAM policy changes raise an alarm.

    Why: Rights that were granted quietly are how an intruder stays; the grant is the moment to notice.
    Fix: Count changes of policies with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-4
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="high")
def test_alarm_cloudtrail_changes(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = CLOUDTRAIL_CHANGES
) -> None:
    """CloudTrail changes raise an alarm.

    Why: Stopping the record is what an intruder does first, and an insider last.
    Fix: Count changes of trails with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-5
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_kms_key_removal(alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = KEY_REMOVAL) -> None:
    """Disabling or deleting a key raises an alarm.

    Why: Data whose key is gone is gone as well; until the key's waiting period ends, the deletion can be cancelled.
    Fix: Count disabled and deleted keys with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-7
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_s3_policy_changes(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = BUCKET_POLICY_CHANGES
) -> None:
    """Bucket policy changes raise an alarm.

    Why: One statement makes a bucket public, and the data is copied within hours.
    Fix: Count changes of bucket policies with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-8
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_config_changes(alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = CONFIG_CHANGES) -> None:
    """AWS Config changes raise an alarm.

    Why: Without AWS Config nobody sees what else is changed.
    Fix: Count changes of recorders and channels with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-9
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_organization_changes(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = ORGANIZATION_CHANGES
) -> None:
    """Organization changes raise an alarm.

    Why: An account that leaves, or a policy that is detached, takes the guardrails of all with it.
    Fix: Count changes of the organization with a metric filter on the trail's log group, and set an alarm that
        somebody hears on it; or let a rule of EventBridge tell somebody.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html
    """
    not_applicable(None if alarm_chain.is_in_organization else "the account is in no organization")
    judged_in(alarm_chain.manager_elsewhere, "the organization is managed there")
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)
