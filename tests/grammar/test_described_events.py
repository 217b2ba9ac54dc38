"""Kinds of events: what a description says that they are, and what it implies."""

from __future__ import annotations

import pytest

from fixtures.grammar.described_events import EventCondition, EventKind, kinds

NAME, SOURCE = ("eventName",), ("eventSource",)
BY_KMS = EventCondition(SOURCE, "=", "kms.amazonaws.com")
DISABLED, DELETED = EventCondition(NAME, "=", "DisableKey"), EventCondition(NAME, "=", "ScheduleKeyDeletion")


def test_a_kind_is_a_choice_of_alternatives() -> None:
    found = kinds({"eventName": ["DisableKey", "ScheduleKeyDeletion"], "eventSource?": ["kms.amazonaws.com"]})

    assert found == [EventKind(frozenset((name,)), frozenset((BY_KMS,))) for name in (DISABLED, DELETED)]


@pytest.mark.parametrize(
    ("wanted", "operator", "value"),
    [
        ("Root", "=", "Root"),
        ("!=AwsServiceEvent", "!=", "AwsServiceEvent"),
        ("!= AwsServiceEvent", "!=", "AwsServiceEvent"),
        ("NOT EXISTS", "NOT EXISTS", ""),
        ("IS TRUE", "IS TRUE", ""),
    ],
)
def test_an_alternative_is_read(wanted: str, operator: str, value: str) -> None:
    assert EventCondition.of("userIdentity.type", wanted) == EventCondition(("userIdentity", "type"), operator, value)


def test_without_a_property_nothing_is_known_of_it_either_way() -> None:
    mfa = ("additionalEventData", "MFAUsed")
    (kind,) = kinds(
        {
            "eventName": ["ConsoleLogin"],
            "additionalEventData.MFAUsed": ["!=Yes"],
            "additionalEventData.MFAUsed?": ["No"],
        }
    )

    assert {each.path for each in kind.known} == {NAME, mfa}
    assert {each.path for each in kind.without(EventCondition(mfa, "!=", "Yes"))} == {NAME}


def test_a_value_is_known_or_not() -> None:
    (kind,) = kinds({"eventName": ["DisableKey"], "eventType": ["!=AwsServiceEvent"]})

    assert (kind.value("eventName"), kind.value("eventType"), kind.value("eventSource")) == ("DisableKey", None, None)


@pytest.mark.parametrize("description", [{}, {"eventSource?": ["kms.amazonaws.com"]}], ids=["empty", "all implied"])
def test_something_has_to_tell_the_events_from_others(description: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="at least one that tells these events"):
        kinds(description)


def test_a_kind_is_said_by_what_tells_it() -> None:
    (root,) = kinds(
        {"userIdentity.type": ["Root"], "eventType": ["!=AwsServiceEvent"], "a": ["NOT EXISTS"], "b?": ["c"]}
    )

    assert str(root) == "a NOT EXISTS, eventType != AwsServiceEvent, userIdentity.type Root"
