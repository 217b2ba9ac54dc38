"""Transports without a network: what the estate declares, and what was not recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muster.reading.reads import Answer, ApiError, Call


class EstateTransport:
    """Answers with what the estate declares, `estate:attestations` say, so that it is evidence like any answer."""

    def __init__(self, declared: Mapping[str, Any]) -> None:
        self._declared = declared

    def send(self, call: Call) -> Answer:
        """The declaration of that name."""
        if call.operation not in self._declared:
            return Answer(error=ApiError("NoSuchDeclaration", f"the estate declares no {call.operation}"))
        return Answer(self._declared[call.operation])


class NotRecorded:
    """The transport of a replay: all that it says is that a question was not asked in the recorded run."""

    def send(self, call: Call) -> Answer:
        """An error, always: what was not recorded is not known."""
        return Answer(error=ApiError("NotRecorded", f"the recorded run did not ask {call.name}"))
