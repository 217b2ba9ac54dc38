"""An account with many buckets, answered from memory: what S3 would say, without S3."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muster.judging.account import Account
from muster.judging.catalogue import import_controls
from muster.judging.control import Control
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, ApiError, Archive, Call, Reads
from muster.reading.redaction import Redactor
from muster.suites import Suites

ROOT = Path(__file__).parent.parent
ACCOUNT_ID = "111122223333"
REGIONS = ("eu-west-1", "us-east-1")
BUCKET_CONTROLS = (
    "cloudtrail-bucket-access-logged",
    "s3-bucket-kms",
    "s3-bucket-policy-not-public",
    "s3-bucket-public-access-blocked",
    "s3-bucket-tls-only",
    "s3-bucket-versioned",
)
READS_A_BUCKET = ("get_public_access_block", "get_bucket_policy", "get_bucket_versioning", "get_bucket_encryption")
LOG_BUCKET = 0
"""The number of the bucket that the trail and S3's own access logging write to."""


class Buckets:
    """A `Transport` that answers at once.

    Of ten buckets one has no policy, one no versioning, two no KMS key, and one does not block public access.
    """

    def __init__(self, number: int) -> None:
        self._number = number

    def send(self, call: Call) -> Answer:
        """What S3 answers; an error with the code `NotImplemented` for what no benchmark should ask."""
        if "Bucket" in call.request:
            answer = _OF_A_BUCKET.get(call.operation)
            if answer is not None:
                return answer(int(call.request["Bucket"].rpartition("-")[2]))
        elif call.name == "s3:list_buckets":
            return Answer({"Buckets": [_listed(number) for number in range(self._number)]})
        elif call.name in _OF_THE_ACCOUNT:
            return Answer(_OF_THE_ACCOUNT[call.name])
        return Answer(error=ApiError("NotImplemented", f"no benchmark answers {call.name}"))


def account_with(buckets: int, archive: Archive | None = None) -> Account:
    """An account with that many buckets."""
    reads = Reads("benchmark", Buckets(buckets), archive or MemoryArchive(), Redactor(b"benchmark"))
    arn = f"arn:aws:iam::{ACCOUNT_ID}:root"
    return Account("benchmark", ACCOUNT_ID, "aws", arn, REGIONS, "us-east-1", datetime.now(UTC), reads)


def bucket_controls() -> list[Control]:
    """The six controls that judge every bucket."""
    known = import_controls(Suites.at(ROOT))
    return [known[name] for name in BUCKET_CONTROLS]


def bucket_name(number: int) -> str:
    """The name of the bucket of that number."""
    return f"acme-benchmark-{number:05}"


def bucket_policy(number: int) -> str:
    """A bucket's policy, as long as they are in life: plain HTTP denied, another account let in, a service too."""
    arn = f"arn:aws:s3:::{bucket_name(number)}"
    statements: list[Mapping[str, Any]] = [
        {
            "Sid": "DenyPlainHttp",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "Reporting",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:role/reporting"},
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [arn, f"{arn}/reports/*"],
        },
        {
            "Sid": "Distribution",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"{arn}/public/*",
            "Condition": {
                "StringEquals": {"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT_ID}:distribution/E{number}"}
            },
        },
    ]
    if number == LOG_BUCKET:
        services = ["cloudtrail.amazonaws.com", "logging.s3.amazonaws.com"]
        statements.append(
            {"Effect": "Allow", "Principal": {"Service": services}, "Action": "s3:PutObject", "Resource": f"{arn}/*"}
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _listed(number: int) -> Mapping[str, Any]:
    home = REGIONS[number % len(REGIONS)]
    return {"Name": bucket_name(number), "CreationDate": "2026-01-31T09:30:00Z", "BucketRegion": home}


def _block(number: int) -> Answer:
    if number % 10 == 3:
        return Answer(error=ApiError("NoSuchPublicAccessBlockConfiguration", "The configuration was not found", 404))
    return Answer({"PublicAccessBlockConfiguration": dict.fromkeys(_SWITCHES, True)})


def _policy(number: int) -> Answer:
    if number % 10 == 7:
        return Answer(error=ApiError("NoSuchBucketPolicy", "The bucket policy does not exist", 404))
    return Answer({"Policy": bucket_policy(number)})


def _versioning(number: int) -> Answer:
    return Answer({} if number % 10 == 5 else {"Status": "Enabled"})


def _encryption(number: int) -> Answer:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT_ID}:key/00000000-0000-4000-8000-{number:012}"
    own = {"SSEAlgorithm": "AES256"} if number % 5 == 0 else {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": own, "BucketKeyEnabled": True}
    return Answer({"ServerSideEncryptionConfiguration": {"Rules": [rule]}})


def _acl(number: int) -> Answer:
    owner = {"ID": "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"}
    return Answer(
        {"Owner": owner, "Grants": [{"Grantee": {**owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]}
    )


def _ownership(number: int) -> Answer:
    return Answer({"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}})


def _lock(number: int) -> Answer:
    return Answer(error=ApiError("ObjectLockConfigurationNotFoundError", "There is no lock on the bucket", 404))


def _logging(number: int) -> Answer:
    return Answer({"LoggingEnabled": {"TargetBucket": bucket_name(LOG_BUCKET), "TargetPrefix": f"{number}/"}})


_SWITCHES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_TRAIL_ARN = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT_ID}:trail/acme"
_TRAIL = {"TrailARN": _TRAIL_ARN, "Name": "acme", "HomeRegion": "us-east-1"}
_OF_THE_ACCOUNT: Mapping[str, Any] = {
    "s3control:get_public_access_block": {"PublicAccessBlockConfiguration": dict.fromkeys(_SWITCHES, False)},
    "cloudtrail:list_trails": {"Trails": [_TRAIL]},
    "cloudtrail:describe_trails": {
        "trailList": [
            {
                **_TRAIL,
                "S3BucketName": bucket_name(LOG_BUCKET),
                "IsMultiRegionTrail": True,
                "IncludeGlobalServiceEvents": True,
                "LogFileValidationEnabled": True,
                "IsOrganizationTrail": False,
            }
        ]
    },
}
_OF_A_BUCKET: Mapping[str, Callable[[int], Answer]] = {
    "get_public_access_block": _block,
    "get_bucket_policy": _policy,
    "get_bucket_versioning": _versioning,
    "get_bucket_encryption": _encryption,
    "get_bucket_acl": _acl,
    "get_bucket_logging": _logging,
    "get_bucket_ownership_controls": _ownership,
    "get_object_lock_configuration": _lock,
}
