"""S3 access points: no policy of theirs makes a bucket public."""

from __future__ import annotations

from fixtures.s3_access_points import AccessPoint
from muster import control


@control(severity="high")
def test_s3_access_point_public_access_blocked(access_point: AccessPoint) -> None:
    """S3 access points block public access.

    Why: An access point is a second door to a bucket, with a policy that the bucket's own settings do not show.
    Fix: Make a new access point with all four settings on, and delete this one: they cannot be changed afterwards.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html
    """
    block = access_point.public_access_block
    assert block.blocks_everything, f"leaves off: {', '.join(block.missing)}"
