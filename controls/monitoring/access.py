"""Access: somebody is told of sign-ins and calls that nobody should make unnoticed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixtures.alarm_chain import AlarmChain
from muster import control, judged_in

REFUSED_CALLS: dict[str, tuple[str, ...]] = {
    "errorCode": ("*UnauthorizedOperation", "AccessDenied*"),
    "eventType?": ("AwsApiCall",),
    "sourceIPAddress?": ("!=delivery.logs.amazonaws.com",),
    "eventName?": ("!=HeadBucket",),
}
"""A service that delivers logs and the probing of buckets are refused every day, and may be left out."""

SIGN_INS_WITHOUT_MFA: dict[str, tuple[str, ...]] = {
    "eventName": ("ConsoleLogin",),
    "additionalEventData.MFAUsed": ("!=Yes",),
    "additionalEventData.MFAUsed?": ("No",),
    "userIdentity.type?": ("IAMUser",),
    "responseElements.ConsoleLogin?": ("Success",),
}
"""Those of IAM users that succeed: whoever comes from an identity provider shows the second factor there."""

ROOT_USE: dict[str, tuple[str, ...]] = {
    "userIdentity.type": ("Root",),
    "userIdentity.invokedBy": ("NOT EXISTS",),
    "eventType": ("!=AwsServiceEvent",),
}
"""What a person does as root: calls that services make on root's behalf, and their own events, are left out."""

FAILED_SIGN_INS: dict[str, tuple[str, ...]] = {
    "eventName": ("ConsoleLogin",),
    "errorMessage": ("Failed authentication",),
    "responseElements.ConsoleLogin?": ("Failure",),
}


@control(severity="medium")
def test_alarm_unauthorized_api_calls(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = REFUSED_CALLS
) -> None:
    """Refused API calls raise an alarm.

    Why: Whoever got hold of somebody's keys tries what they are good for, and most of it is refused.
    Fix: Count refused calls with a metric filter on the trail's log group, and set an alarm that somebody hears on it.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-2
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_console_sign_in_without_mfa(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = SIGN_INS_WITHOUT_MFA
) -> None:
    """Console sign-in without MFA raises an alarm.

    Why: A password alone is guessed, phished and reused; each use of one is a gap, or somebody who found it.
    Fix: Count sign-ins without MFA with a metric filter on the trail's log group, and set an alarm that somebody hears.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-3
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="high")
def test_alarm_root_use(alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = ROOT_USE) -> None:
    """Root use raises an alarm.

    Why: The root user can do everything and is rarely needed, so each use is either announced or an emergency.
    Fix: Count root's events with a metric filter on the trail's log group, and set an alarm that somebody hears on it.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)


@control(severity="medium")
def test_alarm_console_sign_in_failures(
    alarm_chain: AlarmChain, match: Mapping[str, Sequence[str]] = FAILED_SIGN_INS
) -> None:
    """Failed console sign-ins raise an alarm.

    Why: Who guesses passwords fails often before getting in; that is the time to be told.
    Fix: Count failed sign-ins with a metric filter on the trail's log group, and set an alarm that somebody hears.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-6
    """
    judged_in(alarm_chain.owner_elsewhere, alarm_chain.why_elsewhere)
    assert alarm_chain.tells_of(match), alarm_chain.broken_link(match)
