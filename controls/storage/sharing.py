"""S3 buckets: whom they are shared with is written down."""

from __future__ import annotations

from fixtures.s3 import Bucket
from muster import Facts, control, declared


@control(severity="high")
def test_s3_bucket_sharing_declared(bucket: Bucket, facts: Facts) -> None:
    """Buckets are shared only with declared accounts.

    Why: Whoever is let in from another account is let in on that account's word. One that nobody has declared is a
        partner of years ago, or somebody who made a way back for himself.
    Fix: Take the account out of the policy or ACL of the bucket, or out of the policy of its access point. One of ours
        belongs into accounts.yaml, or the statement is bound to organization_id by aws:PrincipalOrgID; a third party
        belongs among trusted_accounts in facts.yaml, by its account id, a VPC of another account of ours into
        network_perimeter; what anyone may read belongs among public_buckets. An origin access identity that no
        distribution here uses is anybody's: use origin access control.
    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html
    """
    reading_is_meant = bool(declared(facts.public_buckets, bucket.name))
    outsiders = bucket.outsiders(facts.accounts, facts.organization_id, reading_is_meant=reading_is_meant)
    strangers = [
        each
        for each in outsiders
        if not declared(facts.trusted_accounts, each) and not declared(facts.network_perimeter, each)
    ]
    assert not strangers, f"is shared with {', '.join(strangers)}, and nobody declared that"
