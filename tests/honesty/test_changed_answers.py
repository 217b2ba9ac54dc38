"""No false green: no resource turns from fail to pass where an answer lacks a key or has a value of another type."""

from __future__ import annotations

import pytest

from muster.judging.control import Control
from muster.proving.half_answers import turns
from muster.proving.left_out import left_out_in
from muster.proving.recorded import Recording
from tests.conftest import CONTROLS, ROOT

LEFT_OUT = left_out_in(ROOT / "fixtures")


@pytest.mark.parametrize("company", ["demo", "model"])
def test_half_an_answer_turns_no_failure_into_a_pass(
    control: Control, company: str, request: pytest.FixtureRequest
) -> None:
    recording: Recording = request.getfixturevalue(company)

    assert [str(turn) for turn in turns(recording, control) if turn.key not in LEFT_OUT] == []


@pytest.mark.parametrize(("operation", "key"), sorted(LEFT_OUT))
def test_what_may_be_left_out_is_left_out_somewhere(
    operation: str, key: str, demo: Recording, model: Recording
) -> None:
    """Else nothing needs the exception any more, and it hides what comes next."""
    assert any(
        turn.key == (operation, key)
        for recording in (demo, model)
        for control in CONTROLS.values()
        for turn in turns(recording, control, operation)
    )
