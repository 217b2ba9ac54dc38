"""AWS Config: what is configured how, and since when, is on record."""

from __future__ import annotations

from fixtures.config import ConfigRecording
from muster import control


@control(severity="high")
def test_config_recorder_on(config_recording: ConfigRecording) -> None:
    """AWS Config records in every region.

    Why: Without a history of settings nobody can tell when a resource became unsafe, or what it was like before.
    Fix: Set up AWS Config in the region with a recorder and a delivery channel, and start the recorder.
    See: https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
    """
    assert any(recorder.is_at_work for recorder in config_recording.recorders), "has no recorder at work: " + (
        "; ".join(recorder.state for recorder in config_recording.recorders) or "there is none"
    )
