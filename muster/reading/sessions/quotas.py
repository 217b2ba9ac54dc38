"""How fast AWS may be asked: below what it publishes for an account, so that those who work there feel nothing of it.

The rates are requests a second, an account, region and service; where operations of a service have rates of their own,
the lowest that is asked counts. A process sends `SHARE` of that, and in its first second twice as much (`Pace`): less
than all of it.
"""

from __future__ import annotations

from collections.abc import Hashable

from muster.reading.access import Access

SHARE = 0.4

PUBLISHED: dict[str, float | None] = {
    # Get, describe and list operations. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
    "cloudtrail": 10,
    # DescribeAlarms. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    "cloudwatch": 9,
    # What a bucket of tokens is filled with. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
    "ec2": 20,
    # ListGrants. https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
    "kms": 100,
    # All of the control plane. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    "lambda": 15,
    # DescribeLogGroups. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
    "logs": 10,
    # No rate an account: thousands a second for each prefix of a bucket.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
    "s3": None,
}
UNPUBLISHED = 20.0
"""What is taken for the rate of a service that publishes none: that of EC2."""


def pace_of(access: Access) -> float | PaceOfServices | None:
    """How fast an account is asked: as its entry says, or by what AWS publishes; other endpoints than AWS's at will."""
    if access.calls_per_second is not None:
        return access.calls_per_second
    return None if access.sandbox or access.endpoint_url is not None else PaceOfServices()


class PaceOfServices:
    """The pace of each service, by the key (service, region) of its calls."""

    def __call__(self, key: Hashable) -> float | None:
        """Calls a second; None for no bound."""
        service = key[0] if isinstance(key, tuple) else key
        rate = PUBLISHED.get(str(service), UNPUBLISHED)
        return None if rate is None else rate * SHARE
