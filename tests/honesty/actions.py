"""The IAM action behind each operation that the controls' closures name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import botocore.session

from muster.judging.closure import operations_of
from muster.reading.sessions.own_questions import OWN_QUESTIONS
from tests.conftest import CONTROLS

# Where the prefix of the service's actions is not its signing name.
PREFIXES = {"monitoring": "cloudwatch"}
# Where the action is not the operation's name: https://docs.aws.amazon.com/service-authorization/latest/reference/
NAMED_OTHERWISE = {
    "budgets:describe_budget_notifications_for_account": "budgets:ViewBudget",
    "accessanalyzer:list_findings_v2": "access-analyzer:ListFindings",
    "s3:get_bucket_cors": "s3:GetBucketCORS",
    "s3:get_bucket_encryption": "s3:GetEncryptionConfiguration",
    "s3:get_bucket_lifecycle_configuration": "s3:GetLifecycleConfiguration",
    "s3:get_bucket_notification_configuration": "s3:GetBucketNotification",
    "s3:get_bucket_replication": "s3:GetReplicationConfiguration",
    "s3:get_object_lock_configuration": "s3:GetBucketObjectLockConfiguration",
    "s3:get_public_access_block": "s3:GetBucketPublicAccessBlock",
    "s3:list_buckets": "s3:ListAllMyBuckets",
    "s3control:get_public_access_block": "s3:GetAccountPublicAccessBlock",
}
# What IAM asks for besides: without the name of a stack, DescribeStacks answers only who may list them as well.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
BESIDES = {"cloudformation:describe_stacks": "cloudformation:ListStacks"}
# Of these the action is the HTTP method: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
BY_METHOD = ("apigateway", "apigatewayv2")
# Resources are asked for with the methods in them.
EMBEDDED = ("/restapis/*/resources/*",)


def permissions() -> dict[str, str]:
    """The action by the operation, for all that controls ask of AWS and what entering an account takes."""
    asked = operations_of(CONTROLS.values()) | OWN_QUESTIONS
    return {name: action(name) for name in sorted(asked) if not name.startswith(("github:", "estate:"))}


def action(name: str) -> str:
    """`rds:describe_db_instances` → `rds:DescribeDBInstances`. Raises ValueError for what botocore does not know."""
    if name in NAMED_OTHERWISE:
        return NAMED_OTHERWISE[name]
    service, _, method = name.partition(":")
    if service in BY_METHOD:
        return "apigateway:GET"
    model = _model(service)
    (operation,) = [known for known in model.operation_names if botocore.xform_name(known) == method]
    return f"{PREFIXES.get(model.signing_name, model.signing_name)}:{operation}"


def paths_of_api_gateway(names: Iterable[str]) -> list[str]:
    """The ARNs of what these operations read of API Gateway, whose one action also reads the values of API keys.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
    """
    asked = [name.partition(":") for name in names if name.startswith(BY_METHOD)]
    uris = {_request_uri(service, method).removeprefix("/v2") for service, _, method in asked}
    return sorted(f"arn:aws:apigateway:*::{re.sub(r'{[^}]+}', '*', uri)}" for uri in {*uris, *EMBEDDED})


def _request_uri(service: str, method: str) -> str:
    model = _model(service)
    (operation,) = [known for known in model.operation_names if botocore.xform_name(known) == method]
    return str(model.operation_model(operation).http["requestUri"])


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)
