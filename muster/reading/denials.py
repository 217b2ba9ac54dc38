"""Which errors of an API speak of rights, and which action they say was missing."""

from __future__ import annotations

import re

from muster.reading.reads import ApiError

_DENIALS = re.compile(r"AccessDenied|Unauthorized|AuthorizationError|NotAuthorized|^Forbidden$|^403$")
_NAMED_ACTION = re.compile(r"not authorized to perform:? (?P<action>[a-z][a-z0-9-]*:[A-Z][A-Za-z]*)")


def is_denial(error: ApiError) -> bool:
    """Whether an error of AWS's says that the caller may not ask."""
    return _DENIALS.search(error.code) is not None


def named_action(error: ApiError) -> str | None:
    """The action that AWS's message says the caller may not do; None where it names none."""
    named = _NAMED_ACTION.search(error.message)
    return named["action"] if named else None
