"""An announced use of a root user: by whom and when, and that somebody else agreed."""

from __future__ import annotations

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from muster.estate.excuse import ExcusingFact
from muster.files.aws_values import AccountId
from muster.files.look_alikes import look_alike
from muster.files.problems import shown
from muster.files.values import Day, Text


class RootUse(ExcusingFact):
    """One announced use of a root user, by a person, on a day."""

    model_config = ConfigDict(title="an announced use of root")
    fact = "root_uses"

    account: AccountId = Field(description="The account whose root user is used.")
    date: Day = Field(description="The day of the use.")
    person: Text = Field(
        description="Who uses it, and somebody else than who agreed; an id of people.yaml, where that is there."
    )

    @field_validator("person")
    @classmethod
    def _did_not_agree(cls, value: str, info: ValidationInfo) -> str:
        approver = info.data.get("approver")
        if isinstance(approver, str) and look_alike(approver, value):
            raise ValueError(f"{shown(value)} is the approver as well; expected somebody else to approve the use")
        return value

    def covers(self, what: str) -> bool:
        """Whether it is a use in the account of this id."""
        return what == self.account

    @property
    def subject(self) -> str:
        """The day, the account and the person."""
        return f"{self.date} in {self.account} by {self.person}"
