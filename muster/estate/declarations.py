"""What an organization declares: its facts, its waivers and its attestations, one frozen model an entry.

The models judge one entry by itself. What needs the clock, the list of controls or a second entry is judged
in `muster.estate.files`, which reads the files.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from typing import Annotated, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from muster.estate.code_excuses import CodeHost, ReleasePrincipal
from muster.estate.entries import AccountContact, Regulation, Responsibility
from muster.estate.excuse import Excuse, ExcusingFact, other_than_owner
from muster.estate.excuses import (
    EXCUSING_FACTS,
    AdminPrincipal,
    AuditCustodian,
    BreakGlassUser,
    CloudShellPrincipal,
    DeclaredIdentityProvider,
    DelegatedAdmin,
    ImageOwner,
    ManagementWorkload,
    PerimeterPart,
    PublicApi,
    PublicBucket,
    PublicFunction,
    PublicIdentityPool,
    PublicInstance,
    RolelessInstance,
    RuleBypasser,
    ServiceAccount,
    TrustedAccount,
)
from muster.estate.github_excuses import AuditLogStore, DeclaredDeployKey, ForkableRepository, PublicRepository
from muster.estate.guest_excuses import DeclaredApp, OutsideCollaborator
from muster.estate.network_excuses import EndpointConsumer, InspectedVpc, PublicSubnet, PublicVpc
from muster.estate.reviews import ManagedPolicyRegister
from muster.estate.root_use import RootUse
from muster.estate.scope import ScopeRule
from muster.files.aws_values import AccountId, IdentityCenterArn, ListedRegions, OrganizationId, UnitId
from muster.files.problems import NOT_IN_FILE, YamlPath
from muster.files.values import (
    AccountOrEvery,
    Day,
    EstateModel,
    Evidence,
    Expected,
    Items,
    OrganizationName,
    Reason,
    RepositoryName,
    StatementControl,
    Text,
)

READ_BY_THE_RUN = frozenset({"audited_elsewhere", "out_of_scope"})
"""The facts that no control reads, but the run itself."""


class Facts(EstateModel):
    """What the organization declares of itself.

    None and an empty list mean "not declared", never "there is none". `accounts` is taken from accounts.yaml, and so is
    the account of each role that an entry of it has (see `muster.estate.holders`).
    """

    model_config = ConfigDict(title="facts.yaml")

    account_contacts: Items[AccountContact] = Field(
        default=(), description="Whom AWS is to take for the owner of each account."
    )
    accounts: Items[AccountId] = Field(
        default=(), description="The AWS accounts of accounts.yaml.", json_schema_extra=NOT_IN_FILE
    )
    admin_principals: Items[AdminPrincipal] = Field(
        default=(), description="Users, groups and roles that may hold administrator rights, as role/ops-*."
    )
    approved_regions: ListedRegions = Field(
        default=(),
        description="Regions in use: others that are switched on fail, and what has to be in every region in use is"
        " looked for in these. It narrows nothing: where accounts are asked says their regions in accounts.yaml.",
    )
    audit_account_id: AccountId | None = Field(
        default=None, description="The account that holds audit data and nothing else."
    )
    audit_buckets: Items[Text] = Field(
        default=(), description="Names of the buckets that hold CloudTrail and Config data."
    )
    audit_custodians: Items[AuditCustodian] = Field(
        default=(), description="Users and roles, by ARN, that may delete audit logs."
    )
    audit_log_stores: Items[AuditLogStore] = Field(
        default=(), description="Where audit logs of GitHub are copied to, if the token may not see it."
    )
    audited_elsewhere: Items[AccountId] = Field(
        default=(), description="Accounts that another run judges: what is judged there is not missed here."
    )
    baseline_stack_sets: Items[Text] = Field(
        default=(), description="Names of the stack sets that bring the baseline to every account."
    )
    break_glass_users: Items[BreakGlassUser] = Field(
        default=(), description="IAM users that may keep a console password for emergencies."
    )
    code_repositories: Items[RepositoryName] = Field(
        default=(), description="Repositories on GitHub that we know of, as owner/name: each is to be where it says."
    )
    cloudshell_principals: Items[CloudShellPrincipal] = Field(
        default=(), description="Users, groups and roles that may have all of CloudShell, as role/ops."
    )
    code_hosts: Items[CodeHost] = Field(
        default=(),
        description="Where code is kept and built, as host/organization: gitlab.com/acme, bitbucket.org/acme.",
    )
    declared_deploy_keys: Items[DeclaredDeployKey] = Field(
        default=(), description="Deploy keys, by repository and title, that may push."
    )
    declared_apps: Items[DeclaredApp] = Field(
        default=(), description="GitHub Apps that are installed on purpose, and the most that each may do."
    )
    delegated_admins: Items[DelegatedAdmin] = Field(
        default=(), description="Accounts that may act for the organization in a service."
    )
    endpoint_consumers: Items[EndpointConsumer] = Field(
        default=(), description="VPCs, by id, that reach AWS through the endpoints of a central VPC."
    )
    forkable_repositories: Items[ForkableRepository] = Field(
        default=(), description="Private repositories that may be forked, as owner/name."
    )
    github_enterprise: OrganizationName | None = Field(
        default=None, description="The enterprise on GitHub that our organizations belong to, as its address ends."
    )
    github_organizations: Items[OrganizationName] = Field(
        default=(), description="The organization's own organizations on GitHub."
    )
    hardening_associations: Items[Text] = Field(
        default=(), description="Names of the associations of Systems Manager that harden machines."
    )
    identity_center_arn: IdentityCenterArn | None = Field(
        default=None, description="The instance of Identity Center through which people sign in, where it is not seen."
    )
    identity_providers: Items[DeclaredIdentityProvider] = Field(
        default=(),
        description="SAML and OIDC providers and trust anchors, by ARN; any account's as oidc-provider/HOST.",
    )
    image_owners: Items[ImageOwner] = Field(
        default=(), description="Accounts whose machine images may run, beside our own and Amazon's."
    )
    inspection_vpcs: Items[InspectedVpc] = Field(
        default=(), description="VPCs, by id, whose traffic with the internet goes through an inspection VPC."
    )
    managed_policy_register: ManagedPolicyRegister = Field(
        default=(), description="AWS's own policies in use, as they were when somebody reviewed them."
    )
    management_account_id: AccountId | None = Field(
        default=None, description="The account that manages the organization."
    )
    management_workloads: Items[ManagementWorkload] = Field(
        default=(), description="What may run in the management account all the same, by patterns of ARNs."
    )
    organization_id: OrganizationId | None = Field(default=None, description="The id of the organization in AWS.")
    out_of_scope: Items[ScopeRule] = Field(
        default=(), description="What holds none of the data for which a scoped profile exists, by rules of that."
    )
    network_perimeter: Items[PerimeterPart] = Field(
        default=(),
        description="Ranges of addresses, names in DNS, VPCs and endpoints, that are ours beyond the accounts.",
    )
    outside_collaborators: Items[OutsideCollaborator] = Field(
        default=(), description="People who are no members and work in repositories on GitHub."
    )
    public_apis: Items[PublicApi] = Field(
        default=(), description="APIs of API Gateway and AppSync, by id, that anyone may call."
    )
    public_buckets: Items[PublicBucket] = Field(default=(), description="Buckets that anyone may read.")
    public_functions: Items[PublicFunction] = Field(
        default=(), description="Functions that anyone may call by their URL."
    )
    public_identity_pools: Items[PublicIdentityPool] = Field(
        default=(), description="Identity pools of Cognito, by id, that give credentials to guests."
    )
    public_instances: Items[PublicInstance] = Field(
        default=(), description="Instances, by id, that may have a public address, and what protects them."
    )
    public_repositories: Items[PublicRepository] = Field(
        default=(), description="Repositories that may be public, as owner/name."
    )
    public_subnets: Items[PublicSubnet] = Field(
        default=(), description="Subnets, by id, that may hand out public addresses."
    )
    public_vpcs: Items[PublicVpc] = Field(default=(), description="VPCs, by id, that may have an internet gateway.")
    regulations: Items[Regulation] = Field(
        default=(), description="The rules that accounts may be under, each with the framework that stands for it."
    )
    release_principals: Items[ReleasePrincipal] = Field(
        default=(), description="Users, groups and roles, as role/release-*, that may change what is released."
    )
    required_ous: Items[UnitId] = Field(
        default=(), description="Organizational units, by id, that must exist and that the baseline must reach."
    )
    responsibilities: Items[Responsibility] = Field(
        default=(), description="Who secures what of each service in use, AWS or the organization."
    )
    roleless_instances: Items[RolelessInstance] = Field(default=(), description="Instances, by id, that need no role.")
    root_uses: Items[RootUse] = Field(default=(), description="Announced uses of a root user.")
    rule_bypassers: Items[RuleBypasser] = Field(
        default=(), description="Who may go round rules of GitHub that bind others, as OrganizationAdmin or Team 42."
    )
    security_account_id: AccountId | None = Field(
        default=None, description="The account that runs the security services for the organization."
    )

    service_accounts: Items[ServiceAccount] = Field(
        default=(), description="IAM users that machines work as, and that have no MFA device."
    )
    trusted_accounts: Items[TrustedAccount] = Field(
        default=(), description="Accounts of third parties that roles may trust, and with which buckets may be shared."
    )

    @property
    def excuses(self) -> Iterator[tuple[YamlPath, ExcusingFact]]:
        """Every entry that excuses something, and where it stands."""
        for kind in EXCUSING_FACTS:
            for position, entry in enumerate(getattr(self, kind.fact)):
                yield (kind.fact, position), entry

    def in_force(self, today: datetime.date) -> Self:
        """The facts without the excuses that have expired."""
        return self.without([entry for _, entry in self.excuses if entry.is_expired(today)])

    def without(self, excuses: Collection[ExcusingFact]) -> Self:
        """The facts without these excuses."""
        kept = {
            name: tuple(entry for entry in getattr(self, name) if entry not in excuses)
            for name in {entry.fact for entry in excuses}
        }
        return self.model_copy(update=kept) if kept else self


class Waiver(Excuse):
    """A failure that somebody answers for, until a day.

    `control` is an id, `account` a name (`*` is every account), `resource` an fnmatch pattern over ARNs in
    which upper and lower case differ.
    """

    model_config = ConfigDict(title="a waiver")

    id: Text = Field(description="By what rows and problems call it; no two waivers have one.")
    control: Text = Field(description="The id of the control that fails.")
    account: AccountOrEvery = Field(description="The name of the account in accounts.yaml.")
    resource: Text = Field(
        description="The ARN (on code hosts the URL), or a pattern with `*`, `?`, `[…]`; upper and lower case differ."
    )
    ticket: Text = Field(description="Where it was decided.")

    def covers(self, control: str, account: str, resource: str) -> bool:
        """Whether the waiver speaks of this resource under this control, expired or not."""
        in_account = self.account in ("*", account)
        return control == self.control and in_account and fnmatchcase(resource, self.resource)


class AttestationEntry(EstateModel):
    """A statement on what no API can tell, with who answers for it and where the evidence is."""

    model_config = ConfigDict(title="an attestation")

    control: StatementControl = Field(description="The control that takes the statement; one statement each.")
    statement: Text = Field(description="What is so, in a sentence.")
    owner: Text = Field(description="Who answers for it; an id of people.yaml, where that is there.")
    approver: Text | None = Field(
        default=None,
        description="Who agreed: somebody else than the owner, in whatever spelling; an id of people.yaml as well.",
    )
    date: Day = Field(description="The day on which it was made; none that has yet to come.")
    valid_for_days: Annotated[int, Expected("a whole number from 1 to 730"), Field(ge=1, le=730)] = Field(
        description="How long it counts; a control may take it for fewer days."
    )
    evidence: Evidence = Field(description="Where the evidence is.")
    decision: Text = Field(description="What was decided.")
    reasons: Annotated[Items[Reason], Field(min_length=1)] = Field(description="Why, a reason an item.")

    @field_validator("approver")
    @classmethod
    def _is_somebody_else(cls, value: str | None, info: ValidationInfo) -> str | None:
        return None if value is None else other_than_owner(value, info)

    @property
    def valid_until(self) -> datetime.date:
        """The last day on which it counts."""
        return self.date + datetime.timedelta(days=self.valid_for_days)

    def is_current(self, today: datetime.date) -> bool:
        """Whether it counts today."""
        return self.date <= today <= self.valid_until
