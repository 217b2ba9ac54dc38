"""Half an answer turns no failure into a pass: what a control says where a key is gone, or of another type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.proving.changes import GONE, ChangedAnswer, changes
from muster.proving.left_out import LeftOutKey
from muster.proving.looked_at import noting, was_looked_at
from muster.proving.recorded import Recording
from muster.reading.reads import Call


@dataclass(frozen=True)
class Turn:
    """A failure that became something else because the answer to a question was changed so."""

    call: Call
    change: ChangedAnswer
    finding: Finding

    @property
    def key(self) -> LeftOutKey | None:
        """The key that was taken away; None where something else was done."""
        return (self.call.name, self.change.where) if self.change.done.startswith(GONE) else None

    def __str__(self) -> str:
        turned = f"{self.finding.resource} turned {self.finding.status}"
        return f"half an answer: {self.call.name} in {self.call.region}: {self.change}: {turned}"


def turns(recording: Recording, control: Control, operation: str = "") -> Iterator[Turn]:
    """Each failure that becomes a pass where an answer is changed, of this operation or of any."""
    failed = [finding for finding in recording.findings[control.id] if finding.status == "fail"]
    for call in recording.reads_behind(failed):
        if operation in ("", call.name):
            answer = recording.answer_to(call)
            for change in noticed_changes(recording, control, call):
                after = recording.judged_with(control, call, replace(answer, content=change.content))
                yield from (Turn(call, change, finding) for finding in greener(failed, after))


def noticed_changes(recording: Recording, control: Control, call: Call) -> Iterator[ChangedAnswer]:
    """The changes of an answer that are at something at which the control looks; of others nothing can follow."""
    answer = recording.answer_to(call)
    noted: set[str] = set()
    recording.judged_with(control, call, replace(answer, content=noting(answer.content, "", noted)))
    return (change for change in changes(answer.content) if was_looked_at(change.where, noted))


def greener(failed: list[Finding], after: list[Finding]) -> Iterator[Finding]:
    """The findings after of what failed before, and is not told any more to fail or to be unreadable."""
    now = {(finding.resource, finding.region): finding for finding in after}
    for finding in failed:
        found = now.get((finding.resource, finding.region))
        if found is not None and found.status in ("pass", "not_applicable"):
            yield found
