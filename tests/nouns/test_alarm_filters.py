"""What each alarm control looks for by default: the filters that AWS and CIS publish catch it, and no lesser ones.

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from fixtures.grammar import event_patterns, filter_patterns
from fixtures.grammar.described_events import EventKind, kinds
from fixtures.sandbox.cloudwatch import CALLS, IAM_POLICIES, KEYS, MISPRINT, PATTERNS, TRAILS, any_of
from tests.conftest import CONTROLS

ALARMS = sorted(id_ for id_ in CONTROLS if id_.startswith("alarm-"))
NO_MFA = '($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")'
REFUSED = '($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")'
NOT_THE_LOGGER = '($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket")'
CLASSIC = ("AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink")


def looked_for(control: str) -> list[EventKind]:
    return kinds(cast(Mapping[str, Sequence[str]], CONTROLS[f"alarm-{control}"].parameters["match"]))


def test_the_fifteen_of_cis_are_there() -> None:
    assert len(ALARMS) == 15


@pytest.mark.parametrize(
    ("alarm", "pattern"),
    [
        *(pytest.param(name, pattern, id=name) for name, pattern in PATTERNS.items()),
        *(pytest.param(name, any_of(*names), id=name) for name, names in CALLS.items()),
        pytest.param("iam-policy-changes", any_of(*IAM_POLICIES, source="iam.amazonaws.com"), id="IAM by its source"),
        pytest.param("kms-key-removal", any_of(*KEYS), id="KMS by its events alone"),
        pytest.param("vpc-changes", any_of(*CALLS["vpc-changes"], *CLASSIC), id="VPC with the calls of EC2-Classic"),
        pytest.param(
            "route-table-changes",
            any_of(*CALLS["route-table-changes"], source="ec2.amazonaws.com"),
            id="routes by their source",
        ),
        pytest.param(
            "console-sign-in-without-mfa",
            f'{{ {NO_MFA} && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }}',
            id="MFA of users who got in",
        ),
        pytest.param(
            "console-sign-in-without-mfa",
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed = "No") }',
            id="MFA by its opposite",
        ),
        pytest.param("unauthorized-api-calls", f"{{ {REFUSED} && {NOT_THE_LOGGER} }}", id="one, but for some"),
        pytest.param("unauthorized-api-calls", f"{{ ({REFUSED}) && {NOT_THE_LOGGER} }}", id="both, but for some"),
    ],
)
def test_what_aws_publishes_is_enough(alarm: str, pattern: str) -> None:
    assert filter_patterns.catches(pattern, looked_for(alarm))


@pytest.mark.parametrize(
    ("alarm", "pattern"),
    [
        pytest.param("unauthorized-api-calls", MISPRINT, id="a misprint: all but one address"),
        pytest.param("unauthorized-api-calls", '{ $.errorCode = "AccessDenied*" }', id="one of two codes"),
        pytest.param("console-sign-in-without-mfa", '{ $.eventName = "ConsoleLogin" }', id="every sign-in"),
        pytest.param("console-sign-in-without-mfa", f'{{ {NO_MFA} && ($.awsRegion = "us-east-1") }}', id="one region"),
        pytest.param("cloudtrail-changes", any_of(*TRAILS[1:]), id="one event is missing"),
        pytest.param("cloudtrail-changes", any_of(*TRAILS, source="ec2.amazonaws.com"), id="another source"),
        pytest.param("kms-key-removal", "{ $.eventSource = kms.amazonaws.com }", id="all that keys are used for"),
    ],
)
def test_less_and_more_is_not(alarm: str, pattern: str) -> None:
    assert not filter_patterns.catches(pattern, looked_for(alarm))


@pytest.mark.parametrize("alarm", ALARMS)
def test_rules_have_to_look_at_reads_where_those_matter(alarm: str) -> None:
    reading = any(event_patterns.are_reads(kind) for kind in looked_for(alarm.removeprefix("alarm-")))
    assert reading is (alarm in ("alarm-root-use", "alarm-unauthorized-api-calls"))
