"""Judging: however a control ends, there is a finding, and what could not be read is never a pass."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

import pytest

from muster.errors import RunOver, Unreadable
from muster.estate.declarations import Facts
from muster.estate.scope import ScopeRule
from muster.helpers import Helpers
from muster.judging.control import CONTROLS, Control, control, judged_in, not_applicable
from muster.judging.judgement import LONGEST_REASON, Finding, in_chunks, judge_control
from muster.reading.reads import Answer
from muster.verdict import Status
from tests.engine.lamps import DENIED, FakeTransport, Lamp, Told, account, lamps, lit
from tests.excuses import excuse

# By import_module, because the package has the function `control` in the place of its module.
MODULE = import_module("muster.judging.control")
DOCSTRING = "Lamps are on.\n\nWhy: It is dark.\nFix: Switch it on.\nSee: https://example.com\n"


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, Control]:
    own: dict[str, Control] = {}
    monkeypatch.setattr(MODULE, "CONTROLS", own)
    return own


def a_control(function: Callable[..., Any]) -> Control:
    """The function as a control, under a docstring that all of them share."""
    function.__doc__ = DOCSTRING
    function.__name__ = "test_lamp_on"
    MODULE.CONTROLS.clear()
    control(severity="low")(function)
    known: Control = MODULE.CONTROLS["lamp-on"]
    return known


def judged(
    function: Callable[..., Any],
    told: dict[str, Told] | FakeTransport | None = None,
    *,
    parameters: dict[str, object] | None = None,
    facts: Facts | None = None,
    scope: Sequence[ScopeRule] = (),
    threads: int = 4,
    **arguments: Any,
) -> list[Finding]:
    known = a_control(function)
    if told is None:
        told = {"lamps:list_lamps": lamps("a"), "lamps:get_lamp": lit}
    given = {**known.parameters, **(parameters or {})}
    return judge_control(known, account(told, **arguments), given, facts or Facts(), scope=scope, threads=threads)


def passes(lamp: Lamp) -> None:
    assert lamp.is_on


def fails(lamp: Lamp) -> None:
    assert not lamp.is_on, "shines"


def fails_without_a_message(lamp: Lamp) -> None:
    assert lamp.name == "b"


def fails_with_a_number(lamp: Lamp) -> None:
    assert lamp.name == "b", 42  # noqa: RUF040  # what an author may write


def is_exempt(lamp: Lamp) -> None:
    not_applicable("it is a candle")


def is_judged_elsewhere(lamp: Lamp) -> None:
    judged_in("444455556666", "the lamp is lent")


def cannot_read(lamp: Lamp) -> None:
    lamp.place.read("lamps:get_mood")


def raises_unreadable(lamp: Lamp) -> None:
    raise Unreadable("fog")


def breaks(lamp: Lamp) -> None:
    vars(lamp)["socket"]


def divides(lamp: Lamp) -> None:
    1 / 0  # noqa: B018  # breaking is the point


def returns_false(lamp: Lamp) -> Any:
    return False


@pytest.mark.parametrize(
    ("function", "status", "reason"),
    [
        (passes, "pass", ""),
        (fails, "fail", "shines"),
        (fails_without_a_message, "fail", "assert 'a' == 'b'"),
        (fails_with_a_number, "fail", "42"),
        (is_exempt, "not_applicable", "it is a candle"),
        (is_judged_elsewhere, "not_applicable", "the lamp is lent"),
        (cannot_read, "error", "lamps:get_mood in eu-west-1: NotTold"),
        (raises_unreadable, "error", "fog"),
        (breaks, "error", "the control broke: KeyError('socket')"),
        (divides, "error", "the control broke: ZeroDivisionError"),
        (returns_false, "error", ""),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_each_way_that_a_control_can_end(function: Callable[..., Any], status: Status, reason: str) -> None:
    (finding,) = judged(function)
    assert (finding.status, finding.reason[: len(reason)]) == (status, reason)
    assert (finding.resource, finding.region) == ("arn:aws:lamps:eu-west-1:111122223333:lamp/a", "eu-west-1")
    assert len(finding.reads) >= 1
    assert finding.judged_in == ("444455556666" if function is is_judged_elsewhere else None)


@pytest.mark.parametrize("function", [passes, fails, is_exempt, cannot_read])
def test_a_row_says_what_the_resource_is_called(function: Callable[..., Any]) -> None:
    (finding,) = judged(function)
    row = finding.as_verdict("lamp-on", "prod", {})
    assert (row.name, row.tags) == ("a", None)


RULE = ScopeRule.model_validate(excuse(name="hall", resources=["arn:aws:lamps:eu-west-1:111122223333:lamp/hall-*"]))


def test_what_is_out_of_scope_is_not_judged_and_says_by_which_rule() -> None:
    told: dict[str, Told] = {"lamps:list_lamps": lamps("hall-a", "shop-a"), "lamps:get_lamp": lit}
    spared, failed = judged(fails, told, scope=[RULE])

    assert (spared.status, spared.scope, spared.name) == ("not_applicable", "hall", "hall-a")
    assert spared.reason == f"out of scope by {RULE}"
    assert (failed.status, failed.scope) == ("fail", None)


def on_the_whole(lamps: list[Lamp]) -> None:
    assert not lamps, "has lamps"


@pytest.mark.parametrize(
    ("accounts", "status"), [(["111122223333"], "not_applicable"), (["444455556666"], "fail")], ids=["out", "in scope"]
)
def test_an_account_as_a_whole_is_out_of_scope_by_a_rule_of_accounts(accounts: list[str], status: Status) -> None:
    rule = ScopeRule.model_validate(excuse(name="play", accounts=accounts))
    assert [finding.status for finding in judged(on_the_whole, scope=[rule])] == [status]


def test_what_could_not_be_listed_is_never_out_of_scope() -> None:
    rule = ScopeRule.model_validate(excuse(name="play", accounts=["111122223333"]))
    assert [finding.status for finding in judged(fails, {"lamps:list_lamps": DENIED}, scope=[rule])] == ["error"]


def swallowing(lamp: Lamp) -> None:
    with contextlib.suppress(Unreadable):
        assert lamp.is_on


def swallowing_all(lamp: Lamp) -> None:
    with contextlib.suppress(Exception):
        assert lamp.is_on


def failing_after(lamp: Lamp) -> None:
    swallowing(lamp)
    raise AssertionError("dark")


def exempt_after(lamp: Lamp) -> None:
    swallowing(lamp)
    not_applicable("it is a candle")


def elsewhere_after(lamp: Lamp) -> None:
    swallowing(lamp)
    judged_in("444455556666", "it is lent")


def by_a_careless_noun(lamp: Lamp) -> None:
    assert lamp.is_on_or_so


@pytest.mark.parametrize(
    "function", [swallowing, swallowing_all, failing_after, exempt_after, elsewhere_after, by_a_careless_noun]
)
def test_an_unreadable_answer_is_an_error_whatever_the_control_makes_of_it(function: Callable[[Lamp], None]) -> None:
    (finding,) = judged(function, {"lamps:list_lamps": lamps("a"), "lamps:get_lamp": DENIED})
    assert (finding.status, finding.judged_in) == ("error", None)
    assert finding.reason == "lamps:get_lamp in eu-west-1: AccessDenied: no light for you"


def test_one_unreadable_resource_spares_the_others() -> None:
    def told(call: Any) -> Answer:
        return DENIED if call.request["Name"] == "b" else lit(call)

    found = judged(passes, {"lamps:list_lamps": lamps("a", "b", "dark"), "lamps:get_lamp": told})
    assert [finding.status for finding in found] == ["pass", "error", "fail"]


def by_region(call: Any) -> Answer:
    return DENIED if call.region == "us-east-1" else lamps("a")


REGIONS = ("eu-west-1", "us-east-1")


def test_a_region_that_cannot_be_listed_is_an_error_beside_the_verdicts_of_the_others() -> None:
    found = judged(passes, {"lamps:list_lamps": by_region, "lamps:get_lamp": lit}, regions=REGIONS)
    assert [(finding.status, finding.region) for finding in found] == [("error", "us-east-1"), ("pass", "eu-west-1")]
    assert found[0].resource == "arn:aws:iam::111122223333:root"


def at_least_one(lamps: list[Lamp]) -> None:
    assert any(lamp.is_on for lamp in lamps), "no lamp is on"


def test_at_least_one_cannot_be_told_from_a_part_of_the_list() -> None:
    found = judged(at_least_one, {"lamps:list_lamps": by_region, "lamps:get_lamp": lit}, regions=REGIONS)
    assert [(finding.status, finding.region) for finding in found] == [("error", "us-east-1")]


@pytest.mark.parametrize(
    ("names", "status", "reason"),
    [(("dark", "a"), "pass", ""), (("dark",), "fail", "no lamp"), ((), "fail", "no lamp")],
)
def test_a_control_of_the_whole_leaves_one_finding(names: tuple[str, ...], status: Status, reason: str) -> None:
    (finding,) = judged(at_least_one, {"lamps:list_lamps": lamps(*names), "lamps:get_lamp": lit})
    assert (finding.status, finding.region, finding.resource) == (status, "global", "arn:aws:iam::111122223333:root")
    assert finding.reason.startswith(reason)
    assert len(finding.reads) == 1 + len(names)


def test_an_account_without_resources_says_so() -> None:
    (finding,) = judged(passes, {"lamps:list_lamps": lamps()})
    assert (finding.status, finding.reason) == ("not_applicable", "there are no lamps in the account")
    assert len(finding.reads) == 1


@pytest.mark.parametrize("status", ["error", "not_run", "not_applicable"])
def test_an_account_that_nobody_could_enter_says_so_without_being_asked(status: Status) -> None:
    transport = FakeTransport()
    locked: dict[str, Any] = {
        "unreachable": "the door is locked",
        "unreachable_status": status,
        "unreachable_reads": ("d00r",),
    }
    (finding,) = judged(passes, transport, **locked)
    assert (finding.status, finding.reason, finding.reads) == (status, "the door is locked", ("d00r",))
    assert transport.calls == []


def test_thresholds_and_facts_are_given_as_the_run_has_them() -> None:
    seen: list[object] = []

    def takes(lamp: Lamp, facts: Facts, watts: int = 60, volts: int = 230) -> None:
        seen.append((facts.audit_buckets, watts, volts))

    judged(takes, parameters={"watts": 40}, facts=Facts(audit_buckets=("b",)))
    assert seen == [(("b",), 40, 230)]


def test_a_finding_rests_on_the_list_and_on_every_read_that_was_looked_at() -> None:
    house = account({"lamps:list_lamps": lamps("a"), "lamps:get_lamp": lit})
    (finding,) = judge_control(a_control(passes), house, {}, Facts())
    (lamp,) = house.all(Lamp)
    assert finding.reads[:1] == lamp.sources
    assert len(finding.reads) == 2


def test_a_long_reason_is_cut() -> None:
    def tells(lamp: Lamp) -> None:
        raise AssertionError("x" * 10 * LONGEST_REASON)

    (finding,) = judged(tells)
    assert len(finding.reason) == LONGEST_REASON


@pytest.mark.parametrize("threads", [1, 2, 3, 32, 200])
def test_findings_keep_the_order_of_the_list_over_all_threads(threads: int) -> None:
    names = [f"lamp-{number}" for number in range(101)]
    found = judged(passes, {"lamps:list_lamps": lamps(*names), "lamps:get_lamp": lit}, threads=threads)
    assert [finding.resource.rpartition("/")[2] for finding in found] == names


@pytest.mark.parametrize(("threads", "elsewhere"), [(1, False), (4, True)])
def test_one_thread_is_the_calling_one(threads: int, elsewhere: bool) -> None:
    where: set[int] = set()

    def notes(lamp: Lamp) -> None:
        where.add(threading.get_ident())
        time.sleep(0.02)

    judged(notes, {"lamps:list_lamps": lamps(*"abcdef")}, threads=threads)
    assert (where != {threading.get_ident()}) == elsewhere
    assert len(where) <= threads


@pytest.fixture
def heard_ctrl_c() -> Iterator[None]:
    """Ctrl-C is heard, also where a shell started the tests in the background and told them to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_ctrl_c")
def test_ctrl_c_ends_every_chunk_at_its_next_resource_and_keeps_nothing() -> None:
    looked_at: list[str] = []
    resources: list[Any] = [f"{chunk}{number}" for chunk in "abcd" for number in range(500)]

    def slowly(resource: Any) -> Finding:
        looked_at.append(resource)
        if resource == "b3":
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        time.sleep(0.002)
        return Finding("global", resource, "pass", "", ())

    with pytest.raises(KeyboardInterrupt):
        in_chunks(slowly, resources, 4, Helpers(4), threading.Event())
    assert 4 <= len(looked_at) < len(resources) / 2


def judge_until_stopped(stop: threading.Event, breaks: bool) -> None:
    def judge_one(resource: Any) -> Finding:
        if resource == "b":
            if breaks:
                raise RuntimeError("the engine broke")
            stop.set()
        return Finding("global", resource, "pass", "", ())

    resources: list[Any] = list("abcdef")
    in_chunks(judge_one, resources, 2, Helpers(2), stop)


def test_of_what_was_stopped_no_part_passes_for_the_whole() -> None:
    with pytest.raises(RunOver):
        judge_until_stopped(threading.Event(), breaks=False)


def test_one_population_that_breaks_does_not_cut_others_short() -> None:
    stop = threading.Event()
    with pytest.raises(RuntimeError):
        judge_until_stopped(stop, breaks=True)
    assert not stop.is_set()


def test_the_exception_is_kept_for_a_debugger_and_a_pass_has_none() -> None:
    assert isinstance(judged(fails)[0].exception, AssertionError)
    assert isinstance(judged(breaks)[0].exception, KeyError)
    assert judged(passes)[0].exception is None
    assert "lamp-on" not in CONTROLS
