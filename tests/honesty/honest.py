"""What honest means: where a read fails, something is unreadable, nothing turns green and nothing vanishes."""

from __future__ import annotations

from collections.abc import Iterable

from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.reading.reads import ApiError, Call
from muster.run.conclusion import exit_fails
from muster.verdict import count_by_status
from tests.recorded import Recording


def assert_honest(recording: Recording, control: Control, call: Call, error: ApiError) -> None:
    before = recording.findings[control.id]
    after = recording.judged_without(control, call, error)
    what = f"{control.id} without {call.name} {dict(call.request)} in {call.region} ({error.code})"

    assert any(finding.status == "error" for finding in after), f"{what}: nothing is unreadable"
    assert exit_fails(count_by_status(finding.status for finding in after), []), f"{what}: the run would end with 0"
    now = {(finding.resource, finding.region): finding for finding in after}
    for finding in before:
        found = now.get((finding.resource, finding.region))
        if found is None:
            assert is_covered(finding, after), f"{what}: {finding.resource} vanished"
        else:
            assert found.status in (finding.status, "error"), f"{what}: {finding.resource} turned {found.status}"


def is_covered(finding: Finding, after: Iterable[Finding]) -> bool:
    """Whether an unreadable list accounts for a resource that is not there any more."""
    return any(gap.status == "error" and gap.region in (finding.region, "global") for gap in after)
