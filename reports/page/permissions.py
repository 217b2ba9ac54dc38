"""Which permission was missing when a read was refused.

AWS often names the action in its message; where it does not, the action follows from the operation: the service's IAM
prefix and the operation's name. https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# `service:operation in region: code: message`, as unreadable verdicts give their reason.
_REFUSED_READ = re.compile(
    r"\b(?P<service>[a-z][a-z0-9-]*):(?P<operation>[a-z][a-z0-9_]*|GET /\S*) in (?P<region>\S+):"
    r" (?P<code>[\w.]+): ?(?P<message>.*)",
    re.DOTALL,
)
_NAMED_ACTION = re.compile(r"not authorized to perform:? (?P<action>[a-z][a-z0-9-]*:[A-Z][A-Za-z]*)")
_DENIALS = re.compile(r"AccessDenied|Unauthorized|AuthorizationError|NotAuthorized|^Forbidden$|^403$")
_DENIALS_OF_CODE_HOSTS = ("401", "403", "404")

# The services whose IAM prefix is not the name of their API client.
_PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "apigatewayv2": "apigateway",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "opensearch": "es",
    "s3control": "s3",
    "sesv2": "ses",
    "sso-admin": "sso",
    "stepfunctions": "states",
}

# The operations whose permission is called otherwise.
_ACTIONS = {
    "s3:get_bucket_cors": "s3:GetBucketCORS",
    "s3:get_bucket_encryption": "s3:GetEncryptionConfiguration",
    "s3:get_bucket_lifecycle_configuration": "s3:GetLifecycleConfiguration",
    "s3:get_bucket_notification_configuration": "s3:GetBucketNotification",
    "s3:get_bucket_replication": "s3:GetReplicationConfiguration",
    "s3:get_object_lock_configuration": "s3:GetBucketObjectLockConfiguration",
    "s3:get_public_access_block": "s3:GetBucketPublicAccessBlock",
    "s3:head_bucket": "s3:ListBucket",
    "s3:list_buckets": "s3:ListAllMyBuckets",
    "s3:list_objects_v2": "s3:ListBucket",
    "s3control:get_public_access_block": "s3:GetAccountPublicAccessBlock",
}

# Words that a service writes in capitals; IAM itself takes either.
_CAPITALS = {
    "iam": {"mfa": "MFA", "ssh": "SSH", "saml": "SAML"},
    "rds": {"db": "DB"},
    "wafv2": {"acls": "ACLs", "acl": "ACL"},
}


@dataclass(frozen=True)
class RefusedRead:
    """A read that gave no answer: what was asked (`service:operation`), where, and the API's error."""

    service: str
    operation: str
    region: str
    code: str
    message: str

    @property
    def call(self) -> str:
        """`service:operation`."""
        return f"{self.service}:{self.operation}"

    @property
    def is_denial(self) -> bool:
        """Whether the error speaks of rights; code hosts answer 404 for what a token may not see."""
        if self.service == "github":
            return self.code in _DENIALS_OF_CODE_HOSTS
        return _DENIALS.search(self.code) is not None

    @property
    def permission(self) -> str | None:
        """The permission that was missing; None where the error is not about rights."""
        if not self.is_denial:
            return None
        if self.service == "github":
            return f"read access of the token to {self.operation.removeprefix('GET ')}"
        named = _NAMED_ACTION.search(self.message)
        return named["action"] if named else iam_action(self.service, self.operation)


def refused_read(reason: str) -> RefusedRead | None:
    """The read that an unreadable verdict's reason tells of, or None if it tells of none."""
    found = _REFUSED_READ.search(reason)
    return RefusedRead(**found.groupdict()) if found else None


def iam_action(service: str, operation: str) -> str:
    """The IAM action of an operation: `rds`, `describe_db_instances` → `rds:DescribeDBInstances`."""
    if service in ("apigateway", "apigatewayv2"):
        return "apigateway:GET"
    known = _ACTIONS.get(f"{service}:{operation}")
    if known is not None:
        return known
    capitals = _CAPITALS.get(service, {})
    words = (capitals.get(word, word.capitalize()) for word in operation.split("_"))
    return f"{_PREFIXES.get(service, service)}:{''.join(words)}"
