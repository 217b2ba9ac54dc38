"""What is stored in buckets: who deletes and who reads it, under which keys it is, and when it ends."""

from __future__ import annotations

from fixtures.key_owners import key_owner
from fixtures.s3 import Bucket
from fixtures.tags import is_tagged
from muster import Facts, control, declared, not_applicable


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


@control(severity="medium")
def test_s3_bucket_access_logged(bucket: Bucket) -> None:
    """Access to buckets is logged.

    Why: After a leak, the log tells which objects were read, when, and from where.
    Fix: Turn on server access logging to a bucket of its own in the same account and region, whose policy lets S3 write
        and whose default encryption is SSE-S3. That one is exempt: S3 would log the delivery of logs.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
    """
    if bucket.access_log is None and bucket.receives_access_logs:
        not_applicable("receives the access logs of other buckets")
    assert bucket.access_log_flaw is None, bucket.access_log_flaw


@control(severity="medium")
def test_s3_bucket_customer_keys_blocked(bucket: Bucket) -> None:
    """Buckets refuse keys that AWS does not hold.

    Why: Extortion overwrites objects under a key that comes with the request (SSE-C), and then asks money for the key.
    Fix: Block SSE-C in the bucket's default encryption (BlockedEncryptionTypes).
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html
    """
    blocked = bucket.blocked_encryption
    assert "SSE-C" in blocked, (
        f"takes objects under keys that come with the request (SSE-C): blocked is {', '.join(blocked) or 'nothing'}"
    )


@control(severity="high")
def test_s3_bucket_key_declared(bucket: Bucket, facts: Facts) -> None:
    """Buckets are encrypted only with keys of declared accounts.

    Why: Whoever owns the key takes it away when it suits him, and asks money for what it opens. The default encryption
        of a bucket puts everything that is written to it under such a key, and nobody who writes notices.
    Fix: Set the bucket's default encryption to a key of ours, and copy its objects over themselves while the other key
        still works. The account of a third party belongs among trusted_accounts in facts.yaml, by its id.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
    """
    encryption = bucket.default_encryption
    if encryption is None or encryption.kms_key is None:
        not_applicable("its default encryption names no key: AWS manages that")
    owner = key_owner(bucket, encryption.kms_key, facts.accounts, facts.audit_account_id)
    assert owner.is_ours or declared(facts.trusted_accounts, owner.id), f"encrypts what is written to it with {owner}"


@control(severity="low")
def test_s3_bucket_lifecycle(bucket: Bucket) -> None:
    """Buckets have a lifecycle.

    Why: What nobody ever deletes can be stolen for ever, and earlier versions pile up where no list shows them.
    Fix: Add a lifecycle rule that deletes or archives what is no longer needed, and enable it. A bucket with MFA delete
        is exempt: S3 allows it no lifecycle.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
    """
    enabled = [rule for rule in bucket.lifecycle_rules if rule.status == "Enabled"]
    if not enabled and bucket.mfa_delete == "Enabled":
        not_applicable("has MFA delete, with which S3 allows no lifecycle")
    assert enabled, f"has no enabled lifecycle rule, of {len(bucket.lifecycle_rules)}"
