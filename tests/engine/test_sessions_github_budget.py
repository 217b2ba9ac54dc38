"""GitHub's rate limits: nobody asks past them, and who waits for them waits no longer than GitHub says."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from typing import Any

import pytest

from muster.reading.declared_operations import declare_operations
from muster.reading.reads import Answer, Call
from muster.reading.sessions import github, github_budget
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from muster.reading.sessions.github_budget import BudgetSpent, RateBudget
from tests.engine.loopback import Request, Respond, Response, in_turn, loopback

declare_operations(__name__, lambda: ["github:QUERY Login"])

GET = Call("code", "global", "github", "GET /orgs/{org}", {"org": "acme"})
LOGIN = Call("code", "global", "github", "QUERY Login", {"document": "query Login { viewer { login } }"})
SPENT = {"message": "API rate limit exceeded for user ID 1."}
SLOW = {"message": "You have exceeded a secondary rate limit. Please wait."}


class Clock:
    """Seconds since 1970, which sleeping moves on."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(round(seconds, 1))
            self.now += seconds


@pytest.fixture(autouse=True)
def two_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "ATTEMPTS", 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def headers(clock: Clock, remaining: int, resets_in: float = 600, resource: str = "core") -> dict[str, str]:
    told = {"limit": 5_000, "remaining": remaining, "reset": int(clock.now + resets_in), "resource": resource}
    return {f"X-RateLimit-{name.title()}": str(value) for name, value in told.items()}


def body(value: Any, status: int = 200, more: dict[str, str] | None = None) -> Response:
    return Response(status, json.dumps(value).encode(), more or {})


def asked(
    respond: Respond, clock: Clock, *calls: Call, waits: bool = True
) -> tuple[list[Answer], list[Request], dict[str, Any]]:
    counts = Counts()
    with loopback(respond) as server:
        budget = RateBudget(counts, waits=waits, clock=clock, sleep=clock.sleep)
        transport = GitHubTransport("t", counts, endpoint_url=server.url, budget=budget)
        return [transport.send(call) for call in calls], server.requests, counts.as_data()


def test_nothing_is_asked_past_the_last_request_of_the_hour(clock: Clock) -> None:
    answers, requests, counts = asked(lambda _: body({}, more=headers(clock, 0)), clock, GET, GET)
    assert [answer.error for answer in answers] == [None, None]
    assert clock.slept == [601.0], "a second more than GitHub says"
    assert len(requests) == 2
    assert counts["github"] == {"calls": 2, "requests": 2, "retries": 0, "throttles": 0, "waits": 1}


def test_a_run_that_does_not_wait_says_until_when_it_would_have_to(clock: Clock) -> None:
    (first, second), requests, _ = asked(lambda _: body({}, more=headers(clock, 0, 300)), clock, GET, GET, waits=False)
    assert first.error is None
    assert second.error is not None
    assert (second.error.code, len(requests), clock.slept) == ("BudgetSpent", 1, [])
    assert second.error.message == (
        "GitHub's rate limit (core, 5,000 an hour) is spent until 13:51 UTC; --budget=wait waits for it"
    )


def test_queries_have_a_limit_of_their_own(clock: Clock) -> None:
    def respond(request: Request) -> Response:
        resource = "graphql" if request.method == "POST" else "core"
        return body({"data": {"viewer": {}}}, more=headers(clock, 0 if resource == "graphql" else 9, resource=resource))

    answers, _, counts = asked(respond, clock, LOGIN, GET, GET, LOGIN)
    assert [answer.error for answer in answers] == [None] * 4
    assert clock.slept == [601.0]
    assert (counts["github-graphql"]["waits"], "waits" in counts["github"]) == (1, False)


def test_an_endpoint_that_counts_against_another_limit_is_known_by_its_answer(clock: Clock) -> None:
    answers, _, _ = asked(lambda _: body({}, more=headers(clock, 0, resource="audit_log")), clock, GET, GET)
    assert [answer.error for answer in answers] == [None, None]
    assert clock.slept == [601.0]


@pytest.mark.parametrize("resource", ["core", "audit_log"], ids=["the usual limit", "another limit"])
@pytest.mark.parametrize("status", [403, 429])
def test_the_hour_that_a_refusal_names_is_waited_for(clock: Clock, status: int, resource: str) -> None:
    respond = in_turn(body(SPENT, status, headers(clock, 0, 1_800, resource)), body({"login": "acme"}))
    (answer,), requests, counts = asked(respond, clock, GET)
    assert answer.content == {"login": "acme"}
    assert clock.slept == [1_801.0]
    assert (len(requests), counts["github"]["throttles"], counts["github"]["waits"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("status", "message", "more", "seconds"),
    [
        pytest.param(403, SLOW, {"Retry-After": "30"}, 30.0, id="403 and how long"),
        pytest.param(429, SLOW, {"Retry-After": "30"}, 30.0, id="429 and how long"),
        pytest.param(403, SLOW, {}, 60.0, id="403: a minute"),
        pytest.param(429, SLOW, {}, 60.0, id="429: a minute"),
    ],
)
def test_a_secondary_limit_is_waited_out_and_counted_apart(
    clock: Clock, status: int, message: Any, more: dict[str, str], seconds: float
) -> None:
    respond = in_turn(body(message, status, {**headers(clock, 4_000), **more}), body({"login": "acme"}))
    (answer,), _, counts = asked(respond, clock, GET)
    assert answer.error is None
    assert clock.slept == [seconds]
    assert counts["github"] == {"calls": 1, "requests": 2, "retries": 1, "throttles": 1, "secondary": 1}


def test_a_secondary_limit_is_waited_out_also_where_no_hour_is_waited_for(clock: Clock) -> None:
    respond = in_turn(body(SLOW, 403, {"Retry-After": "30"}), body({}))
    (answer,), _, _ = asked(respond, clock, GET, waits=False)
    assert (answer.error, clock.slept) == (None, [30.0])


def test_a_refusal_for_the_hour_fails_at_once_where_none_is_waited_for(clock: Clock) -> None:
    (answer,), requests, _ = asked(lambda _: body(SPENT, 403, headers(clock, 0)), clock, GET, waits=False)
    assert (answer.error and answer.error.code, len(requests), clock.slept) == ("BudgetSpent", 1, [])


def test_points_that_are_spent_are_waited_for_although_the_status_is_200(clock: Clock) -> None:
    spent = body({"errors": [{"type": "RATE_LIMIT", "message": "spent"}]}, more=headers(clock, 0, 90, "graphql"))
    (answer,), requests, counts = asked(in_turn(spent, body({"data": {"viewer": {"login": "a"}}})), clock, LOGIN)
    assert answer.content == {"viewer": {"login": "a"}}
    assert (clock.slept, len(requests), counts["github-graphql"]["throttles"]) == ([91.0], 2, 1)


def test_points_that_stay_spent_are_an_error(clock: Clock) -> None:
    spent = body({"errors": [{"type": "RATE_LIMITED", "message": "spent"}]}, more=headers(clock, 0, 90, "graphql"))
    (answer,), requests, _ = asked(lambda _: spent, clock, LOGIN)
    assert (answer.error and answer.error.code, len(requests)) == ("RATE_LIMITED", 2)


def test_a_clock_that_is_ahead_of_githubs_does_not_spend_all_attempts_at_once(clock: Clock) -> None:
    respond = in_turn(body(SPENT, 403, headers(clock, 0, -5)), body({}))
    (answer,), _, _ = asked(respond, clock, GET)
    assert answer.error is None
    assert clock.slept
    assert clock.slept[0] >= 1.0


@pytest.mark.parametrize("remaining", ["", "-1", "many", "9" * 30, "1.5", "٣"])
def test_a_header_that_is_no_number_says_nothing(clock: Clock, remaining: str) -> None:
    budget = RateBudget(Counts(), clock=clock, sleep=clock.sleep)
    told = {"x-ratelimit-limit": "5000", "x-ratelimit-reset": "1000600", "x-ratelimit-remaining": remaining}
    budget.note(GET, told)
    with budget.turn(GET, lambda _: None):
        assert clock.slept == []


def lower(told: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in told.items()}


def test_requests_in_flight_are_counted_before_their_answers_come(clock: Clock) -> None:
    budget = RateBudget(Counts(), waits=False, clock=clock, sleep=clock.sleep)
    budget.note(GET, lower(headers(clock, 2)))
    with ExitStack() as in_flight:
        in_flight.enter_context(budget.turn(GET, lambda _: None))
        in_flight.enter_context(budget.turn(GET, lambda _: None))
        with pytest.raises(BudgetSpent):
            in_flight.enter_context(budget.turn(GET, lambda _: None))
    with budget.turn(GET, lambda _: None):
        assert clock.slept == []


def test_an_answer_that_was_overtaken_does_not_give_back_what_is_spent(clock: Clock) -> None:
    budget = RateBudget(Counts(), waits=False, clock=clock, sleep=clock.sleep)
    for remaining in (1, 3, 0, 2):
        budget.note(GET, lower(headers(clock, remaining)))
    with pytest.raises(BudgetSpent), budget.turn(GET, lambda _: None):
        pass
    budget.note(GET, lower(headers(clock, 5_000, 4_200)))
    with budget.turn(GET, lambda _: None):
        assert clock.slept == []


def test_a_wait_that_is_too_long_for_the_answer_is_announced_before_it_begins(clock: Clock) -> None:
    budget = RateBudget(Counts(), clock=clock, sleep=clock.sleep)
    budget.note(GET, lower(headers(clock, 0, 9_000)))

    def refuse(seconds: float) -> None:
        raise TimeoutError(str(seconds))

    with pytest.raises(TimeoutError, match="9001"), budget.turn(GET, refuse):
        pass
    assert clock.slept == []


def test_a_minute_is_what_github_asks_for() -> None:
    assert github_budget.A_MINUTE == 60
