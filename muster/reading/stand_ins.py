"""Endpoints that stand in for AWS's, moto's server and the like: what they leave out, and what they mean by that.

What they answered is kept as it came. A noun sees it completed, where requests went to no endpoint of AWS's alone: of
AWS an absence is never taken for an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from muster.errors import ControlError
from muster.reading.reads import Answer, ApiError, Call

Completion = Callable[[str, Answer], Answer]
"""Completes an answer, given the id of the account; an answer that lacks nothing it leaves as it is."""

NOT_IMPLEMENTED = "NotImplemented"
NO_REASON = "an error without its reason"
UNPARSABLE = "ResponseParserError"
"""By these two the sessions say that an answer was no text of the API's."""
_COMPLETIONS: dict[str, Completion] = {}


def completes(operation: str) -> Callable[[Completion], Completion]:
    """Declare how answers to `service:operation` are completed. Raises `ControlError` where somebody has."""

    def declare(completion: Completion) -> Completion:
        if operation in _COMPLETIONS:
            raise ControlError(f"{operation} is completed by {_COMPLETIONS[operation].__qualname__} already")
        _COMPLETIONS[operation] = completion
        return completion

    return declare


def not_implemented(answer: Answer, what: str) -> Answer:
    """The error that says what an endpoint has not, in the place of an answer that is silent on it."""
    said = f"this endpoint does not implement {what} (`muster sandbox` does)"
    return replace(answer, content=None, error=ApiError(NOT_IMPLEMENTED, said))


def _is_no_word(error: ApiError) -> bool:
    """Whether an error is not of the API's own making: no text that the API promises, or its word for having none."""
    return error.code in (UNPARSABLE, NOT_IMPLEMENTED) or error.message.startswith(NO_REASON)


def completed(account_id: str, call: Call, answer: Answer) -> Answer:
    """The answer as AWS would give it; one that says nothing is an error that says so."""
    if answer.error is not None and _is_no_word(answer.error):
        said = f"this endpoint does not implement {call.name} (`muster sandbox` does): {answer.error.message}"
        return replace(answer, error=ApiError(NOT_IMPLEMENTED, said, answer.error.status))
    completion = _COMPLETIONS.get(call.name)
    return answer if completion is None else completion(account_id, answer)
