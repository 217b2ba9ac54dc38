"""Root use: somebody is told when the root user acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixtures.alarm_chain import broken_link
from fixtures.cloudtrail import Trail, owner_elsewhere
from muster import control, judged_in

ROOT_USE: dict[str, tuple[str, ...]] = {
    "userIdentity.type": ("Root",),
    "userIdentity.invokedBy": ("NOT EXISTS",),
    "eventType": ("!=AwsServiceEvent",),
}
"""What a person does as root: calls that services make on root's behalf, and their own events, are left out."""


@control(severity="high")
def test_alarm_root_use(trails: list[Trail], match: Mapping[str, Sequence[str]] = ROOT_USE) -> None:
    """Root use raises an alarm.

    Why: The root user can do everything and is rarely needed, so each use is either announced or an emergency.
    Fix: Count root's events with a metric filter on the trail's log group, and set an alarm that somebody hears on it.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    """
    if owner := owner_elsewhere(trails):
        judged_in(owner, f"the trail that records this account belongs to account {owner}")
    broken = broken_link(trails, match)
    assert broken is None, broken
