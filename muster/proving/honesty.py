"""What honest means: where a read fails, something is unreadable, nothing turns green and nothing vanishes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.proving.recorded import Recording
from muster.reading.reads import ApiError, Call
from muster.reading.sessions.bodies import UNPARSABLE as UNPARSABLE_CODE
from muster.run.conclusion import exit_fails
from muster.run.kinds import KINDS
from muster.verdict import count_by_status

DENIED = {kind.name: kind.denials for kind in KINDS.values()}
"""How each kind of account says no."""
TIMED_OUT = ApiError("ReadTimeoutError", "Read timeout on endpoint URL")
UNPARSABLE = ApiError(UNPARSABLE_CODE, "Unable to parse response")


def dishonesties(recording: Recording, control: Control, call: Call, error: ApiError) -> Iterator[str]:
    """What a control conceals if this one question had been answered with an error; nothing of an honest one."""
    before = recording.findings[control.id]
    after = recording.judged_without(control, call, error)
    what = f"{control.id} without {call.name} {dict(call.request)} in {call.region} ({error.code})"

    if not any(finding.status == "error" for finding in after):
        yield f"{what}: nothing is unreadable"
    if not exit_fails(count_by_status(finding.status for finding in after), []):
        yield f"{what}: the run would end with 0"
    now = {(finding.resource, finding.region): finding for finding in after}
    for finding in before:
        found = now.get((finding.resource, finding.region))
        if found is None and not is_covered(finding, after):
            yield f"{what}: {finding.resource} vanished"
        if found is not None and found.status not in (finding.status, "error"):
            yield f"{what}: {finding.resource} turned {found.status}"


def is_covered(finding: Finding, after: Iterable[Finding]) -> bool:
    """Whether an unreadable list accounts for a resource that is not there any more."""
    return any(gap.status == "error" and gap.region in (finding.region, "global") for gap in after)
