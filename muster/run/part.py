"""A run that is a part of what was asked: how much of it, what is missing, and what took it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from muster.printable import counted
from muster.run.pairs import Pair


@dataclass(frozen=True)
class Part:
    """A part: of `asked` pairs of control and account `judged` ones were to be judged.

    `left_out` names the accounts by control; `by` says what left them out, as one would type it.
    """

    asked: int
    judged: int
    left_out: Mapping[str, tuple[str, ...]]
    by: tuple[str, ...]

    @property
    def reason(self) -> str:
        """In a sentence, for people."""
        left_by = (
            ", ".join(self.by) if self.by else "pytest, which tells nobody why (a plugin, a file it could not read)"
        )
        return (
            f"this run is a part: {self.judged:,} of {counted(self.asked, 'control')} in their"
            " accounts were to be judged;"
            f" the others were left out by {left_by}. Choose with --control, --severity and --account"
        )

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for `run.json`."""
        left_out = {control: list(accounts) for control, accounts in self.left_out.items()}
        return {"asked": self.asked, "judged": self.judged, "left_out": left_out, "by": list(self.by)}


def part_of(asked: Set[Pair], selected: Set[Pair], by: Sequence[str]) -> Part | None:
    """What a run that judges `selected` is of one that judges all that was `asked`; None where it is all of it."""
    missing = sorted(pair for pair in asked if pair not in selected)
    if not missing:
        return None
    left_out: dict[str, tuple[str, ...]] = {}
    for control, account in missing:
        left_out[control] = (*left_out.get(control, ()), account)
    return Part(len(asked), len(asked) - len(missing), left_out, tuple(by))
