"""No false green: whatever cannot be read, no resource turns from fail to pass, and none vanishes.

For every control, every read it made in either company is denied and timed out, one at a time. The reads are those that
its findings name, so that a new control is tested here without anybody's doing.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.reading.reads import ApiError, Call
from muster.run.conclusion import exit_fails
from muster.verdict import count_by_status
from tests.recorded import Recording

DENIED = {
    "aws": [
        ApiError(
            "AccessDenied", "User: arn:aws:sts::111122223333:assumed-role/x is not authorized to perform this", 403
        ),
        ApiError("AccessDeniedException", "You do not have sufficient access to perform this action", 403),
        ApiError("UnauthorizedOperation", "You are not authorized to perform this operation", 403),
    ],
    "github": [
        ApiError("403", "Resource not accessible by integration", 403),
        ApiError("404", "Not Found", 404),
    ],
    "estate": [ApiError("NoSuchDeclaration", "the estate declares nothing of the kind")],
}
TIMED_OUT = ApiError("ReadTimeoutError", "Read timeout on endpoint URL")
MALFORMED = ApiError("ResponseParserError", "Unable to parse response")


@pytest.mark.parametrize("company", ["demo", "model"])
def test_denied_reads_are_errors(control: Control, company: str, request: pytest.FixtureRequest) -> None:
    recording: Recording = request.getfixturevalue(company)

    for call in recording.reads_of(control):
        for error in DENIED[control.kind]:
            assert_honest(recording, control, call, error)


@pytest.mark.parametrize("company", ["demo", "model"])
@pytest.mark.parametrize("error", [TIMED_OUT, MALFORMED], ids=["timed out", "malformed"])
def test_reads_without_an_answer_are_errors(
    control: Control, company: str, error: ApiError, request: pytest.FixtureRequest
) -> None:
    recording: Recording = request.getfixturevalue(company)

    for call in recording.reads_of(control):
        assert_honest(recording, control, call, error)


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
