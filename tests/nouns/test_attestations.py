"""Attestations: on which days a statement counts, and that each control looks at its own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.attestations import FILE, Attestation, Validity
from muster import Facts
from muster.judging.account import Account
from muster.judging.judgement import Finding, judge_control
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.redaction import Redactor
from muster.run.entering import Doorkeeper
from tests.conftest import CONTROLS
from tests.excuses import excuse

TODAY = date(2026, 11, 23)
ATTESTED = sorted(control.id for control in CONTROLS.values() if control.first_noun.noun == Attestation.noun)


def entry(control: str, made: date = TODAY, valid_for_days: int = 365) -> dict[str, Any]:
    return {"control": control, "date": made.isoformat(), "valid_for_days": valid_for_days}


def estate(*entries: dict[str, Any], declared: bool = True) -> Account:
    keeper = Doorkeeper(
        archive=MemoryArchive(),
        redact=Redactor(b"tests"),
        now=datetime.combine(TODAY, time(12), UTC),
        declared={"attestations": list(entries)} if declared else {},
    )
    return keeper.enter(Access("estate", "estate", "estate"))


def judged(control: str, account: Account, facts: Facts | None = None, **parameters: int) -> Finding:
    known = CONTROLS[control]
    (finding,) = judge_control(known, account, {**known.parameters, **parameters}, facts or Facts())
    return finding


def test_there_are_controls_to_attest() -> None:
    assert len(ATTESTED) >= 39


def test_a_control_that_judges_an_attestation_is_named_so() -> None:
    assert all(name.startswith("attest-") for name in ATTESTED)


@pytest.mark.parametrize("name", ATTESTED)
def test_a_control_judges_its_own_attestation(name: str) -> None:
    others = [entry(other) for other in ATTESTED if other != name]

    missing = judged(name, estate(*others))
    made = judged(name, estate(*others, entry(name)))
    assert (missing.status, missing.reason) == (
        "fail",
        "is missing: nobody has made this statement in estate/attestations.yaml",
    )
    assert made.status == "pass"
    assert made.resource == missing.resource == f"{FILE}#{name}"


@pytest.mark.parametrize(
    ("days_ago", "valid_for_days", "reason"),
    [
        pytest.param(0, 365, None, id="today"),
        pytest.param(365, 365, None, id="on its last day"),
        pytest.param(365, 730, None, id="just young enough"),
        pytest.param(366, 730, "was made on 2025-11-22, 366 days ago; it counts for 365 days at most", id="too old"),
        pytest.param(30, 30, None, id="short-lived, on its last day"),
        pytest.param(31, 30, "ran out on 2026-11-22, 30 days after it was made", id="ran out"),
        pytest.param(-1, 365, "is dated 2026-11-24, a day that is still to come", id="tomorrow"),
    ],
)
def test_when_a_statement_counts(days_ago: int, valid_for_days: int, reason: str | None) -> None:
    made = entry("attest-root-custody", TODAY - timedelta(days=days_ago), valid_for_days)

    found = judged("attest-root-custody", estate(made))
    assert (found.status, found.reason) == (("fail", reason) if reason else ("pass", ""))


@pytest.mark.parametrize(("max_age_days", "status"), [(100, "pass"), (99, "fail")])
def test_a_profile_may_ask_for_younger_ones(max_age_days: int, status: str) -> None:
    made = entry("attest-penetration-test", TODAY - timedelta(days=100))

    assert judged("attest-penetration-test", estate(made), max_age_days=max_age_days).status == status


@pytest.mark.parametrize(
    "account",
    [
        pytest.param(estate(declared=False), id="nothing declared"),
        pytest.param(estate({"control": "attest-root-custody", "valid_for_days": 1}), id="no date"),
        pytest.param(estate({**entry("attest-root-custody"), "date": "soon"}), id="no day of the calendar"),
    ],
)
def test_what_cannot_be_understood_is_an_error(account: Account) -> None:
    assert judged("attest-root-custody", account).status == "error"


def test_the_general_noun_is_every_statement_made() -> None:
    listed = estate(entry("attest-root-custody"), entry("attest-code-hosting")).all(Attestation)

    assert [each.arn for each in listed] == [f"{FILE}#attest-root-custody", f"{FILE}#attest-code-hosting"]


@given(days_ago=st.integers(-400, 1500), valid_for_days=st.integers(1, 730), max_age_days=st.integers(0, 1000))
def test_a_statement_counts_from_its_day_to_the_nearer_of_both_limits(
    days_ago: int, valid_for_days: int, max_age_days: int
) -> None:
    validity = Validity(TODAY - timedelta(days=days_ago), valid_for_days)

    counts = validity.gap(TODAY, max_age_days) is None
    assert counts == (0 <= days_ago <= min(valid_for_days, max_age_days))


@pytest.mark.parametrize(
    ("run_by", "verdict"),
    [
        pytest.param((), "fail", id="nobody has said where code is kept"),
        pytest.param(("vendor",), "not_applicable", id="a vendor runs the host"),
        pytest.param(("ourselves",), "fail", id="we run it"),
        pytest.param(("vendor", "ourselves"), "fail", id="one of two is ours"),
    ],
)
def test_who_has_to_attest_a_code_host_of_their_own(run_by: tuple[str, ...], verdict: str) -> None:
    hosts = [excuse(name=f"git{number}.example.com/acme", run_by=each) for number, each in enumerate(run_by)]
    facts = Facts.model_validate_json(json.dumps({"code_hosts": hosts}))

    assert judged("attest-self-hosted-code", estate(), facts).status == verdict
    attested = judged("attest-self-hosted-code", estate(entry("attest-self-hosted-code")), facts)
    assert attested.status == ("pass" if verdict == "fail" else verdict)
