"""Sessions: what people do in the shell of a machine is recorded."""

from __future__ import annotations

from fixtures.session_manager import SessionPreferences
from muster import control


@control(severity="medium")
def test_session_manager_logged(session_preferences: SessionPreferences) -> None:
    """Shell sessions on instances are recorded.

    Why: CloudTrail tells that somebody opened a session; what they typed is told by its record alone.
    Fix: Set a bucket or a log group in the preferences of Session Manager, and ask for its encryption.
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html
    """
    flaw = session_preferences.flaw
    assert flaw is None, flaw
