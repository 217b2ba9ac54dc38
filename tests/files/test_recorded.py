"""What earlier versions of Muster wrote into run.json is read again, or refused in one line."""

from __future__ import annotations

import datetime

import pytest

from muster.errors import UsageError
from muster.estate.declarations import Facts
from muster.estate.recorded import recorded_facts, recorded_waivers
from tests.excuses import excuse
from tests.files.estates import TODAY, WAIVER

BY_NAME = {"admin_principals": ["MusterBreakGlass*"], "cloudshell_principals": ["ops"]}
WITHOUT_A_LAST_DAY = {
    "public_buckets": [{"name": "www", "owner": "web-team", "reason": "The web site"}],
    "root_uses": [{"account": "111122223333", "date": "2026-11-01", "person": "ops", "reason": "Support plan"}],
}


def test_facts_come_back_as_they_were_recorded() -> None:
    facts = Facts.model_validate({"public_buckets": [excuse(name="www")], "audit_buckets": ["logs"]})
    assert recorded_facts(facts.model_dump(mode="json")) == facts


@pytest.mark.parametrize("older", [BY_NAME, WITHOUT_A_LAST_DAY], ids=["by name alone", "without a last day"])
def test_what_earlier_versions_recorded_still_excuses(older: dict[str, list[object]]) -> None:
    facts = recorded_facts({**older, "audit_buckets": ["logs"]})
    assert facts.in_force(TODAY + datetime.timedelta(days=4000)) == facts
    assert len(list(facts.excuses)) == 2


def test_a_name_alone_was_a_user_a_group_and_a_role() -> None:
    facts = recorded_facts({**BY_NAME, "admin_principals": ["Muster*", excuse(name="role/crew*")]})
    assert recorded_facts(facts.model_dump(mode="json")) == facts
    of_a_kind, of_any_kind = facts.admin_principals
    assert [of_any_kind.covers(f"{kind}/ci/MusterOne") for kind in ("user", "group", "role")] == [True] * 3
    assert [of_a_kind.covers(f"{kind}/crew-one") for kind in ("user", "group", "role")] == [False, False, True]
    assert [facts.cloudshell_principals[0].covers(name) for name in ("user/ops", "role/ci/ops", "role/ops-one")] == [
        True,
        True,
        False,
    ]


def test_what_was_not_asked_for_is_not_made_up() -> None:
    (bucket,) = recorded_facts(WITHOUT_A_LAST_DAY).public_buckets
    assert (bucket.owner, bucket.approver, bucket.reason) == ("web-team", "not asked for", "as recorded: The web site")


def test_waivers_come_back_as_they_were_recorded() -> None:
    (waiver,) = recorded_waivers([WAIVER])
    assert waiver.model_dump(mode="json", exclude={"granted"}) == WAIVER


def test_what_is_not_taken_any_more_is_told() -> None:
    with pytest.raises(UsageError) as caught:
        recorded_waivers([{**WAIVER, "reason": ". . . . . . ."}])
    assert str(caught.value) == (
        'the recorded run declares what is not taken any more: reason: ". . . . . . ." gives no reason; say in words'
        " why this is so; judge it with the version of Muster that made it (versions in run.json)"
    )
