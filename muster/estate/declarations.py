"""What an organization declares: its facts, its waivers and its attestations, one frozen model an entry.

The models judge one entry by itself. What needs the clock, the list of controls or a second entry is judged
in `muster.estate.files`, which reads the files.
"""

from __future__ import annotations

import datetime
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from muster.files.problems import shown
from muster.files.values import (
    AccountId,
    AccountOrEvery,
    Day,
    EstateModel,
    Evidence,
    Items,
    ListedRegions,
    Organization,
    Repository,
    StatementControl,
    Text,
)


class PublicThing(EstateModel):
    """Something that is public on purpose, and who answers for it."""

    model_config = ConfigDict(title="a declared public thing")

    name: Text
    owner: Text
    reason: Text


class PublicRepository(PublicThing):
    """A repository that is public on purpose, named owner/name."""

    name: Repository


class RootUse(EstateModel):
    """One announced use of a root user."""

    model_config = ConfigDict(title="an announced use of root")

    account: AccountId
    date: Day
    person: Text
    reason: Text


class Facts(EstateModel):
    """What the organization declares of itself.

    None and an empty list mean "not declared", never "there is none".
    """

    model_config = ConfigDict(title="facts.yaml")

    admin_principals: Items[Text] = Field(
        default=(), description="Name patterns of users, groups and roles that may hold administrator rights."
    )
    approved_regions: ListedRegions = Field(default=(), description="Regions in use; what is regional is asked there.")
    audit_account_id: AccountId | None = Field(
        default=None, description="The account that holds audit data and nothing else."
    )
    audit_buckets: Items[Text] = Field(
        default=(), description="Names of the buckets that hold CloudTrail and Config data."
    )
    audited_elsewhere: Items[AccountId] = Field(
        default=(), description="Accounts that another run judges: what is judged there is not missed here."
    )
    break_glass_users: Items[Text] = Field(
        default=(), description="IAM users that may keep a console password for emergencies."
    )
    github_organizations: Items[Organization] = Field(
        default=(), description="The organization's own organizations on GitHub."
    )
    public_buckets: Items[PublicThing] = Field(default=(), description="Buckets that anyone may read.")
    public_functions: Items[PublicThing] = Field(default=(), description="Functions that anyone may call by their URL.")
    public_repositories: Items[PublicRepository] = Field(
        default=(), description="Repositories that may be public, as owner/name."
    )
    root_uses: Items[RootUse] = Field(default=(), description="Announced uses of a root user.")
    security_account_id: AccountId | None = Field(
        default=None, description="The account that runs the security services for the organization."
    )


class Waiver(EstateModel):
    """A failure that somebody answers for, until a day.

    `control` is an id, `account` a name (`*` is every account), `resource` an fnmatch pattern over ARNs in
    which upper and lower case differ. `expires` is the last day on which the waiver holds.
    """

    model_config = ConfigDict(title="a waiver")

    id: Text
    control: Text
    account: AccountOrEvery
    resource: Text
    reason: Annotated[Text, Field(min_length=10)]
    owner: Text
    approver: Text
    ticket: Text
    granted: Day | None = None
    expires: Day

    @field_validator("approver")
    @classmethod
    def _is_somebody_else(cls, value: str, info: ValidationInfo) -> str:
        return _other_than_owner(value, info)

    def covers(self, control: str, account: str, resource: str) -> bool:
        """Whether the waiver speaks of this resource under this control, expired or not."""
        in_account = self.account in ("*", account)
        return control == self.control and in_account and fnmatchcase(resource, self.resource)

    def is_expired(self, today: datetime.date) -> bool:
        """Whether its last day is over."""
        return today > self.expires


class Attestation(EstateModel):
    """A statement on what no API can tell, with who answers for it and where the evidence is."""

    model_config = ConfigDict(title="an attestation")

    control: StatementControl
    statement: Text
    owner: Text
    approver: Text | None = None
    date: Day
    valid_for_days: Annotated[int, Field(ge=1, le=730)]
    evidence: Evidence
    decision: Text
    reasons: Annotated[Items[Text], Field(min_length=1)]

    @field_validator("approver")
    @classmethod
    def _is_somebody_else(cls, value: str | None, info: ValidationInfo) -> str | None:
        return None if value is None else _other_than_owner(value, info)

    @property
    def valid_until(self) -> datetime.date:
        """The last day on which it counts."""
        return self.date + datetime.timedelta(days=self.valid_for_days)

    def is_current(self, today: datetime.date) -> bool:
        """Whether it counts today."""
        return self.date <= today <= self.valid_until


def _other_than_owner(value: str, info: ValidationInfo) -> str:
    owner = info.data.get("owner")
    if isinstance(owner, str) and owner.strip().casefold() == value.strip().casefold():
        raise ValueError(f"{shown(value)} is the owner as well; expected somebody else to approve")
    return value
