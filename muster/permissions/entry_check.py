"""What a preflight says of an account: who got in, what was asked, and what gave no answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RefusedKind:
    """Kinds of question that gave no answer: the action or permission that is missing, or why else.

    `operations` is empty where an answer came and leaves out what had to be known; `why` says then what that is.
    `controls` could not be judged for want of them, or of other such questions that they ask as well.
    """

    operations: tuple[str, ...]
    action: str | None
    why: str
    controls: tuple[str, ...]


@dataclass(frozen=True)
class EntryCheck:
    """What an account answered. `unreachable` says why nobody got in; `not_tried` are questions without an occasion.

    `caller` is empty where nobody asked whose the token is.
    """

    name: str
    caller: str
    unreachable: str | None
    tried: int
    not_tried: tuple[str, ...]
    refused: tuple[RefusedKind, ...]

    @property
    def is_clear(self) -> bool:
        """Whether nothing stands in the way of an audit."""
        return self.unreachable is None and not self.refused
