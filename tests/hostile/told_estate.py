"""An estate that declares what is told: no file, and none of the refusals with which files are read."""

from __future__ import annotations

from dataclasses import dataclass

from muster.reading.reads import Answer, ApiError, Call
from tests.hostile.told_aws import Told


@dataclass(frozen=True)
class ToldEstate:
    """A transport to an estate that declares what `told` says, in the forms of the files, `$error` apart."""

    told: Told

    def send(self, call: Call) -> Answer:
        """The declaration of that name."""
        content = self.told.content(call)
        if isinstance(content, dict) and "$error" in content:
            return Answer(error=ApiError(content["$error"], content["$message"]))
        return Answer(content)
