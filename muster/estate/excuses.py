"""The facts that excuse, one class a kind; `EXCUSING_FACTS` are all of them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from ipaddress import ip_network

from pydantic import ConfigDict, Field

from muster.estate.code_excuses import CodeHost, ReleasePrincipal
from muster.estate.excuse import ExcusingFact, NamedFact
from muster.estate.github_excuses import AuditLogStore, DeclaredDeployKey, ForkableRepository, PublicRepository
from muster.estate.guest_excuses import DeclaredApp, OutsideCollaborator
from muster.estate.network_excuses import EndpointConsumer, InspectedVpc, PublicSubnet, PublicVpc
from muster.estate.root_use import RootUse
from muster.estate.scope import ScopeRule
from muster.files.aws_values import (
    AccountId,
    ArnPattern,
    IamArn,
    PrincipalName,
    PrincipalPattern,
    ProviderName,
    ServicePrincipal,
)
from muster.files.values import RangeOrHost, Text


class PerimeterPart(ExcusingFact):
    """What is the organization's beyond the account that is judged: addresses, a name in DNS, a VPC or an endpoint."""

    model_config = ConfigDict(title="a part of the network perimeter")
    fact = "network_perimeter"

    name: RangeOrHost = Field(description="The range, the name with all its labels, or the id.")

    def covers(self, what: str) -> bool:
        """Whether an address, or all of a range, lies in the range; or a host name, in any case, or id is this one."""
        if "/" not in self.name:
            return what.lower().removesuffix(".") == self.name.lower().removesuffix(".")
        try:
            inner, outer = ip_network(what, strict=False), ip_network(self.name)
        except ValueError:
            return False  # a host name is in no range
        within = inner.network_address in outer and inner.broadcast_address in outer
        return inner.version == outer.version and within

    @property
    def subject(self) -> str:
        """The range, the name or the id."""
        return self.name


class PublicApi(NamedFact):
    """An API of API Gateway or AppSync, by its id, that anyone may call."""

    model_config = ConfigDict(title="a declared public API")
    fact = "public_apis"


class PublicBucket(NamedFact):
    """A bucket whose objects anyone may read."""

    model_config = ConfigDict(title="a declared public bucket")
    fact = "public_buckets"


class PublicFunction(NamedFact):
    """A function that anyone may call by its URL."""

    model_config = ConfigDict(title="a declared public function")
    fact = "public_functions"


class BreakGlassUser(NamedFact):
    """An IAM user that may keep a console password for emergencies."""

    model_config = ConfigDict(title="a declared user for emergencies")
    fact = "break_glass_users"


class RuleBypasser(NamedFact):
    """Whoever may go round rules of GitHub that bind others, by the name in verdicts: Team 42, Integration 29110."""

    model_config = ConfigDict(title="a declared way round rules")
    fact = "rule_bypassers"


class ServiceAccount(NamedFact):
    """An IAM user that a machine works as, and that has no MFA device."""

    model_config = ConfigDict(title="a declared service account")
    fact = "service_accounts"


class CloudShellPrincipal(NamedFact):
    """A user, group or role (`role/ci/deploy`) that may have all of CloudShell."""

    model_config = ConfigDict(title="a declared user of CloudShell")
    fact = "cloudshell_principals"

    name: PrincipalName = Field(description="The user, group or role, as its ARN ends.")


class PublicIdentityPool(NamedFact):
    """An identity pool of Cognito, by its id, that gives credentials to guests."""

    model_config = ConfigDict(title="a declared public identity pool")
    fact = "public_identity_pools"


class PublicInstance(NamedFact):
    """An instance, by its id, that may have a public address; `protection` is what stands before it."""

    model_config = ConfigDict(title="a declared public instance")
    fact = "public_instances"

    protection: Text | None = Field(
        default=None,
        description="What stands before an instance that faces the internet; such a one is not excused without it.",
    )


class RolelessInstance(NamedFact):
    """An instance, by its id, that calls nothing of AWS."""

    model_config = ConfigDict(title="a declared instance without a role")
    fact = "roleless_instances"


class AuditCustodian(NamedFact):
    """A user or role, by its ARN, that may delete audit logs."""

    model_config = ConfigDict(title="a declared custodian of audit logs")
    fact = "audit_custodians"

    name: IamArn = Field(description="The user or role.")


class AdminPrincipal(NamedFact):
    """Users, groups or roles that may hold administrator rights: `role/ops-*`, a pattern of what their ARNs end with.

    `*` stands for any characters, `/` among them, and `?` for one, as in the wildcards of IAM.
    """

    model_config = ConfigDict(title="a declared administrator")
    fact = "admin_principals"

    name: PrincipalPattern = Field(description="Users, groups or roles, as their ARNs end, by `*` and `?`.")

    def covers(self, what: str) -> bool:
        """Whether `role/path/name` fits the pattern; upper and lower case differ, as in IAM's wildcards."""
        return fits(what, self.name)


class ManagementWorkload(NamedFact):
    """What may run in the account that manages the organization, by a pattern of ARNs with `*` and `?`."""

    model_config = ConfigDict(title="a declared workload")
    fact = "management_workloads"

    name: ArnPattern = Field(description="The resources; `*` stands for any characters and `?` for one.")

    def covers(self, what: str) -> bool:
        """Whether the ARN fits the pattern."""
        return fnmatchcase(what, self.name.replace("[", "[[]"))


class DelegatedAdmin(ExcusingFact):
    """An account that may act for the organization in one service, by its principal (`guardduty.amazonaws.com`)."""

    model_config = ConfigDict(title="a declared administrator of the organization")
    fact = "delegated_admins"

    account: AccountId = Field(description="The account that acts.")
    service: ServicePrincipal = Field(description="The service in which it does.")

    def covers(self, what: str) -> bool:
        """Whether it is this service in this account (`guardduty.amazonaws.com in 111122223333`)."""
        return what == self.subject

    @property
    def subject(self) -> str:
        """The service and the account."""
        return f"{self.service} in {self.account}"


class DeclaredIdentityProvider(NamedFact):
    """What may vouch for people or programs that come from outside, by its ARN.

    An OpenID Connect provider may be named as `oidc-provider/HOST`, for every account: it is known by its address. The
    names of SAML providers and trust anchors say nothing of whom they trust. `github.com/enterprises/NAME` is an
    enterprise on GitHub whose members sign in by a provider of the enterprise.
    """

    model_config = ConfigDict(title="a declared identity provider")
    fact = "identity_providers"

    name: ProviderName = Field(description="The provider or trust anchor.")

    def covers(self, what: str) -> bool:
        """Whether that is its ARN, or one that ends with its name."""
        return self.name in (what, what.rpartition(":")[2])


class TrustedAccount(ExcusingFact):
    """An account of somebody else's that roles may trust, and buckets be shared with: `reason` is what for."""

    model_config = ConfigDict(title="a declared account of a third party")
    fact = "trusted_accounts"

    id: AccountId = Field(description="The account.")
    company: Text = Field(description="Whose it is.")

    def covers(self, what: str) -> bool:
        """Whether that is its id."""
        return what == self.id

    @property
    def subject(self) -> str:
        """Its id, and whose it is."""
        return f"{self.id} of {self.company}"


class ImageOwner(ExcusingFact):
    """An account whose machine images may run."""

    model_config = ConfigDict(title="a declared owner of images")
    fact = "image_owners"

    id: AccountId = Field(description="The account.")

    def covers(self, what: str) -> bool:
        """Whether that is its id."""
        return what == self.id

    @property
    def subject(self) -> str:
        """Its id."""
        return self.id


EXCUSING_FACTS: tuple[type[ExcusingFact], ...] = (
    AdminPrincipal,
    AuditCustodian,
    AuditLogStore,
    BreakGlassUser,
    CloudShellPrincipal,
    CodeHost,
    DeclaredApp,
    DeclaredDeployKey,
    DelegatedAdmin,
    EndpointConsumer,
    ForkableRepository,
    ImageOwner,
    InspectedVpc,
    ManagementWorkload,
    OutsideCollaborator,
    PerimeterPart,
    PublicApi,
    DeclaredIdentityProvider,
    PublicBucket,
    PublicFunction,
    PublicIdentityPool,
    PublicInstance,
    PublicRepository,
    PublicSubnet,
    PublicVpc,
    ReleasePrincipal,
    RolelessInstance,
    RootUse,
    RuleBypasser,
    ScopeRule,
    ServiceAccount,
    TrustedAccount,
)


def fits(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern with `*` and `?` and no other wildcards."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))
