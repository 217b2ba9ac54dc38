"""No false green: no resource turns from fail to pass where an answer lacks a key or has a value of another type."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from muster.judging.closure import closure_of
from muster.judging.control import Control
from muster.proving.half_answers import turns
from muster.proving.left_out import left_out_in
from muster.proving.recorded import Recording
from tests.conftest import CONTROLS, ROOT

LEFT_OUT = left_out_in(ROOT / "fixtures")


Told = Callable[[str, str], list[tuple[object, str]]]


@pytest.fixture(scope="module")
def turned(demo: Recording, model: Recording) -> Told:
    """What turns in a company under a control, by key and in words; worked out once for both tests."""
    recordings = {recording.name: recording for recording in (demo, model)}

    @cache
    def of(company: str, control: str) -> list[tuple[object, str]]:
        return [(turn.key, str(turn)) for turn in turns(recordings[company], CONTROLS[control])]

    return of


@pytest.mark.parametrize("company", ["demo", "model"])
def test_half_an_answer_turns_no_failure_into_a_pass(control: Control, company: str, turned: Told) -> None:
    assert [told for key, told in turned(company, control.id) if key not in LEFT_OUT] == []


@pytest.mark.parametrize(("operation", "key"), sorted(LEFT_OUT))
def test_what_may_be_left_out_is_left_out_somewhere(operation: str, key: str, turned: Told) -> None:
    """Else nothing needs the exception any more, and it hides what comes next."""
    asking = [name for name, control in CONTROLS.items() if operation in closure_of(control).operations]

    assert any(
        found == (operation, key)
        for name in asking
        for company in ("demo", "model")
        for found, _ in turned(company, name)
    )
