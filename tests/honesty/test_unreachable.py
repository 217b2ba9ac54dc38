"""An account that cannot be entered is unreadable from end to end."""

from __future__ import annotations

from muster.judging.control import Control
from muster.proving.recorded import Recording
from muster.reading.reads import ApiError, Call


def test_every_control_is_an_error_where_the_account_cannot_be_entered(control: Control, demo: Recording) -> None:
    if control.kind != "aws":
        assert control.kind in ("github", "estate"), "a kind that is entered without a call"
        return
    identity = Call(demo.access_to(control).name, "us-east-1", "sts", "get_caller_identity", {})
    findings = demo.judged_without(control, identity, ApiError("AccessDenied", "no", 403))

    assert [finding.status for finding in findings] == ["error"]
    assert "could not be entered" in findings[0].reason
