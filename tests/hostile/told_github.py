"""A GitHub that answers as told, in the forms of `told_aws.Told`; an error's code is the HTTP status."""

from __future__ import annotations

from dataclasses import dataclass

from muster.reading.reads import Answer, ApiError, Call
from tests.hostile.told_aws import Told


@dataclass(frozen=True)
class ToldGitHub:
    """A transport to an organization that answers what `told` says."""

    told: Told

    def send(self, call: Call) -> Answer:
        """Ask; nothing goes over a wire."""
        content = self.told.content(call)
        if isinstance(content, dict) and "$error" in content:
            status = str(content["$error"])
            return Answer(error=ApiError(status, content["$message"], int(status) if status.isdigit() else None))
        if isinstance(content, dict) and "$pages" in content:
            return Answer([entry for page in content["$pages"] for entry in page])
        return Answer(content)
