"""The assertion of honesty."""

from __future__ import annotations

from muster.judging.control import Control
from muster.proving.honesty import dishonesties
from muster.proving.recorded import Recording
from muster.reading.reads import ApiError, Call


def assert_honest(recording: Recording, control: Control, call: Call, error: ApiError) -> None:
    assert list(dishonesties(recording, control, call, error)) == []
