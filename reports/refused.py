"""Which reads gave no answer behind a verdict, and which permission was missing for them.

Both are in the evidence as they came: the recorded answer has the question and the API's error. AWS often names the
action in its message; where it does not, `run.json` knows the permission behind each operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from muster.reading.denials import is_denial, named_action
from muster.reading.reads import ApiError, Call
from muster.verdict import Verdict
from reports.answers import NoAnswer, read_recorded

# An answer that is an error has a message and no content.
MOST_BYTES = 256 * 1024

# The latter three are the types of errors in answers to queries.
_DENIALS_OF_CODE_HOSTS = ("401", "403", "404", "FORBIDDEN", "INSUFFICIENT_SCOPES", "NOT_FOUND")


@dataclass(frozen=True)
class RefusedRead:
    """A read that gave no answer: the question, and the API's error."""

    call: Call
    error: ApiError

    @property
    def is_denial(self) -> bool:
        """Whether the error speaks of rights; code hosts answer 404 or NOT_FOUND for what a token may not see."""
        if self.call.service == "github":
            return self.error.code in _DENIALS_OF_CODE_HOSTS
        return is_denial(self.error)

    def permission(self, known: Mapping[str, str]) -> str | None:
        """The permission that was missing, by AWS's message or as the run knows it; None where it is not about rights.

        `known` maps each operation of the run to its permission, as `run.json` does.
        """
        if not self.is_denial:
            return None
        if self.call.service == "github":
            how, _, what = self.call.operation.partition(" ")
            return f"read access of the token to {what if how == 'GET' else f'what the query {what} asks'}"
        return named_action(self.error) or known.get(self.call.name)

    def is_cause_of(self, reason: str) -> bool:
        """Whether a verdict's reason is this error: the engine quotes it as `service:operation in region: code: …`."""
        return f"{self.call.name} in {self.call.region}: {self.error.code}: " in reason


@dataclass(frozen=True)
class RefusedReads:
    """The reads of one run that gave no answer; each file is read once."""

    run: Path
    _known: dict[str, RefusedRead | None] = field(default_factory=dict)

    def behind(self, row: Verdict) -> RefusedRead | None:
        """The read for want of which a verdict could not be given; None where it was not for want of a read."""
        found = (self._read(sha256) for sha256 in row.reads)
        return next((read for read in found if read is not None and read.is_cause_of(row.reason)), None)

    def _read(self, sha256: str) -> RefusedRead | None:
        if sha256 not in self._known:
            self._known[sha256] = self._read_now(sha256)
        return self._known[sha256]

    def _read_now(self, sha256: str) -> RefusedRead | None:
        try:
            call, answer = read_recorded(self.run, sha256, at_most=MOST_BYTES)
        except NoAnswer:
            return None
        return RefusedRead(call, answer.error) if answer.error is not None else None
