"""The IAM actions that nouns need: taken from the operations that their files name."""

from __future__ import annotations

import re

import botocore.session

from tests.conftest import ROOT

# Where the action is not the operation's name: https://docs.aws.amazon.com/service-authorization/latest/reference/
NAMED_OTHERWISE = {
    "s3:list_buckets": "s3:ListAllMyBuckets",
    "s3:get_bucket_encryption": "s3:GetEncryptionConfiguration",
    "s3:get_public_access_block": "s3:GetBucketPublicAccessBlock",
    "s3control:get_public_access_block": "s3:GetAccountPublicAccessBlock",
    "cloudwatch:describe_alarms": "cloudwatch:DescribeAlarms",
}
# What the session layer asks of itself: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
OF_THE_SESSION = {"ec2:DescribeRegions"}


def operations() -> set[str]:
    """Every `service:operation` that a noun reads."""
    files = [path for path in (ROOT / "fixtures").rglob("*.py") if "sandbox" not in path.parts]
    return {found for path in files for found in re.findall(r'"([a-z0-9-]+:[a-z]+_[a-z0-9_]+)"', path.read_text())}


def needed_actions() -> set[str]:
    """The IAM actions behind these operations."""
    session = botocore.session.Session()
    actions = set(OF_THE_SESSION)
    for name in operations():
        service, _, method = name.partition(":")
        model = session.get_service_model(service)
        (operation,) = [known for known in model.operation_names if botocore.xform_name(known) == method]
        actions.add(NAMED_OTHERWISE.get(name, f"{model.signing_name}:{operation}"))
    return actions
