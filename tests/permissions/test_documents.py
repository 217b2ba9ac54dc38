"""Policies are split where IAM's limit of size asks for it, and allow what was granted: no less, no more."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from muster.permissions.actions import GrantedAction
from muster.permissions.documents import LARGEST, policy_documents, policy_files, size_of

ROUTES, STAGES = "arn:aws:apigateway:*::/apis/*/routes", "arn:aws:apigateway:*::/apis/*/stages"
SERVICES = st.sampled_from(["acm", "apigateway", "ec2", "iam", "s3", "sns"])
ACTIONS = st.builds("{}:Get{:060}".format, SERVICES, st.integers(0, 60))
GRANTS = st.lists(st.builds(GrantedAction, ACTIONS, st.sampled_from(["*", ROUTES, STAGES])), unique=True, max_size=250)


def many(service: str, count: int) -> list[GrantedAction]:
    """Grants of one service, of which each takes 74 to 77 characters."""
    return [GrantedAction(f"{service}:Get{number:064}") for number in range(count)]


def services_of(document: dict[str, Any]) -> set[str]:
    return {action.partition(":")[0] for statement in document["Statement"] for action in statement["Action"]}


def granted(documents: list[dict[str, Any]]) -> list[GrantedAction]:
    return [
        GrantedAction(action, resource)
        for document in documents
        for statement in document["Statement"]
        for action in statement["Action"]
        for resource in ([statement["Resource"]] if statement["Resource"] == "*" else statement["Resource"])
    ]


@given(GRANTS)
def test_policies_allow_each_grant_once_and_nothing_else(grants: list[GrantedAction]) -> None:
    assert sorted(granted(policy_documents(grants))) == sorted(grants)


@given(GRANTS)
def test_no_policy_is_larger_than_iam_takes(grants: list[GrantedAction]) -> None:
    assert [size for size in map(size_of, policy_documents(grants)) if size > LARGEST] == []


@given(GRANTS)
def test_statements_of_a_policy_have_names_of_their_own(grants: list[GrantedAction]) -> None:
    for document in policy_documents(grants):
        names = [statement["Sid"] for statement in document["Statement"]]
        assert len(names) == len(set(names))
        assert all(name.isalnum() for name in names)


def test_what_fits_is_one_policy() -> None:
    assert policy_documents(
        [GrantedAction("sns:ListTopics"), GrantedAction("apigateway:GET", ROUTES), GrantedAction("acm:Get")]
    ) == [
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "MusterReads", "Effect": "Allow", "Action": ["acm:Get", "sns:ListTopics"], "Resource": "*"},
                {
                    "Sid": "MusterReadsApigatewayGet",
                    "Effect": "Allow",
                    "Action": ["apigateway:GET"],
                    "Resource": [ROUTES],
                },
            ],
        }
    ]


def test_nothing_granted_is_no_policy() -> None:
    assert policy_documents([]) == []


def test_a_service_that_does_not_fit_beside_others_goes_into_the_next_policy_whole() -> None:
    documents = policy_documents([*many("acm", 50), *many("sns", 50), *many("sqs", 20)])

    assert [services_of(document) for document in documents] == [{"acm"}, {"sns", "sqs"}]


def test_a_service_that_fits_into_no_policy_is_split() -> None:
    documents = policy_documents([*many("acm", 10), *many("sns", 100)])

    assert [services_of(document) for document in documents] == [{"acm", "sns"}, {"sns"}]


def test_a_policy_may_be_as_large_as_iam_takes_and_not_a_character_larger() -> None:
    grants = many("acm", 70)
    room = LARGEST - size_of(policy_documents(grants)[0])
    longest = GrantedAction("sns:" + "G" * (room - len(',"sns:"')))

    assert [size_of(document) for document in policy_documents([*grants, longest])] == [LARGEST]
    assert len(policy_documents([*grants, GrantedAction(longest.action + "G")])) == 2


def test_each_policy_is_a_file() -> None:
    assert list(policy_files(policy_documents([*many("acm", 70), *many("sns", 50)]))) == [
        "audit-role-policy-1.json",
        "audit-role-policy-2.json",
    ]
