"""No false green: whatever cannot be read, no resource turns from fail to pass, and none vanishes.

For every control, every read it made in either company is denied, timed out and answered with what cannot be parsed,
one at a time. The reads are those that its findings name, so that a new control is tested here without anybody's doing.
"""

from __future__ import annotations

import pytest

from muster.judging.control import Control
from muster.proving.honesty import DENIED, TIMED_OUT, UNPARSABLE
from muster.proving.recorded import Recording
from muster.reading.reads import ApiError
from tests.counts import Count
from tests.honesty.honest import assert_honest


@pytest.mark.parametrize("company", ["demo", "model"])
def test_denied_reads_are_errors(control: Control, company: str, count: Count, request: pytest.FixtureRequest) -> None:
    recording: Recording = request.getfixturevalue(company)

    for call in recording.reads_of(control):
        for error in DENIED[control.kind]:
            assert_honest(recording, control, call, error)
            count("denied reads: {}, all of them errors and none a pass")


@pytest.mark.parametrize("company", ["demo", "model"])
@pytest.mark.parametrize("error", [TIMED_OUT, UNPARSABLE], ids=["timed out", "unparsable"])
def test_reads_without_an_answer_are_errors(
    control: Control, company: str, error: ApiError, count: Count, request: pytest.FixtureRequest
) -> None:
    recording: Recording = request.getfixturevalue(company)

    for call in recording.reads_of(control):
        assert_honest(recording, control, call, error)
        count("reads without an answer: {}, all of them errors and none a pass")
