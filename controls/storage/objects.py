"""What is stored in buckets: how it is deleted."""

from __future__ import annotations

from fixtures.s3 import Bucket
from fixtures.tags import is_tagged
from muster import control, not_applicable


@control(severity="low")
def test_s3_bucket_mfa_delete(bucket: Bucket, sensitive_tag: str = "") -> None:
    """Deleting object versions needs MFA.

    Why: Versions bring back what was overwritten or deleted, unless whoever got hold of credentials deletes them, too.
    Fix: As root, with its MFA device, enable MFA delete along with versioning (the console cannot). S3 refuses it
        together with a lifecycle configuration: a bucket with one is exempt, and so are buckets without the tag
        sensitive_tag where that is given.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
    """
    if sensitive_tag and not is_tagged(bucket.own_tags, sensitive_tag):
        not_applicable(f"is not tagged {sensitive_tag}")
    if bucket.versioning is None:
        not_applicable("never kept versions")
    if bucket.mfa_delete != "Enabled" and bucket.lifecycle_rules:
        not_applicable("has a lifecycle configuration, with which S3 allows no MFA delete")
    assert bucket.mfa_delete == "Enabled", (
        f"lets versions be deleted with MFA delete {bucket.mfa_delete or 'never set'}"
    )
