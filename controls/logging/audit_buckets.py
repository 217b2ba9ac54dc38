"""Audit buckets: the record of everything is whole, and nobody deletes it."""

from __future__ import annotations

from fixtures.grammar.writers import lets_others_write
from fixtures.owned_buckets import OwnedBuckets
from fixtures.s3 import Bucket
from muster import Facts, control, counted, declared, elsewhere, judged_in, not_applicable

NO_AUDIT_BUCKET = "is none of the audit buckets that facts.yaml declares (audit_buckets)"
DELIVERING_SERVICES = (
    *("cloudtrail.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com", "logging.s3.amazonaws.com"),
    *("logdelivery.elasticloadbalancing.amazonaws.com", "guardduty.amazonaws.com"),
)
OF_OBJECTS = ("s3:DeleteObject", "s3:DeleteObjectVersion")
OF_BUCKETS = (
    *("s3:DeleteBucket", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
    *("s3:PutLifecycleConfiguration", "s3:PutBucketVersioning"),
)


@control(severity="high")
def test_audit_buckets_owned(owned_buckets: OwnedBuckets, facts: Facts) -> None:
    """The declared audit buckets belong to the audit account.

    Why: Logs that end up in a bucket of somebody else's are read, changed and deleted by somebody else.
    Fix: Declare the buckets of the audit account that hold CloudTrail and Config data (audit_buckets in facts.yaml),
        and let the data be delivered there.
    See: https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/log-archive.html
    """
    judged_in(elsewhere("audit", facts, owned_buckets), "the audit data is there")
    assert facts.audit_buckets, "is the audit account, and facts.yaml declares no audit bucket (audit_buckets)"
    missing = [name for name in facts.audit_buckets if name not in owned_buckets.names]
    assert not missing, f"is the audit account and does not own {', '.join(missing)}"


@control(severity="critical")
def test_audit_bucket_deletion_denied(
    bucket: Bucket, facts: Facts, min_lock_days: int = 365, protected_by_scp: tuple[str, ...] = ()
) -> None:
    """Nobody can delete audit logs.

    Why: Whoever has broken in deletes the record of it last; whoever can do that alone, leaves none.
    Fix: Turn on Object Lock for the bucket, with a default retention in compliance mode; or deny everybody in its
        policy to delete objects and versions, and to change policy, lifecycle and versioning, but for declared
        custodians (audit_custodians in facts.yaml).
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    not_applicable(None if bucket.name in facts.audit_buckets else NO_AUDIT_BUCKET)
    deleting = [*OF_OBJECTS, *(action for action in OF_BUCKETS if action not in protected_by_scp)]
    assert bucket.locked_days >= min_lock_days or not (
        left := bucket.actions_not_denied(deleting, lambda arn: bool(declared(facts.audit_custodians, arn)))
    ), (
        f"locks its logs for {counted(bucket.locked_days, 'day')}, {min_lock_days} are required, "
        f"and its policy does not deny everybody {', '.join(left)}"
    )


@control(severity="high")
def test_audit_bucket_versioned(bucket: Bucket, facts: Facts) -> None:
    """Audit buckets keep every version.

    Why: A log that is overwritten is gone, and what stands in its place looks like the log.
    Fix: Enable versioning on the bucket.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    """
    not_applicable(None if bucket.name in facts.audit_buckets else NO_AUDIT_BUCKET)
    assert bucket.is_versioned, f"holds audit data with versioning {bucket.versioning or 'never enabled'}"


@control(severity="medium")
def test_audit_bucket_retention(bucket: Bucket, facts: Facts, retention_days: int = 365) -> None:
    """Audit logs are kept long enough.

    Why: Intruders are found months after they came; what they did first is then in the oldest logs.
    Fix: Let no lifecycle rule of the bucket delete current or earlier versions before they are old enough.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
    """
    not_applicable(None if bucket.name in facts.audit_buckets else NO_AUDIT_BUCKET)
    early = [told for rule in bucket.lifecycle_rules if (told := rule.deletes_before(retention_days))]
    assert not early, f"keeps its logs for less than {counted(retention_days, 'day')}: {'; '.join(early)}"


@control(severity="low")
def test_audit_bucket_mfa_delete(bucket: Bucket, facts: Facts) -> None:
    """Deleting an audit log version needs MFA.

    Why: Whoever has got hold of an administrator's session should still not be able to delete a version for good.
    Fix: Enable MFA delete as root, or lock the bucket in compliance mode, or deny everybody to delete versions and to
        change the versioning.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
    """
    not_applicable(None if bucket.name in facts.audit_buckets else NO_AUDIT_BUCKET)
    deleting = ("s3:DeleteObjectVersion", "s3:PutBucketVersioning")
    is_kept = bucket.mfa_delete == "Enabled" or bucket.locked_days > 0
    assert is_kept or not (left := bucket.actions_not_denied(deleting, lambda arn: False)), (
        f"lets versions be deleted: MFA delete is {bucket.mfa_delete or 'not set'}, nothing locks them, "
        f"and its policy does not deny everybody {', '.join(left)}"
    )


@control(severity="medium")
def test_audit_bucket_writers_bound(
    bucket: Bucket, facts: Facts, log_services: tuple[str, ...] = DELIVERING_SERVICES
) -> None:
    """Only our log services write to audit buckets.

    Why: A log that somebody else may have written proves nothing.
    Fix: Let only services that deliver logs put objects there, each bound by aws:SourceArn, aws:SourceAccount or
        aws:SourceOrgID.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    not_applicable(None if bucket.name in facts.audit_buckets else NO_AUDIT_BUCKET)
    unbound = bucket.policy.labels(lambda statement: lets_others_write(statement, log_services))
    assert not unbound, f"lets others write than bound log services: {', '.join(unbound)} of its policy"
