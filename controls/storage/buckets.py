"""S3 buckets: nobody from outside gets in, nothing is sent in clear, and what was stored can be brought back."""

from __future__ import annotations

from fixtures.public_access import AccountPublicAccess
from fixtures.s3 import Bucket
from muster import Facts, control, declared, not_applicable


@control(severity="high")
def test_s3_account_public_access_blocked(account_public_access: AccountPublicAccess) -> None:
    """The account blocks public buckets.

    Why: One switch for the whole account protects every bucket, also those that somebody makes tomorrow.
    Fix: Turn on all four settings of S3 Block Public Access for the account.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html
    """
    block = account_public_access.block
    assert block.blocks_everything, f"leaves off: {', '.join(block.missing)}"


@control(severity="high")
def test_s3_bucket_public_access_blocked(bucket: Bucket, facts: Facts) -> None:
    """Buckets block public access.

    Why: A policy or ACL that is opened by mistake stays without effect as long as public access is blocked.
    Fix: Turn on all four settings of S3 Block Public Access for the bucket or, better, for the account.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    if declared(facts.public_buckets, bucket.name) and not bucket.exposed_beyond_reading:
        not_applicable("the bucket is declared to be public, for reading")
    block = bucket.public_access_block
    assert block.blocks_everything, f"leaves off: {', '.join(block.missing)}"


@control(severity="critical")
def test_s3_bucket_policy_not_public(bucket: Bucket, facts: Facts) -> None:
    """No bucket policy lets anyone in.

    Why: A statement for everybody hands what is stored to whoever guesses the bucket's name, and lets them change it.
    Fix: Name the accounts in the statement's Principal, or add a condition that fixes their organization, VPC or
        addresses. Block public access to the bucket meanwhile.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    reading_is_meant = declared(facts.public_buckets, bucket.name)
    exposed = bucket.exposed_statements(reading_is_meant=bool(reading_is_meant))
    assert not exposed, f"lets anyone in: {', '.join(exposed)} of its policy"


@control(severity="critical")
def test_s3_bucket_acl_not_public(bucket: Bucket, facts: Facts) -> None:
    """No bucket ACL lets anyone in.

    Why: A grant to everyone, or to everyone with an AWS account, shows strangers what is stored or lets them put their
        own files among it, and no bucket policy shows that it is there.
    Fix: Set the bucket's object ownership to "bucket owner enforced", which turns ACLs off, and grant what is needed by
        policy. A bucket that anyone may read is declared in the estate's facts, under public_buckets.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    reading_is_meant = declared(facts.public_buckets, bucket.name)
    exposed = bucket.exposed_acl_grants(reading_is_meant=bool(reading_is_meant))
    assert not exposed, f"lets anyone in: {', '.join(exposed)} by its ACL"


@control(severity="medium")
def test_s3_bucket_acl_disabled(bucket: Bucket) -> None:
    """Buckets do not use ACLs.

    Why: Each object may have an ACL, and an owner, of its own: no policy shows who can read what.
    Fix: Set the bucket's object ownership to "bucket owner enforced", and grant what its ACLs did by policy. A bucket
        for CloudFront's legacy access logs is exempt: those come by an ACL only.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    if bucket.uses_acls and bucket.acl_lets_cloudfront_log:
        not_applicable("receives CloudFront's legacy access logs, which come by ACL only")
    assert not bucket.uses_acls, f"uses ACLs: its object ownership is {bucket.object_ownership or 'not set'}"


@control(severity="medium")
def test_s3_bucket_tls_only(bucket: Bucket) -> None:
    """Buckets refuse plain HTTP.

    Why: What travels in clear can be read and changed on the way.
    Fix: Add a statement to the bucket policy that denies all S3 actions while aws:SecureTransport is false.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
    """
    assert bucket.refuses_plain_http, "has no policy statement that denies everybody plain HTTP"


@control(severity="medium")
def test_s3_bucket_versioned(bucket: Bucket) -> None:
    """Buckets keep earlier versions.

    Why: What an insider or a broken program overwrites or deletes can be brought back.
    Fix: Enable versioning on the bucket, with a lifecycle rule that ends old versions.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    """
    assert bucket.is_versioned, "does not keep earlier versions of its objects"


@control(severity="medium")
def test_s3_bucket_kms(bucket: Bucket) -> None:
    """Buckets are encrypted with KMS keys.

    Why: A KMS key asks for a permission of its own and records each use, so access to the bucket alone reads nothing.
    Fix: Set the bucket's default encryption to SSE-KMS, with a Bucket Key to keep the cost low. A bucket for the logs
        of load balancers is exempt if its policy names the service logdelivery.elasticloadbalancing.amazonaws.com.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    if not bucket.is_encrypted_with_kms and bucket.access_logs_from:
        not_applicable(f"receives the access logs of {bucket.access_logs_from}, which cannot be under a KMS key")
    assert bucket.is_encrypted_with_kms, (
        f"encrypts new objects with {bucket.encryption_algorithm or 'no key'} by default"
    )
