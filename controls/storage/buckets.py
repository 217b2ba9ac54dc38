"""S3 buckets: nobody from outside gets in, and nothing is sent in clear."""

from __future__ import annotations

from fixtures.account import Account
from fixtures.s3 import Bucket
from muster import Facts, control, not_applicable


@control(severity="high")
def test_s3_account_public_access_blocked(account: Account) -> None:
    """The account blocks public buckets.

    Why: One switch for the whole account protects every bucket, also those that somebody makes tomorrow.
    Fix: Turn on all four settings of S3 Block Public Access for the account.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html
    """
    block = account.public_access_block
    assert block.blocks_everything, f"leaves off: {', '.join(block.missing)}"


@control(severity="high")
def test_s3_bucket_public_access_blocked(bucket: Bucket, facts: Facts) -> None:
    """Buckets block public access.

    Why: A policy or ACL that is opened by mistake stays without effect as long as public access is blocked.
    Fix: Turn on all four settings of S3 Block Public Access for the bucket or, better, for the account.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    if bucket.name in {declared.name for declared in facts.public_buckets}:
        not_applicable("the bucket is declared to be public")
    block = bucket.public_access_block
    assert block.blocks_everything, f"leaves off: {', '.join(block.missing)}"


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
