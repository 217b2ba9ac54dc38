"""The accounts of an organization, as it lists them: all of them, with unit and tags, or an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from muster.errors import Unreadable
from muster.reading.archive import MemoryArchive
from muster.reading.found import FoundOrganization
from muster.reading.reads import Answer, Call, Reads
from muster.reading.sessions.aws_organization import organization
from tests.engine.lamps import DENIED, FakeTransport, Told, as_sent

ROOT, PROD, HUB = "999900001111", "111122223333", "222233334444"


def account(id_: str, **more: Any) -> dict[str, Any]:
    return {"Id": id_, "Name": f"account {id_[0]}", "State": "ACTIVE", "Status": "ACTIVE", **more}


def told(*accounts: Mapping[str, Any], **other: Told) -> dict[str, Told]:
    """A root with the account that manages, and a unit /work with all others; `other` answers replace these."""
    listed = [account(ROOT), *accounts]
    members = {"r-1": listed[:1], "ou-1": listed[1:]}
    units = {"r-1": [{"Id": "ou-1", "Name": "work"}], "ou-1": []}

    def accounts_in(call: Call) -> Answer:
        return Answer({"Accounts": members[call.request["ParentId"]]})

    def units_in(call: Call) -> Answer:
        return Answer({"OrganizationalUnits": units[call.request["ParentId"]]})

    answers: dict[str, Told] = {
        "describe_organization": Answer({"Organization": {"Id": "o-1"}}),
        "list_accounts": Answer({"Accounts": listed}),
        "list_roots": Answer({"Roots": [{"Id": "r-1"}]}),
        "list_accounts_for_parent": accounts_in,
        "list_organizational_units_for_parent": units_in,
        "list_tags_for_resource": Answer({"Tags": [{"Key": "env", "Value": "prod"}]}),
    }
    return {f"organizations:{name}": answer for name, answer in {**answers, **other}.items()}


def found(answers: Mapping[str, Told]) -> tuple[FoundOrganization, FakeTransport]:
    transport = FakeTransport(answers)
    return organization(Reads("root", transport, MemoryArchive(), as_sent), "us-east-1"), transport


def test_each_account_has_its_unit_and_tags() -> None:
    known, transport = found(told(account(PROD)))
    assert known.id == "o-1"
    assert [(each.id, each.path, dict(each.tags)) for each in known.accounts] == [
        (PROD, "/work", {"env": "prod"}),
        (ROOT, "/", {"env": "prod"}),
    ]
    assert {call.region for call in transport.calls} == {"us-east-1"}


@pytest.mark.parametrize(
    ("states", "why"),
    [
        pytest.param({"State": "ACTIVE"}, None, id="active"),
        pytest.param({"State": "SUSPENDED"}, "its state is SUSPENDED", id="suspended"),
        pytest.param({"State": "CLOSED", "Status": "ACTIVE"}, "its state is CLOSED", id="the state counts"),
        pytest.param({"State": "PENDING_CLOSURE"}, "its state is PENDING_CLOSURE", id="about to be closed"),
        pytest.param({"State": "PENDING_ACTIVATION"}, "its state is PENDING_ACTIVATION", id="not there yet"),
        pytest.param({"State": None, "Status": "SUSPENDED"}, "its state is SUSPENDED", id="status alone"),
        pytest.param({"State": "HIBERNATING"}, None, id="a state that nobody knows is tried"),
    ],
)
def test_an_account_is_closed_by_its_state(states: Mapping[str, Any], why: str | None) -> None:
    known, transport = found(told(account(PROD, **states)))
    assert known.accounts[0].why_closed == why
    asked = [call.request["ResourceId"] for call in transport.calls if call.operation == "list_tags_for_resource"]
    assert (PROD in asked) == (why is None)


def nested(call: Call) -> Answer:
    return Answer({"OrganizationalUnits": [{"Id": f"{call.request['ParentId']}-1", "Name": "deeper"}]})


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        pytest.param({"list_tags_for_resource": DENIED}, "no light for you", id="tags are denied"),
        pytest.param({"list_accounts": DENIED}, "no light for you", id="the list is denied"),
        pytest.param({"list_accounts": Answer({"Accounts": [account(ROOT)]})}, PROD, id="an account of a unit alone"),
        pytest.param(
            {"list_accounts": Answer({"Accounts": [account(ROOT), account(PROD), account(HUB)]})},
            HUB,
            id="an account in no unit",
        ),
        pytest.param(
            {
                "list_organizational_units_for_parent": nested,
                "list_accounts_for_parent": Answer({"Accounts": []}),
            },
            "nested deeper than 5",
            id="units without end",
        ),
        pytest.param({"list_roots": Answer({})}, "malformed", id="no roots"),
        pytest.param({"list_accounts": Answer({"Accounts": [account(ROOT), {"Id": PROD}]})}, "Status", id="no state"),
    ],
)
def test_a_part_is_not_the_whole(answers: dict[str, Told], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        found(told(account(PROD), **answers))
