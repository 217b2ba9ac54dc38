"""The buckets of trails: nobody reads or deletes the record of everything unseen."""

from __future__ import annotations

from fixtures.audit_buckets import gap
from fixtures.cloudtrail import Trail, receives_trail_logs
from fixtures.s3 import Bucket
from muster import Facts, control, not_applicable


@control(severity="medium")
def test_cloudtrail_bucket_access_logged(bucket: Bucket, trails: list[Trail], facts: Facts) -> None:
    """Access to the bucket of a trail is logged.

    Why: Who reads or deletes the record of everything should leave a record as well.
    Fix: Turn on server access logging for the bucket, to another bucket of the same account and region.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    audit_buckets = facts.audit_buckets if bucket.account.id == facts.audit_account_id else ()
    if not receives_trail_logs(bucket, trails, audit_buckets):
        not_applicable("no trail delivers to the bucket")
    assert bucket.access_log_flaw is None, f"holds the logs of a trail and {bucket.access_log_flaw}"


@control(severity="critical")
def test_cloudtrail_bucket_not_public(bucket: Bucket, trails: list[Trail], facts: Facts) -> None:
    """The bucket of a trail is not public.

    Why: The log shows strangers who works here, with what rights, and which calls fail for want of them.
    Fix: Block public access to the bucket, and let its policy name nobody but CloudTrail and those who read the log.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    """
    audit_buckets = facts.audit_buckets if bucket.account.id == facts.audit_account_id else ()
    if not receives_trail_logs(bucket, trails, audit_buckets):
        not_applicable("no trail delivers to the bucket")
    ways = bucket.exposed_acl_grants() + ["its policy"] * bucket.is_public_by_policy
    assert not ways, f"holds the logs of a trail and lets anyone in, by {', '.join(ways)}"


@control(severity="high")
def test_cloudtrail_bucket_in_audit_account(trail: Trail, buckets: list[Bucket], facts: Facts) -> None:
    """Trail logs land in the audit account.

    Why: Whoever takes over the account that is recorded can then not delete the record.
    Fix: Let the trail deliver to a bucket of the audit account, and declare that bucket (audit_buckets).
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-receive-logs-from-multiple-accounts.html
    """
    is_audit_account = trail.account.id == facts.audit_account_id
    flaw = gap(trail.bucket_name, buckets, facts.audit_buckets, is_audit_account=is_audit_account)
    assert flaw is None, flaw
