"""What is handed on to servers behind load balancers, distributions and APIs is not kept: by it they may know us."""

from __future__ import annotations

import json
from typing import Any

import pytest

from muster.reading.reads import Call
from muster.reading.redaction import Redactor
from tests.conftest import CONTROLS

assert CONTROLS, "nouns declare it as they are imported, with the controls"

PLAIN = "correct horse battery staple"
ORIGINS = {"Items": [{"CustomHeaders": {"Items": [{"HeaderName": "X-Acme-Origin", "HeaderValue": PLAIN}]}}]}
INTEGRATION = {
    "requestParameters": {"integration.request.header.X-Origin": f"'{PLAIN}'"},
    "requestTemplates": {"application/json": PLAIN},
}
HEADER = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Acme-Origin", "Values": [PLAIN, PLAIN]}}
ANSWERS: dict[str, Any] = {
    "cloudfront:list_distributions": {"DistributionList": {"Items": [{"Origins": ORIGINS}]}},
    "cloudfront:get_distribution_config": {"DistributionConfig": {"Origins": ORIGINS}},
    "elbv2:describe_rules": {"Rules": [{"Conditions": [{"Field": "path-pattern"}, HEADER]}]},
    "apigateway:get_resources": {"items": [{}, {"resourceMethods": {"GET": {"methodIntegration": INTEGRATION}}}]},
    "apigateway:get_stages": {"item": [{"variables": {"upstream": PLAIN}}]},
    "apigatewayv2:get_stages": {"Items": [{"StageVariables": {"upstream": PLAIN}}]},
}


@pytest.mark.parametrize("operation", ANSWERS)
def test_it_is_not_kept(operation: str) -> None:
    service, _, method = operation.partition(":")
    kept = json.dumps(Redactor(b"key")(Call("prod", "eu-west-1", service, method, {}), ANSWERS[operation]))

    assert "correct horse" not in kept
    assert "redacted" in kept
