"""Two versions of a policy: which actions came and went."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.grammar.policy_changes import PolicyChange, document_sha256


def allows(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}]}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param(allows("s3:Get*"), allows("s3:Get*", "kms:List*"), "it gained kms:List*", id="one came"),
        pytest.param(allows("s3:Get*", "kms:List*"), allows("s3:Get*"), "it lost kms:List*", id="one went"),
        pytest.param(allows("s3:Get*"), allows("s3:*"), "it gained s3:* and lost s3:Get*", id="a wider pattern"),
        pytest.param(
            allows("s3:*"),
            allows("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
            "it has the same actions, on other resources or under other conditions",
            id="a condition",
        ),
        pytest.param(allows("s3:*"), allows("s3:*", Effect="Deny"), "it gained deny s3:* and lost s3:*", id="a denial"),
        pytest.param(
            allows("s3:*"),
            {"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}},
            "it gained all but iam:* and lost s3:*",
            id="everything but a service",
        ),
        pytest.param(
            allows("s3:*"),
            allows("s3:*", *(f"ec2:Describe{letter}" for letter in "ABCDEFGHIJKLMN")),
            f"it gained {', '.join(f'ec2:Describe{letter}' for letter in 'ABCDEFGHIJKL')} and 2 more",
            id="more than are named",
        ),
    ],
)
def test_a_change_is_told_by_its_actions(before: dict[str, Any], after: dict[str, Any], words: str) -> None:
    assert str(PolicyChange.between(before, after)) == words


def test_what_is_no_policy_has_no_change() -> None:
    with pytest.raises(ValueError, match="Statement is missing"):
        PolicyChange.between({}, allows("s3:*"))


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param({"Version": "1", "Id": "a"}, True, id="another order of keys"),
        pytest.param({"Id": "a", "Version": "2"}, False, id="another value"),
    ],
)
def test_a_hash_is_of_what_a_document_says(other: dict[str, Any], same: bool) -> None:
    assert (document_sha256({"Id": "a", "Version": "1"}) == document_sha256(other)) is same
