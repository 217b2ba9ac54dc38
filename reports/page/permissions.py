"""Which permission was missing when a read was refused.

AWS often names the action in its message; where it does not, `run.json` knows the permission behind each operation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# `service:operation in region: code: message`, as unreadable verdicts give their reason.
_REFUSED_READ = re.compile(
    r"\b(?P<service>[a-z][a-z0-9-]*):(?P<operation>[a-z][a-z0-9_]*|GET /\S*) in (?P<region>\S+):"
    r" (?P<code>[\w.]+): ?(?P<message>.*)",
    re.DOTALL,
)
_NAMED_ACTION = re.compile(r"not authorized to perform:? (?P<action>[a-z][a-z0-9-]*:[A-Z][A-Za-z]*)")
_DENIALS = re.compile(r"AccessDenied|Unauthorized|AuthorizationError|NotAuthorized|^Forbidden$|^403$")
_DENIALS_OF_CODE_HOSTS = ("401", "403", "404")


@dataclass(frozen=True)
class RefusedRead:
    """A read that gave no answer: what was asked (`service:operation`), where, and the API's error."""

    service: str
    operation: str
    region: str
    code: str
    message: str

    @property
    def call(self) -> str:
        """`service:operation`."""
        return f"{self.service}:{self.operation}"

    @property
    def is_denial(self) -> bool:
        """Whether the error speaks of rights; code hosts answer 404 for what a token may not see."""
        if self.service == "github":
            return self.code in _DENIALS_OF_CODE_HOSTS
        return _DENIALS.search(self.code) is not None

    def permission(self, known: Mapping[str, str]) -> str | None:
        """The permission that was missing, by AWS's message or as the run knows it; None where it is not about rights.

        `known` maps each operation of the run to its permission, as `run.json` does.
        """
        if not self.is_denial:
            return None
        if self.service == "github":
            return f"read access of the token to {self.operation.removeprefix('GET ')}"
        named = _NAMED_ACTION.search(self.message)
        return named["action"] if named else known.get(self.call)


def refused_read(reason: str) -> RefusedRead | None:
    """The read that an unreadable verdict's reason tells of, or None if it tells of none."""
    found = _REFUSED_READ.search(reason)
    return RefusedRead(**found.groupdict()) if found else None
