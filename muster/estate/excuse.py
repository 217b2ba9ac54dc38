"""What excuses a failure: who answers for it, who agreed, why, and until when."""

from __future__ import annotations

import datetime
from typing import ClassVar

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from muster.files.look_alikes import look_alike
from muster.files.problems import shown
from muster.files.values import Day, EstateModel, ExactName, Reason, Text


class Excuse(EstateModel):
    """Somebody answers for a failure, and somebody else agreed; `expires` is the last day on which that holds.

    `granted` is the day from which the year is counted that an excuse may last; today where it is None.
    """

    model_config = ConfigDict(title="an excuse")

    owner: Text = Field(description="Who answers for it; an id of people.yaml, where that is there.")
    approver: Text = Field(description="Who agreed: somebody else, in whatever spelling; an id of people.yaml as well.")
    reason: Reason = Field(description="Why it is meant to be so.")
    granted: Day | None = Field(
        default=None,
        description="The day from which the year is counted that an excuse may last; today where it is left out.",
    )
    expires: Day = Field(
        description="The last day on which it counts, at most a year on; once it is over, the run fails."
    )

    @field_validator("approver")
    @classmethod
    def _is_somebody_else(cls, value: str, info: ValidationInfo) -> str:
        return other_than_owner(value, info)

    def is_expired(self, today: datetime.date) -> bool:
        """Whether its last day is over."""
        return today > self.expires


class ExcusingFact(Excuse):
    """A fact by which something that would fail is meant to be so. `fact` is its key in facts.yaml."""

    fact: ClassVar[str]

    def covers(self, what: str) -> bool:
        """Whether it speaks of what has this name."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What it excuses, in a word or two."""
        raise NotImplementedError

    @property
    def named(self) -> str:
        """Which fact it is, and whose."""
        return f"{self.subject} among {self.fact} (facts.yaml, owner {self.owner})"

    def __str__(self) -> str:
        """The fact as verdicts quote it."""
        return f"{self.named}, approved by {self.approver}, until {self.expires}: {self.reason}"


class NamedFact(ExcusingFact):
    """A fact about what has one name or id."""

    name: ExactName = Field(description="The name or id, exactly; a pattern is refused.")

    def covers(self, what: str) -> bool:
        """Whether that is its name."""
        return what == self.name

    @property
    def subject(self) -> str:
        """Its name."""
        return self.name


def other_than_owner(value: str, info: ValidationInfo) -> str:
    """The approver of an entry, who may not be its owner in whatever spelling; for use in a validator."""
    owner = info.data.get("owner")
    if isinstance(owner, str) and look_alike(owner, value):
        raise ValueError(f"{shown(value)} is the owner as well; expected somebody else to approve")
    return value
