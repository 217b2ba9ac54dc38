"""What excuses a failure: who answers for it, who agreed, why, and until when."""

from __future__ import annotations

import datetime
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import ClassVar

from pydantic import ConfigDict, ValidationInfo, field_validator

from muster.files.look_alikes import look_alike
from muster.files.problems import shown
from muster.files.values import (
    AccountId,
    ArnPattern,
    Day,
    EstateModel,
    ExactName,
    IamArn,
    PrincipalName,
    PrincipalPattern,
    RangeOrHost,
    Reason,
    RepositoryName,
    ServicePrincipal,
    Text,
)


class Excuse(EstateModel):
    """Somebody answers for a failure, and somebody else agreed; `expires` is the last day on which that holds.

    `granted` is the day from which the year is counted that an excuse may last; today where it is None.
    """

    owner: Text
    approver: Text
    reason: Reason
    granted: Day | None = None
    expires: Day

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


class _NamedFact(ExcusingFact):
    name: ExactName

    def covers(self, what: str) -> bool:
        """Whether that is its name."""
        return what == self.name

    @property
    def subject(self) -> str:
        """Its name."""
        return self.name


class PerimeterPart(ExcusingFact):
    """What is the organization's beyond the account that is judged: a range of addresses, or a name in DNS."""

    model_config = ConfigDict(title="a part of the network perimeter")
    fact = "network_perimeter"

    name: RangeOrHost

    def covers(self, what: str) -> bool:
        """Whether an address lies in the range, or a host name, in any case, is this one."""
        if "/" not in self.name:
            return what.lower().removesuffix(".") == self.name.lower().removesuffix(".")
        try:
            return ip_address(what) in ip_network(self.name)
        except ValueError:
            return False  # a host name is in no range

    @property
    def subject(self) -> str:
        """The range, or the name."""
        return self.name


class PublicApi(_NamedFact):
    """An API of API Gateway or AppSync, by its id, that anyone may call."""

    model_config = ConfigDict(title="a declared public API")
    fact = "public_apis"


class PublicBucket(_NamedFact):
    """A bucket whose objects anyone may read."""

    model_config = ConfigDict(title="a declared public bucket")
    fact = "public_buckets"


class PublicFunction(_NamedFact):
    """A function that anyone may call by its URL."""

    model_config = ConfigDict(title="a declared public function")
    fact = "public_functions"


class PublicRepository(_NamedFact):
    """A repository that is public on purpose, named owner/name; GitHub takes either in any case."""

    model_config = ConfigDict(title="a declared public repository")
    fact = "public_repositories"

    name: RepositoryName

    def covers(self, what: str) -> bool:
        """Whether that is its name, in any case."""
        return what.lower() == self.name.lower()


class BreakGlassUser(_NamedFact):
    """An IAM user that may keep a console password for emergencies."""

    model_config = ConfigDict(title="a declared user for emergencies")
    fact = "break_glass_users"


class ServiceAccount(_NamedFact):
    """An IAM user that a machine works as, and that has no MFA device."""

    model_config = ConfigDict(title="a declared service account")
    fact = "service_accounts"


class CloudShellPrincipal(_NamedFact):
    """A user, group or role (`role/ci/deploy`) that may have all of CloudShell."""

    model_config = ConfigDict(title="a declared user of CloudShell")
    fact = "cloudshell_principals"

    name: PrincipalName


class PublicSubnet(_NamedFact):
    """A subnet, by its id, that may hand out public addresses."""

    model_config = ConfigDict(title="a declared public subnet")
    fact = "public_subnets"


class PublicIdentityPool(_NamedFact):
    """An identity pool of Cognito, by its id, that gives credentials to guests."""

    model_config = ConfigDict(title="a declared public identity pool")
    fact = "public_identity_pools"


class PublicInstance(_NamedFact):
    """An instance, by its id, that may have a public address; `protection` is what stands before it."""

    model_config = ConfigDict(title="a declared public instance")
    fact = "public_instances"

    protection: Text | None = None


class RolelessInstance(_NamedFact):
    """An instance, by its id, that calls nothing of AWS."""

    model_config = ConfigDict(title="a declared instance without a role")
    fact = "roleless_instances"


class AuditCustodian(_NamedFact):
    """A user or role, by its ARN, that may delete audit logs."""

    model_config = ConfigDict(title="a declared custodian of audit logs")
    fact = "audit_custodians"

    name: IamArn


class AdminPrincipal(_NamedFact):
    """Users, groups or roles that may hold administrator rights: `role/ops-*`, a pattern of what their ARNs end with.

    `*` stands for any characters, `/` among them, and `?` for one, as in the wildcards of IAM.
    """

    model_config = ConfigDict(title="a declared administrator")
    fact = "admin_principals"

    name: PrincipalPattern

    def covers(self, what: str) -> bool:
        """Whether `role/path/name` fits the pattern; upper and lower case differ, as in IAM's wildcards."""
        return fits(what, self.name)


class ManagementWorkload(_NamedFact):
    """What may run in the account that manages the organization, by a pattern of ARNs with `*` and `?`."""

    model_config = ConfigDict(title="a declared workload")
    fact = "management_workloads"

    name: ArnPattern

    def covers(self, what: str) -> bool:
        """Whether the ARN fits the pattern."""
        return fnmatchcase(what, self.name.replace("[", "[[]"))


class DelegatedAdmin(ExcusingFact):
    """An account that may act for the organization in one service, by its principal (`guardduty.amazonaws.com`)."""

    model_config = ConfigDict(title="a declared administrator of the organization")
    fact = "delegated_admins"

    account: AccountId
    service: ServicePrincipal

    def covers(self, what: str) -> bool:
        """Whether it is this service in this account (`guardduty.amazonaws.com in 111122223333`)."""
        return what == self.subject

    @property
    def subject(self) -> str:
        """The service and the account."""
        return f"{self.service} in {self.account}"


class RootUse(ExcusingFact):
    """One announced use of a root user, by a person, on a day."""

    model_config = ConfigDict(title="an announced use of root")
    fact = "root_uses"

    account: AccountId
    date: Day
    person: Text

    def covers(self, what: str) -> bool:
        """Whether it is a use in the account of this id."""
        return what == self.account

    @property
    def subject(self) -> str:
        """The day, the account and the person."""
        return f"{self.date} in {self.account} by {self.person}"


EXCUSING_FACTS: tuple[type[ExcusingFact], ...] = (
    AdminPrincipal,
    AuditCustodian,
    BreakGlassUser,
    CloudShellPrincipal,
    DelegatedAdmin,
    ManagementWorkload,
    PerimeterPart,
    PublicApi,
    PublicBucket,
    PublicFunction,
    PublicIdentityPool,
    PublicInstance,
    PublicRepository,
    PublicSubnet,
    RolelessInstance,
    RootUse,
    ServiceAccount,
)


def fits(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern with `*` and `?` and no other wildcards."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def other_than_owner(value: str, info: ValidationInfo) -> str:
    """The approver of an entry, who may not be its owner in whatever spelling; for use in a validator."""
    owner = info.data.get("owner")
    if isinstance(owner, str) and look_alike(owner, value):
        raise ValueError(f"{shown(value)} is the owner as well; expected somebody else to approve")
    return value
