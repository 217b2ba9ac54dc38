"""What tests of the engine ask of APIs that no control asks: without being declared it would be refused."""

from __future__ import annotations

from muster.reading.declared_operations import declare_operations

ASKED = frozenset(
    {
        "apigateway:get_export",
        "apprunner:list_services",
        "eventbridgev2:list_event_buses",
        "github:GET /repos/{owner}/{repo}",
        "github:GET /repos/{owner}/{repo}/vulnerability-alerts",
        "iam:list_roles",
        "kms:list_aliases",
        "iam:list_users",
        "s3:get_bucket_location",
        "wafv2:get_web_acl",
    }
)

declare_operations(__name__, lambda: ASKED)
