"""Identity policies: by which actions they let their holder switch off what watches the account."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.audit_tampering import TAMPERING, could_begin_with, tampering_actions
from fixtures.grammar.policies import Policy, matches

ACCOUNT = "arn:aws:iam::111122223333:root"
TRAIL = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"
OF_CLOUDTRAIL = [action for action in TAMPERING if action.startswith("cloudtrail:")]


def tampering(*statements: dict[str, Any]) -> list[str]:
    allowed = ({"Effect": "Allow", "Resource": "*", **each} for each in statements)
    # NotResource stands in the place of Resource.
    content = [{name: value for name, value in each.items() if value is not None} for each in allowed]
    return tampering_actions(Policy.of_identity({"Statement": content}), ACCOUNT)


def denied(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([{"Action": "*"}], list(TAMPERING), id="everything"),
        pytest.param([{"Action": "cloudtrail:*"}], OF_CLOUDTRAIL, id="a service"),
        pytest.param(
            [{"NotAction": ["config:*", "guardduty:*", "organizations:*"]}], OF_CLOUDTRAIL, id="everything but three"
        ),
        pytest.param([{"Action": "*", "Resource": None, "NotResource": TRAIL}], list(TAMPERING), id="all but a trail"),
        pytest.param([{"Action": "CloudTrail:stoplogging"}], ["cloudtrail:StopLogging"], id="other letters"),
        pytest.param([{"Action": "cloudtrail:Stop?ogging"}], ["cloudtrail:StopLogging"], id="a question mark"),
        pytest.param(
            [{"Action": "cloudtrail:DeleteTrail", "Resource": TRAIL}], ["cloudtrail:DeleteTrail"], id="one trail"
        ),
        pytest.param(
            [{"Action": "cloudtrail:DeleteTrail", "Resource": "arn:*:trail/main"}],
            ["cloudtrail:DeleteTrail"],
            id="a star",
        ),
        pytest.param(
            [{"Action": "cloudtrail:StopLogging", "Condition": {"Bool": {"k": "true"}}}],
            ["cloudtrail:StopLogging"],
            id="a condition",
        ),
        pytest.param(
            [{"Action": "config:Delete*"}],
            [
                "config:DeleteConfigurationRecorder",
                "config:DeleteServiceLinkedConfigurationRecorder",
                "config:DeleteDeliveryChannel",
            ],
            id="all that deletes in Config",
        ),
        pytest.param([{"Action": "guardduty:UpdateDetector"}], ["guardduty:UpdateDetector"], id="a detector"),
        pytest.param(
            [{"Action": "cloudtrail:StopLogging"}, denied("cloudtrail:*", Condition={"Bool": {"k": "true"}})],
            ["cloudtrail:StopLogging"],
            id="a denial in some cases",
        ),
        pytest.param(
            [{"Action": "cloudtrail:StopLogging"}, denied("cloudtrail:*", TRAIL)],
            ["cloudtrail:StopLogging"],
            id="a denial for one trail",
        ),
        pytest.param(
            [{"Action": "*"}, *map(denied, ("cloudtrail:*", "config:*", "guardduty:*", "organizations:*"))],
            [],
            id="denied",
        ),
        pytest.param(
            [{"Action": "cloudtrail:*", "Resource": TRAIL}, denied("cloudtrail:*", "arn:aws:cloudtrail:*:*:trail/*")],
            [],
            id="denied for trails",
        ),
        pytest.param(
            [{"Action": "cloudtrail:*", "Resource": TRAIL}, denied("cloudtrail:*", TRAIL)],
            [],
            id="denied for the trail",
        ),
        pytest.param([{"Action": "*", "Resource": "arn:aws:s3:::ledger/*"}], [], id="everything with a bucket"),
        pytest.param([{"Action": ["cloudtrail:Get*", "config:Describe*", "guardduty:List*"]}], [], id="looking"),
        pytest.param([{"Action": "cloudtrail-data:*"}], [], id="a service whose name begins so"),
        pytest.param([denied("*")], [], id="a denial alone"),
    ],
)
def test_actions_that_stop_the_watch_are_named(statements: list[dict[str, Any]], expected: list[str]) -> None:
    assert tampering(*statements) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", True),
        ("a*", True),
        ("arn:aws:*", True),
        ("arn:*:trail/x", True),
        ("a?n:aws:cloudtrail:eu-west-1:1:trail/x", True),
        ("arn:aws:cloudtrail:", True),
        ("arn:aws:cloudtrail", False),
        ("arn:aws:s3:::*", False),
        ("b*", False),
        ("", False),
    ],
)
def test_a_pattern_is_for_things_of_a_service(pattern: str, expected: bool) -> None:
    assert could_begin_with(pattern, "arn:aws:cloudtrail:") is expected


@given(st.text("ab:*?", max_size=6), st.text("ab:", max_size=3), st.text("ab:", max_size=4))
def test_whatever_fits_a_pattern_and_begins_so_shows_that_it_could(pattern: str, beginning: str, rest: str) -> None:
    if matches(pattern, beginning + rest):
        assert could_begin_with(pattern, beginning)
