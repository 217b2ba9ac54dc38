"""The conclusion: every reason for which a run may not end well, and when it is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from muster.estate.declarations import Facts, Waiver
from muster.run.conclusion import Problem, Tally, counts_of, exit_fails, problems
from muster.verdict import STATUSES, Status, Verdict
from tests.excuses import excuse

TODAY = date(2026, 11, 23)
IDS = {"prod": "111122223333", "audit": "444455556666"}
ROW = Verdict("r", "lamp-on", "prod", "global", "lamp/a", "pass", "", {}, (), None, None, "2026-11-23T00:00:00Z")
WAIVER = Waiver(
    id="W-1",
    control="lamp-on",
    account="prod",
    resource="lamp/*",
    reason="a candle will do",
    owner="web-team",
    approver="ciso",
    ticket="SEC-1",
    expires=date(2026, 12, 31),
)
ELSEWHERE = replace(ROW, status="not_applicable", judged_in="444455556666")


def row(status: Status, resource: str = "lamp/a", account: str = "prod", control: str = "lamp-on") -> Verdict:
    return replace(ROW, status=status, resource=resource, account=account, control=control)


def found(
    rows: Sequence[Verdict],
    *waivers: Waiver,
    selected: Sequence[tuple[str, str]] = (("lamp-on", "prod"),),
    finished: Sequence[tuple[str, str]] | None = None,
    elsewhere: tuple[str, ...] = (),
    facts: Facts | None = None,
    facts_read: Sequence[str] = ("public_buckets",),
    ids: dict[str, str] | None = None,
    scoped: Sequence[str] = (),
    organization: dict[str, Any] | None = None,
) -> list[Problem]:
    return problems(
        Tally.of(rows, waivers),
        waivers=waivers,
        selected=selected,
        finished=selected if finished is None else finished,
        account_ids=ids or IDS,
        facts=facts or Facts(audited_elsewhere=elsewhere),
        facts_read=facts_read,
        today=TODAY,
        scoped=scoped,
        organization=organization,
        asked=selected,
    )


def kinds(problems_: Sequence[Problem]) -> list[str]:
    return [problem.kind for problem in problems_]


@pytest.mark.parametrize(
    ("finished", "kind"),
    [pytest.param([], ["not_run"], id="nothing of it"), pytest.param([("lamp-on", "prod")], [], id="all of it")],
)
def test_what_was_selected_must_have_been_finished(finished: list[tuple[str, str]], kind: list[str]) -> None:
    assert kinds(found([], finished=finished)) == kind


def test_an_item_that_left_rows_and_was_not_finished_was_not_run() -> None:
    (problem,) = found([row("pass")], finished=[])
    assert problem == Problem("not_run", "lamp-on was not judged in prod: the run ended before it")
    assert problem.as_data() == {"kind": "not_run", "text": problem.text}


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        pytest.param([row("waived")], [], id="it excuses something"),
        pytest.param([row("waived"), row("pass", "lamp/b")], [], id="it excuses one of two"),
        pytest.param([row("pass")], ["waiver_unneeded"], id="what it covers passes"),
        pytest.param([row("not_applicable")], ["waiver_unneeded"], id="what it covers is out of question"),
        pytest.param([], ["waiver_unmatched"], id="nothing was there"),
        pytest.param([row("fail", "sofa")], ["waiver_unmatched"], id="it covers something else"),
        pytest.param([row("fail", "lamp/a", "audit")], ["waiver_unmatched"], id="in another account"),
        pytest.param([row("fail", control="lamp-new")], ["waiver_unmatched"], id="under another control"),
        pytest.param([row("error", "arn:account")], [], id="what could not be read may hold it"),
        pytest.param([row("not_run", "arn:account")], [], id="what was not run may hold it"),
        pytest.param([row("pass"), row("error", "lamp/b")], [], id="some could not be read"),
        pytest.param([row("error", account="audit")], ["waiver_unmatched"], id="unreadable, but elsewhere"),
    ],
)
def test_a_waiver_must_excuse_something(rows: list[Verdict], kind: list[str]) -> None:
    assert kinds(found(rows, WAIVER)) == kind


@pytest.mark.parametrize(
    ("expires", "status", "kind"),
    [
        pytest.param(date(2026, 11, 22), "fail", ["waiver_expired"], id="yesterday"),
        pytest.param(date(2026, 11, 22), "error", ["waiver_expired"], id="yesterday, and nothing could be read"),
        pytest.param(date(2026, 11, 23), "waived", [], id="today, its last day"),
        pytest.param(date(2026, 11, 24), "waived", [], id="tomorrow"),
    ],
)
def test_a_waiver_ends_with_its_day(expires: date, status: Status, kind: list[str]) -> None:
    assert kinds(found([row(status)], WAIVER.model_copy(update={"expires": expires}))) == kind


@pytest.mark.parametrize(
    ("selected", "kind"),
    [
        pytest.param([("lamp-on", "prod")], ["waiver_unmatched"], id="asked"),
        pytest.param([("lamp-on", "audit")], [], id="asked of another account"),
        pytest.param([("lamp-new", "prod")], [], id="another control was asked"),
    ],
)
def test_a_waiver_is_judged_only_by_a_run_that_asked(selected: list[tuple[str, str]], kind: list[str]) -> None:
    assert kinds(found([], WAIVER, selected=selected)) == kind


def test_a_waiver_for_every_account_needs_one_that_it_excuses() -> None:
    waiver = WAIVER.model_copy(update={"account": "*"})
    selected = [("lamp-on", "prod"), ("lamp-on", "audit")]
    assert found([row("pass"), row("waived", account="audit")], waiver, selected=selected) == []
    assert kinds(found([row("pass"), row("pass", account="audit")], waiver, selected=selected)) == ["waiver_unneeded"]


@pytest.mark.parametrize("status", ["pass", "fail", "waived", "error"])
def test_what_is_left_to_another_account_is_judged_there(status: Status) -> None:
    assert found([ELSEWHERE, row(status, account="audit")]) == []


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="which was not asked"),
        pytest.param([row("not_applicable", account="audit")], id="which has nothing to judge"),
        pytest.param([row("not_run", account="audit")], id="which was not reached"),
        pytest.param([row("pass", account="audit", control="lamp-new")], id="which judged something else"),
        pytest.param([replace(ELSEWHERE, account="audit", judged_in="111122223333")], id="which leaves it to prod"),
    ],
)
def test_what_is_left_to_another_account_may_not_be_lost_there(rows: list[Verdict]) -> None:
    first, *_ = [problem for problem in found([ELSEWHERE, *rows]) if "444455556666" in problem.text]
    assert first.kind == "judged_nowhere"
    assert first.text.startswith("lamp-on in prod is to be judged in 444455556666, which gave no verdict: add")


def test_another_run_may_be_the_one_that_judges() -> None:
    assert found([ELSEWHERE], elsewhere=("444455556666",)) == []


@pytest.mark.parametrize("judging", ["audit", "audit-too"])
def test_an_account_that_has_two_names_may_judge_under_either(judging: str) -> None:
    ids = {**IDS, "audit-too": IDS["audit"]}
    assert found([ELSEWHERE, row("pass", account=judging)], ids=ids) == []


def test_problems_come_in_a_fixed_order() -> None:
    expired = WAIVER.model_copy(update={"id": "W-2", "expires": date(2026, 1, 1)})
    rows = [ELSEWHERE]
    assert kinds(found(rows, WAIVER, expired, finished=[])) == [
        "not_run",
        "waiver_unneeded",
        "waiver_expired",
        "judged_nowhere",
    ]


PROBLEM = Problem("not_run", "…")


@pytest.mark.parametrize(
    ("statuses", "problems_", "fails"),
    [
        ([], [], False),
        (["pass", "waived", "not_applicable"], [], False),
        (["pass", "fail"], [], True),
        (["pass", "error"], [], True),
        (["pass", "not_run"], [], True),
        (["pass"], [PROBLEM], True),
    ],
    ids=["nothing", "all is well", "a failure", "unreadable", "not run", "a problem"],
)
def test_only_a_run_without_failures_errors_gaps_and_problems_ends_well(
    statuses: list[Status], problems_: list[Problem], fails: bool
) -> None:
    tally = Tally.of([row(status) for status in statuses], [])
    assert exit_fails(tally.counts, problems_) is fails


def test_counts_name_every_status() -> None:
    tally = Tally.of([row("pass"), row("pass"), row("fail")], [])
    assert counts_of(tally) == {**dict.fromkeys(STATUSES, 0), "pass": 2, "fail": 1}


PUBLIC = Facts.model_validate({"public_buckets": [excuse(name="www", expires="2026-11-22")]})


def test_a_fact_that_has_expired_is_told() -> None:
    assert found([row("fail")], facts=PUBLIC) == [
        Problem(
            "fact_expired",
            "www among public_buckets (facts.yaml, owner web-team) expired on 2026-11-22: it excuses nothing,"
            " renew it or take it out",
        )
    ]


@pytest.mark.parametrize(
    ("expires", "facts_read"),
    [
        pytest.param("2026-11-23", ["public_buckets"], id="its last day"),
        pytest.param("2026-11-22", ["root_uses"], id="no control of the run asks for it"),
    ],
)
def test_a_fact_that_needs_no_word(expires: str, facts_read: list[str]) -> None:
    facts = Facts.model_validate({"public_buckets": [excuse(name="www", expires=expires)]})

    assert found([row("pass")], facts=facts, facts_read=facts_read) == []


SPARED = replace(ROW, status="not_applicable", scope="shop-window")


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        pytest.param([SPARED], ["scope_empty"], id="a rule that matches everything"),
        pytest.param([SPARED, replace(ROW, control="lamp-new")], ["scope_empty"], id="beside a control of no scope"),
        pytest.param(
            [SPARED, replace(ROW, status="not_applicable")], ["scope_empty"], id="beside what does not apply anyway"
        ),
        pytest.param([SPARED, replace(ROW, resource="lamp/b")], [], id="beside something that is in scope"),
        pytest.param([SPARED, row("error", "lamp/b")], [], id="beside something that could not be read"),
        pytest.param([ROW], [], id="nothing is out of scope"),
    ],
)
def test_a_scope_without_anything_in_it_is_a_problem(rows: list[Verdict], kind: list[str]) -> None:
    assert kinds(found(rows, scoped=["lamp-on"])) == kind


def test_what_each_rule_spares_is_counted() -> None:
    assert Tally.of([SPARED, replace(SPARED, scope="hall"), SPARED, ROW], ()).by_scope == {"shop-window": 2, "hall": 1}


def listed(*accounts: tuple[str, str | None], unmatched: Sequence[str] = ()) -> dict[str, Any]:
    """An organization: ids and names, None for one that is left out."""
    return {"accounts": [{"id": id_, "account": name} for id_, name in accounts], "unmatched": list(unmatched)}


BOTH = (("lamp-on", "prod"), ("lamp-on", "shop"))


@pytest.mark.parametrize(
    ("organization", "kind"),
    [
        pytest.param(listed(("1", "prod"), ("2", "shop")), ["account_missing"], id="one that left no row"),
        pytest.param(listed(("1", "prod"), ("3", "lab")), [], id="one that nobody asked for"),
        pytest.param(listed(("1", "prod"), ("2", None)), [], id="one that is left out"),
        pytest.param(listed(("1", "prod"), unmatched=["9"]), ["exclude_unmatched"], id="an exclusion of nothing"),
        pytest.param({"accounts": None, "unmatched": []}, [], id="it was not asked"),
    ],
)
def test_what_an_organization_has_is_held_against_what_was_judged(
    organization: dict[str, Any], kind: list[str]
) -> None:
    assert kinds(found([row("pass")], selected=BOTH, organization=organization)) == kind
