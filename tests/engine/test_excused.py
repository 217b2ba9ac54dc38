"""What a fact excuses says so: by which fact, whose, until when and why; what needs no excuse names none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from muster import Facts, declared, not_applicable
from muster.reading.reads import Answer
from muster.verdict import Status
from tests.engine.lamps import Lamp, Told, lamps
from tests.engine.test_judgement import MODULE, a_control, judged
from tests.excuses import excuse


@pytest.fixture(autouse=True)
def _registry_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "CONTROLS", {})


FACTS = Facts.model_validate({"public_buckets": [excuse(name="a"), excuse(name="b", reason="A candle will do")]})
BY_A = (
    "a among public_buckets (facts.yaml, owner web-team), approved by security-lead, until 2999-12-31:"
    " This is so on purpose"
)
BY_B = BY_A.replace("a among", "b among").replace("This is so on purpose", "A candle will do")


def is_on(lamp: Lamp) -> None:
    assert lamp.is_on


def is_on_or_declared(lamp: Lamp, facts: Facts) -> None:
    assert lamp.is_on or declared(facts.public_buckets, lamp.name), "is off"


def is_exempt_where_declared(lamp: Lamp, facts: Facts) -> None:
    if declared(facts.public_buckets, lamp.name):
        not_applicable("the lamp is meant to be off")
    assert lamp.is_on, "is off"


def is_on_whatever_is_declared(lamp: Lamp, facts: Facts) -> None:
    covered = declared(facts.public_buckets, lamp.name)
    assert lamp.is_on, f"is off, declared {len(covered)} times"


@pytest.mark.parametrize(
    ("function", "lamp", "shines", "status", "reason"),
    [
        pytest.param(is_on_or_declared, "a", False, "pass", BY_A, id="a pass that it owes to a fact"),
        pytest.param(is_on_or_declared, "b", False, "pass", BY_B, id="another, by a fact of its own"),
        pytest.param(is_on_or_declared, "a", True, "pass", "", id="a pass that needs no fact"),
        pytest.param(is_on_whatever_is_declared, "a", True, "pass", "", id="a pass beside a fact"),
        pytest.param(is_on_or_declared, "c", False, "fail", "is off", id="no fact speaks of it"),
        pytest.param(is_on_whatever_is_declared, "a", False, "fail", "is off, declared 1 times", id="a fact too small"),
        pytest.param(
            is_exempt_where_declared, "a", False, "not_applicable", f"the lamp is meant to be off: {BY_A}", id="exempt"
        ),
        pytest.param(is_exempt_where_declared, "c", True, "pass", "", id="not exempt"),
    ],
)
@pytest.mark.parametrize("threads", [1, 4])
def test_a_verdict_names_the_fact_that_it_owes_itself_to(
    function: Callable[..., None], lamp: str, shines: bool, status: Status, reason: str, threads: int
) -> None:
    told: dict[str, Told] = {"lamps:list_lamps": lamps(lamp), "lamps:get_lamp": Answer({"On": shines})}
    (finding,) = judged(function, told, facts=FACTS, threads=threads)

    assert (finding.status, finding.reason) == (status, reason)


def test_the_facts_that_a_control_reads_are_known() -> None:
    assert a_control(is_on_or_declared).facts == {"public_buckets"}
    assert a_control(is_on).facts == frozenset()
