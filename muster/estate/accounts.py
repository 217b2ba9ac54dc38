"""The accounts of an estate: how each is reached."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from muster.estate.organization import OrganizationEntry
from muster.estate.roles import RoleName, Roles
from muster.files.aws_values import AccountId, Regions
from muster.files.github_values import AppId, GitHubEndpoint
from muster.files.problems import NOT_IN_FILE, did_you_mean, problem_at, shown
from muster.files.values import (
    AccountName,
    CallsPerSecond,
    DeclaredTags,
    Endpoint,
    EstateModel,
    Expected,
    Items,
    OrganizationName,
    Text,
    VariableName,
)

ROLE_ARN = re.compile(r"arn:aws(?:-cn|-us-gov)?:iam::([0-9]{12}):role/[A-Za-z0-9+=,.@_/-]+")


def _no_keys_of_an_account(tags: DeclaredTags) -> DeclaredTags:
    keys = {*AwsAccountEntry.model_fields, *GitHubAccountEntry.model_fields} - {"name"}
    for key in tags:
        if key in keys:
            raise problem_at(
                (key,), "a key of the account, indented as one of its tags; move it to the left, or rename the tag"
            )
    return tags


AccountTags = Annotated[DeclaredTags, AfterValidator(_no_keys_of_an_account)]


def _default(value: str) -> str:
    if value != "default":
        # The value is left out of the message: it may be the secret itself.
        raise ValueError("expected default: keys never stand in a file, the machine is signed in with them")
    return value


DefaultCredentials = Annotated[str, Expected("`default`"), AfterValidator(_default)]


class AwsAccountEntry(EstateModel):
    """How to reach one AWS account: a sandbox, a role, an AWS CLI profile, the default credentials, an endpoint.

    A role may be assumed at an endpoint of one's own, and the default credentials may sign for it; other ways exclude
    each other. `id` is None for a sandbox, and for an AWS CLI profile that was named on the command line and stands in
    no file. `regions` is "all" (ask the account which are enabled) unless the file narrows it. `roles` are what the
    account is for the others of its organization, `regulations` the names under which facts.yaml says what it is held
    to.

    External ids: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    Source profiles: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
    """

    model_config = ConfigDict(title="an AWS account")
    kind: ClassVar[str] = "aws"

    name: str = Field(json_schema_extra=NOT_IN_FILE)
    sandbox: Text | None = Field(default=None, description="Way in: a company of the sandbox, demo or model, say.")
    id: AccountId | None = Field(
        default=None,
        description="Its number: a run that enters another one stops; only a sandbox goes without.",
    )
    role_arn: Annotated[str, Expected("the ARN of a role of this account")] | None = Field(
        default=None, description="Way in: a role of the account, which is assumed; it may stand beside endpoint_url."
    )
    external_id: Text | None = Field(
        default=None,
        repr=False,
        description="What the role's trust policy asks for as sts:ExternalId; it is left out of evidence.",
    )
    external_id_env: VariableName | None = Field(
        default=None, description="The environment variable that holds the external id, in place of external_id."
    )
    source_profile: Text | None = Field(
        default=None,
        description="The AWS CLI profile from which the role is assumed; without it, the machine's own credentials.",
    )
    profile: Text | None = Field(default=None, description="Way in: a profile of the AWS CLI.")
    credentials: DefaultCredentials | None = Field(
        default=None,
        description="Way in: whatever the machine is signed in with: environment, web identity, IAM Identity Center,"
        " credential_process, or the role of a task, a pod or an instance.",
    )
    endpoint_url: Endpoint | None = Field(
        default=None,
        description="Way in: a server that stands in for AWS; what it answers is no evidence of a real account.",
    )
    regions: Regions = Field(
        default="all", description="Where what is regional is asked; all are those that the account has enabled."
    )
    roles: Roles = Field(
        default=(), description="What the account is for the others of its organization; one account has a role."
    )
    regulations: Items[Text] = Field(
        default=(), description="What the account is held to, by the names that regulations in facts.yaml gives."
    )
    tags: AccountTags = Field(default_factory=dict, description="By what accounts are chosen: --account=tag:KEY=VALUE.")
    calls_per_second: CallsPerSecond | None = Field(
        default=None,
        description="The most calls a second to one service in one region, by each process; without it, well below"
        " what AWS publishes for an account, and no bound at an endpoint that is not AWS's.",
    )

    @field_validator("role_arn")
    @classmethod
    def _is_role_of_account(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        found = ROLE_ARN.fullmatch(value)
        if not found:
            raise ValueError(f"{shown(value)} is not a role ARN (arn:aws:iam::<12 digits>:role/<name>)")
        account = info.data.get("id")
        if account is not None and found[1] != account:
            raise ValueError(f"the role is in account {found[1]} and the entry's id is {account}; correct one")
        return value

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        candidates = ("sandbox", "role_arn", "profile", "credentials", "endpoint_url")
        ways = [way for way in candidates if getattr(self, way) is not None]
        if not ways:
            raise ValueError(
                "no way in; expected one of sandbox, role_arn, profile, credentials, endpoint_url or github"
            )
        if len(ways) > 1 and ways not in (["role_arn", "endpoint_url"], ["credentials", "endpoint_url"]):
            raise problem_at((ways[1],), f"{' and '.join(ways)} exclude each other; keep one way in")
        return self

    @model_validator(mode="after")
    def _keys_fit_way_in(self) -> Self:
        if self.sandbox is not None and self.id is not None:
            raise problem_at(("id",), "a sandbox brings its own account id; leave it out")
        for key in ("external_id", "external_id_env", "source_profile"):
            if getattr(self, key) is not None and self.role_arn is None:
                raise problem_at((key,), "serves to assume a role; add role_arn, or leave it out")
        if self.external_id is not None and self.external_id_env is not None:
            raise problem_at(("external_id_env",), "external_id is given as well; keep one")
        return self


class GitHubAccountEntry(EstateModel):
    """How to reach one GitHub organization: a sandbox, or the API with a token from the environment or as a GitHub App.

    https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
    """

    model_config = ConfigDict(title="a GitHub account")
    kind: ClassVar[str] = "github"

    name: str = Field(json_schema_extra=NOT_IN_FILE)
    github: OrganizationName = Field(
        description="The organization on GitHub; this key tells the entry from one of AWS."
    )
    sandbox: Text | None = Field(default=None, description="Way in: a company of the sandbox.")
    token_env: VariableName | None = Field(
        default=None, description="Way in: the environment variable that holds the token."
    )
    app_id: AppId | None = Field(
        default=None,
        description="Way in: a GitHub App that is installed on the organization; beside private_key_path_env.",
    )
    private_key_path_env: VariableName | None = Field(
        default=None,
        description="The environment variable that holds the path of the App's private key, a PEM file.",
    )
    endpoint_url: GitHubEndpoint | None = Field(
        default=None,
        description="The REST API of GitHub Enterprise Server, or of an enterprise on ghe.com, or a server that stands"
        " in for GitHub's; beside token_env or app_id.",
    )
    tags: AccountTags = Field(default_factory=dict, description="By what accounts are chosen: --account=tag:KEY=VALUE.")
    calls_per_second: CallsPerSecond | None = Field(
        default=None,
        description=(
            "The most requests a second, by each process; without it, the limits that GitHub announces set the pace."
        ),
    )

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        ways = [way for way in ("sandbox", "token_env", "app_id") if getattr(self, way) is not None]
        if not ways:
            raise ValueError("no way in; expected token_env, app_id (or sandbox) beside github")
        if len(ways) > 1:
            raise problem_at((ways[1],), f"{ways[0]} is given as well; keep one way in")
        if self.app_id is not None and self.private_key_path_env is None:
            raise problem_at(
                ("app_id",), "add private_key_path_env, the variable with the path of the App's private key"
            )
        if self.app_id is None and self.private_key_path_env is not None:
            raise problem_at(("private_key_path_env",), "serves a GitHub App; add app_id, or leave it out")
        if self.sandbox is not None and self.endpoint_url is not None:
            raise problem_at(("endpoint_url",), "a sandbox brings its own endpoint; leave it out")
        return self


def _kind_of(entry: object) -> str:
    if isinstance(entry, GitHubAccountEntry) or (isinstance(entry, dict) and "github" in entry):
        return "GitHub entry"
    return "AWS entry"


AccountEntry = AwsAccountEntry | GitHubAccountEntry
AnyAccountEntry = Annotated[
    Annotated[AwsAccountEntry, Tag("AWS entry")] | Annotated[GitHubAccountEntry, Tag("GitHub entry")],
    Discriminator(_kind_of),
]
"""An entry of either kind, told apart by its key `github` first, so that errors speak of one kind."""


class AccountsFile(EstateModel):
    """The file accounts.yaml; the key of an entry becomes its name."""

    model_config = ConfigDict(title="accounts.yaml")

    accounts: dict[AccountName, AnyAccountEntry] = Field(
        min_length=1, description="The accounts, by the names under which --account asks for them."
    )
    organization: OrganizationEntry | None = Field(
        default=None, description="The organization whose further accounts are found by --discover."
    )

    @model_validator(mode="before")
    @classmethod
    def _name_entries(cls, data: object) -> object:
        entries = data.get("accounts") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(entries, dict):
            return data
        for name, entry in entries.items():
            if isinstance(entry, dict) and "name" in entry:
                raise problem_at(("accounts", name, "name"), "an account is named by its key; leave name out")
        named = {name: {"name": name, **entry} if isinstance(entry, dict) else entry for name, entry in entries.items()}
        return {**data, "accounts": named}

    @model_validator(mode="after")
    def _have_one_account_a_role(self) -> Self:
        holders: dict[RoleName, str] = {}
        for name, entry in self.accounts.items():
            for role in entry.roles if isinstance(entry, AwsAccountEntry) else ():
                first = holders.setdefault(role, name)
                if first != name:
                    problem = f"{first} has the role {role} already"
                    one = "an estate is of one organization, in which one account has it"
                    raise problem_at(("accounts", name, "roles"), f"{problem}; {one}")
        return self

    @model_validator(mode="after")
    def _state_ids(self) -> Self:
        for name, entry in self.accounts.items():
            if isinstance(entry, AwsAccountEntry) and entry.sandbox is None and entry.id is None:
                problem = "missing; add the account's 12 digits, quoted: the run stops if it enters another one"
                raise problem_at(("accounts", name, "id"), problem)
        return self

    @model_validator(mode="after")
    def _organization_fits_accounts(self) -> Self:
        if self.organization is None:
            return self
        where, manager = ("organization", "management"), self.organization.management
        if not isinstance(self.accounts.get(manager), AwsAccountEntry):
            known = [name for name, entry in self.accounts.items() if isinstance(entry, AwsAccountEntry)]
            problem = f"{shown(manager)} is no AWS account of this file; {did_you_mean(manager, known)}"
            raise problem_at(where, problem)
        ids = {entry.id: name for name, entry in self.accounts.items() if isinstance(entry, AwsAccountEntry)}
        for position, each in enumerate(self.organization.exclude):
            if each.account in ids:
                problem = f"{each.account} is {ids[each.account]} of this file, which is judged; keep one"
                raise problem_at(("organization", "exclude", position, "account"), problem)
        return self
