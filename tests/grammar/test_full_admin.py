"""Identity policies: which of them allow every action on every resource, by one statement or by several together."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.full_admin import full_admin_labels
from fixtures.grammar.policies import Policy

ACCOUNT = "arn:aws:iam::111122223333:root"
BUCKET = "arn:aws:s3:::ledger"
HARMLESS = {"Effect": "Allow", "Action": "s3:*", "Resource": BUCKET}
EVERYTHING = {"Action": "*", "Resource": "*"}


def labels(*statements: dict[str, Any]) -> list[str]:
    document = {"Statement": [HARMLESS, *({"Effect": "Allow", **each} for each in statements)]}
    return full_admin_labels(Policy.parse(document), ACCOUNT)


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param(EVERYTHING, id="star"),
        pytest.param({"Action": "*:*", "Resource": "*"}, id="star of every service"),
        pytest.param({"Action": ["s3:GetObject", "*"], "Resource": [BUCKET, "*"]}, id="star in the lists"),
        pytest.param({"Action": "**", "Resource": "**"}, id="more stars"),
        pytest.param({"NotAction": "iam:*", "Resource": "*"}, id="NotAction"),
        pytest.param({"Action": "*", "NotResource": BUCKET}, id="NotResource"),
        pytest.param({"NotAction": ["s3:*", "ec2:*"], "NotResource": [BUCKET, f"{BUCKET}/*"]}, id="both"),
        pytest.param(EVERYTHING | {"Condition": {"Bool": {"k": "true"}}}, id="condition"),
        pytest.param({"Action": "*", "Resource": "arn:*"}, id="every ARN"),
        pytest.param({"Action": "*", "Resource": "arn:aws:*:*:111122223333:*"}, id="every ARN of the account"),
        pytest.param({"Action": "*", "Resource": "arn:*:*:*:${AWS:principalaccount}:*"}, id="of the caller's account"),
    ],
)
def test_one_statement_allows_everything(elements: dict[str, Any]) -> None:
    assert labels(elements) == ["statement 2"]


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({"Action": "*", "Resource": BUCKET}, id="one resource"),
        pytest.param({"NotAction": "iam:*", "Resource": BUCKET}, id="NotAction on one resource"),
        pytest.param({"Action": ["s3:*", "ec2:*"], "Resource": "*"}, id="two services"),
        pytest.param({"Action": "s3:*", "NotResource": BUCKET}, id="NotResource for one service"),
        pytest.param({"Action": "*:Get*", "Resource": "*"}, id="some actions of every service"),
        pytest.param({"Action": "*", "Resource": "arn:aws:*:eu-west-1:*:*"}, id="one region"),
        pytest.param({"Action": "*", "Resource": "arn:aws:*:*:444455556666:*"}, id="another account"),
        pytest.param({"Action": "*", "Resource": "arn:aws:iam::*"}, id="one service's resources"),
        pytest.param({"Action": "*", "Resource": "${aws:PrincipalTag/scope}"}, id="a resource named by a variable"),
        pytest.param({"NotAction": "*", "Resource": "*"}, id="NotAction of everything"),
        pytest.param({"Action": "*", "NotResource": "arn:aws:*"}, id="NotResource of everything"),
        pytest.param({"Action": "*"}, id="no resource"),
        pytest.param(EVERYTHING | {"Effect": "Deny"}, id="a refusal"),
    ],
)
def test_one_statement_allows_less(elements: dict[str, Any]) -> None:
    assert labels(elements) == []


@pytest.mark.parametrize(
    ("statements", "together"),
    [
        pytest.param(
            [{"NotAction": "iam:*", "Resource": "*"}, {"Action": "iam:*", "Resource": "*"}],
            ["statement 2"],
            id="what the first leaves out is no more than a few",
        ),
        pytest.param(
            [
                {"Action": [f"{letter}*" for letter in half], "Resource": "*"}
                for half in ("abcdefghijklm", "nopqrstuvwxyz")
            ],
            ["statement 2", "statement 3"],
            id="halves of the alphabet",
        ),
        pytest.param(
            [
                {"Action": "*", "Resource": [f"arn:aws:{letter}*" for letter in ascii_lowercase[start::2]]}
                for start in (0, 1)
            ],
            ["statement 2", "statement 3"],
            id="halves of the resources",
        ),
        pytest.param(
            [{"Action": "*", "Resource": f"{BUCKET}/*"}, {"Action": "s3:ListAllMyBuckets", "Resource": "*"}],
            [],
            id="every action here, every resource there",
        ),
        pytest.param(
            [{"Action": [f"{letter}*" for letter in ascii_lowercase if letter != "q"], "Resource": "*"}],
            [],
            id="all but a part of the alphabet",
        ),
    ],
)
def test_statements_count_together(statements: list[dict[str, Any]], together: list[str]) -> None:
    assert labels(*statements) == together


PARTS = st.fixed_dictionaries(
    {
        "Action": st.lists(st.sampled_from(["s3:*", "iam:Get*", "*:List*", "ec2:*"]), min_size=1),
        "Resource": st.lists(st.sampled_from([BUCKET, "arn:aws:iam::*", "*"]), min_size=1),
    }
)


@given(st.lists(PARTS, max_size=3), st.integers(0, 3))
def test_what_else_is_allowed_neither_makes_nor_hides_it(parts: list[dict[str, Any]], place: int) -> None:
    assert labels(*parts) == []
    assert len(labels(*parts[:place], EVERYTHING, *parts[place:])) >= 1
