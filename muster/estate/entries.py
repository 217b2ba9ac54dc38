"""What facts list that excuses nothing: contacts, regulations and responsibilities, one class a kind."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from muster.files.aws_values import AccountId
from muster.files.values import Day, EstateModel, Text


class AccountContact(EstateModel):
    """Whom AWS is to take for the owner of an account, as its settings have it."""

    model_config = ConfigDict(title="a contact of an account")

    account: AccountId = Field(description="The account.")
    name: Text = Field(description="The full name of its contact.")
    company: Text | None = Field(default=None, description="The company, where the contact names one.")
    phone: Text = Field(description="The number, as the settings of the account have it.")

    @property
    def compared(self) -> tuple[str, str | None, str]:
        """Name, company and number."""
        return self.name, self.company, self.phone


class Regulation(EstateModel):
    """Rules that accounts may be under, by the name that their entries give, and the framework that stands for them."""

    model_config = ConfigDict(title="a regulation")

    name: Text = Field(description="By what entries of accounts.yaml call it.")
    framework: Text = Field(description="The framework of profiles/frameworks/ that stands for it.")


class Responsibility(EstateModel):
    """Who secures what of a service of AWS, AWS or the organization, and who answers for the organization's part."""

    model_config = ConfigDict(title="a responsibility")

    service: Text = Field(description="The service, as types of resources name it: EC2 of AWS::EC2::Instance.")
    aws: Text = Field(description="What AWS secures.")
    ours: Text = Field(description="What the organization secures.")
    owner: Text = Field(description="Who answers for the organization's part.")
    reviewed: Day = Field(description="When somebody last looked whether that is still so.")
