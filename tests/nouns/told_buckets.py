"""Buckets as S3 tells of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from muster.reading.reads import ApiError, Call
from tests.nouns.told import Content, Told

SWITCHES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
OWN_GRANT = {"Grantee": {"Type": "CanonicalUser", "ID": OWNER}, "Permission": "FULL_CONTROL"}
Statement = dict[str, Any]


@dataclass(frozen=True)
class ToldBucket:
    """A bucket as it is made, but for what a test says of it; None is what nobody ever set."""

    statements: Sequence[Statement] = ()
    policy: str | None = None
    switches: Sequence[str] | None = None
    versioning: str | None = None
    algorithm: str | None = "AES256"
    grants: Sequence[Mapping[str, Any]] = ()
    ownership: str | None = "BucketOwnerEnforced"
    logs_to: str | None = None
    region: str = "eu-west-1"

    def policy_of(self, name: str) -> str | None:
        """The text of its policy, in which BUCKET stands for its name."""
        if self.statements:
            return json.dumps({"Version": "2012-10-17", "Statement": self.statements}).replace("BUCKET", name)
        return self.policy


def answers(buckets: Mapping[str, ToldBucket], of_account: Sequence[str] | None = None) -> dict[str, Told]:
    """What S3 answers of these buckets, and of the account's own switches."""

    def asked(tell: Callable[[str, ToldBucket], Content | ApiError]) -> Callable[[Call], Content | ApiError]:
        return lambda call: tell(call.request["Bucket"], buckets[call.request["Bucket"]])

    return {
        "s3:list_buckets": {"Buckets": [{"Name": name, "BucketRegion": told.region} for name, told in buckets.items()]},
        "s3:get_bucket_policy": asked(
            lambda name, bucket: (
                {"Policy": text} if (text := bucket.policy_of(name)) is not None else _none("NoSuchBucketPolicy")
            )
        ),
        "s3:get_public_access_block": asked(lambda _, bucket: _blocks(bucket.switches)),
        "s3control:get_public_access_block": _blocks(of_account),
        "s3control:list_access_points": {"AccessPointList": []},
        "s3:get_bucket_versioning": asked(
            lambda _, bucket: {"Status": bucket.versioning} if bucket.versioning is not None else {}
        ),
        "s3:get_bucket_encryption": asked(lambda _, bucket: _encrypts(bucket.algorithm)),
        "s3:get_bucket_acl": asked(lambda _, bucket: {"Owner": {"ID": OWNER}, "Grants": [OWN_GRANT, *bucket.grants]}),
        "s3:get_bucket_ownership_controls": asked(lambda _, bucket: _owned(bucket.ownership)),
        "s3:get_bucket_logging": asked(
            lambda _, bucket: (
                {"LoggingEnabled": {"TargetBucket": bucket.logs_to, "TargetPrefix": ""}} if bucket.logs_to else {}
            )
        ),
        "s3:get_bucket_lifecycle_configuration": _none("NoSuchLifecycleConfiguration"),
        "s3:get_object_lock_configuration": _none("ObjectLockConfigurationNotFoundError"),
        "s3:get_bucket_tagging": _none("NoSuchTagSet"),
    }


def _blocks(switches: Sequence[str] | None) -> Content | ApiError:
    if switches is None:
        return _none("NoSuchPublicAccessBlockConfiguration")
    return {"PublicAccessBlockConfiguration": {switch: switch in switches for switch in SWITCHES}}


def _encrypts(algorithm: str | None) -> Content | ApiError:
    if algorithm is None:
        return _none("ServerSideEncryptionConfigurationNotFoundError")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}, "BucketKeyEnabled": False}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def _owned(ownership: str | None) -> Content | ApiError:
    if ownership is None:
        return _none("OwnershipControlsNotFoundError")
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}


def _none(code: str) -> ApiError:
    return ApiError(code, "there is none", 404)
