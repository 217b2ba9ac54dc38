"""The organization of an estate: who manages it, how the accounts that it has are entered, and which are left out."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from muster.files.aws_values import AccountId, Regions
from muster.files.problems import problem_at, shown
from muster.files.values import (
    AccountName,
    CallsPerSecond,
    EstateModel,
    Expected,
    Items,
    Reason,
    Text,
    VariableName,
)


def _role_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9+=,.@_/-]+", value):
        raise ValueError(f"{shown(value)} is not the name of a role; expected one such as MusterAudit, and no ARN")
    return value


class ExcludedAccount(EstateModel):
    """An account of the organization that is not judged, and why."""

    model_config = ConfigDict(title="an excluded account")

    account: AccountId = Field(description="Its number.")
    reason: Reason = Field(description="Why nobody has to judge it; it stands in the evidence of each run.")


class OrganizationEntry(EstateModel):
    """The organization whose accounts are found by `--discover`; each is entered by the role of this name.

    An account that has an entry of its own in accounts.yaml is entered as that says.
    """

    model_config = ConfigDict(title="the organization")

    management: AccountName = Field(
        description="The entry of the account that is asked which accounts there are: the one that manages the"
        " organization, or one that it has made a delegated administrator."
    )
    role_name: Annotated[str, Expected("the name of a role, and no ARN"), AfterValidator(_role_name)] = Field(
        description="The role that each account has for the audit; see deploy/."
    )
    external_id: Text | None = Field(
        default=None, repr=False, description="What the trust policies of these roles ask for as sts:ExternalId."
    )
    external_id_env: VariableName | None = Field(
        default=None, description="The environment variable that holds the external id, in place of external_id."
    )
    source_profile: Text | None = Field(
        default=None,
        description="The AWS CLI profile from which the roles are assumed; without it, the machine's own credentials.",
    )
    regions: Regions = Field(
        default="all", description="Where what is regional is asked; all are those that each account has enabled."
    )
    calls_per_second: CallsPerSecond | None = Field(
        default=None, description="As at an account: the most calls a second to one service in one region of each."
    )
    exclude: Items[ExcludedAccount] = Field(default=(), description="Accounts that are not judged.")

    @model_validator(mode="after")
    def _keys_go_together(self) -> OrganizationEntry:
        if self.external_id is not None and self.external_id_env is not None:
            raise problem_at(("external_id_env",), "external_id is given as well; keep one")
        seen: set[str] = set()
        for position, each in enumerate(self.exclude):
            if each.account in seen:
                raise problem_at(("exclude", position, "account"), f"{each.account} is excluded already; keep one")
            seen.add(each.account)
        return self
