"""Trails: what is done with the objects of buckets is recorded, too."""

from __future__ import annotations

from fixtures.cloudtrail import Trail, owner_elsewhere
from muster import Facts, control, judged_in


@control(severity="medium")
def test_cloudtrail_s3_write_events(trails: list[Trail], facts: Facts) -> None:
    """Each write to an S3 object is recorded.

    Why: Who wrote or deleted data is seen in data events alone, and a trail leaves those out by default.
    Fix: Add write events of all S3 buckets to the data events of a multi-region trail.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    """
    if owner := owner_elsewhere(trails):
        judged_in(owner, f"the trail that records this account belongs to account {owner}")
    assert any(trail.records_objects("write", facts.audit_buckets) for trail in trails if trail.is_ours), (
        "has no multi-region trail that is switched on and records writes to the objects of all buckets; "
        f"its trails: {', '.join(trail.name for trail in trails) or 'none'}"
    )


@control(severity="medium")
def test_cloudtrail_s3_read_events(trails: list[Trail], facts: Facts) -> None:
    """Each read of an S3 object is recorded.

    Why: After a leak somebody has to say which data was taken; a trail leaves out by default who read an object.
    Fix: Add read events of all S3 buckets to the data events of a multi-region trail.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    """
    if owner := owner_elsewhere(trails):
        judged_in(owner, f"the trail that records this account belongs to account {owner}")
    assert any(trail.records_objects("read", facts.audit_buckets) for trail in trails if trail.is_ours), (
        "has no multi-region trail that is switched on and records reads of the objects of all buckets; "
        f"its trails: {', '.join(trail.name for trail in trails) or 'none'}"
    )
