"""Access: the way into an account, as workers and replays are told of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.reading.access import AbsentAccount, Access, access_from_data, home_region, the_estate

MAYBE = st.none() | st.text()
ACCESSES = st.builds(
    Access,
    name=st.text(),
    kind=st.sampled_from(["aws", "github", "estate"]),
    id=st.text(),
    regions=st.none() | st.lists(st.text(), max_size=3).map(tuple),
    mocked=st.booleans(),
    hosts=st.lists(st.text(), max_size=3).map(tuple),
    tags=st.dictionaries(st.text(), st.text(), max_size=3),
    profile=MAYBE,
    role_arn=MAYBE,
    external_id=MAYBE,
    external_id_env=MAYBE,
    endpoint_url=MAYBE,
    token_env=MAYBE,
    calls_per_second=st.none() | st.floats(0.1, 100),
)
ABSENT = st.builds(
    AbsentAccount,
    name=st.text(),
    kind=st.sampled_from(["aws", "github"]),
    id=st.just(""),
    missing=st.text(),
    missing_status=st.sampled_from(["not_run", "not_applicable"]),
)


@settings(deadline=None)
@given(ACCESSES | ABSENT)
def test_a_worker_is_told_all_of_it(access: Access) -> None:
    assert access_from_data(json.loads(json.dumps(access.as_data()))) == access


@settings(deadline=None)
@given(ACCESSES | ABSENT)
def test_evidence_has_all_but_the_external_id(access: Access) -> None:
    kept = json.loads(json.dumps(access.as_evidence()))
    assert "external_id" not in kept
    assert access_from_data(kept | {"external_id": access.external_id}) == access
    assert access_from_data(kept).external_id is None


def test_evidence_of_a_run_that_noted_no_hosts_can_be_read() -> None:
    evidence = Access("prod", "aws", "111122223333").as_evidence()
    del evidence["hosts"]
    assert access_from_data(evidence).hosts == ()


@pytest.mark.parametrize(
    ("regions", "home"),
    [
        (None, "us-east-1"),
        ((), "us-east-1"),
        (("eu-west-1", "us-east-1"), "us-east-1"),
        (("us-gov-east-1",), "us-gov-west-1"),
        (("cn-northwest-1",), "cn-north-1"),
    ],
    ids=str,
)
def test_what_has_no_region_is_asked_in_one_of_the_same_partition(regions: tuple[str, ...] | None, home: str) -> None:
    assert home_region(regions) == home


def test_the_estate_itself_is_a_subject() -> None:
    assert (the_estate().name, the_estate().kind, the_estate().id) == ("estate", "estate", "estate")


def test_an_access_of_an_earlier_folder_which_says_that_it_is_not_missing_is_read() -> None:
    access = Access("prod", "aws", "111122223333")
    assert access_from_data(access.as_evidence() | {"missing": None, "missing_status": "error"}) == access
