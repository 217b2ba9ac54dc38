"""The facts that excuse what is found on GitHub, one class a kind."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from muster.estate.excuse import ExcusingFact, NamedFact
from muster.files.values import OrganizationName, RepositoryName, Text


class RepositoryFact(NamedFact):
    """A fact about a repository, named owner/name; GitHub takes either in any case."""

    name: RepositoryName = Field(description="The repository, in any case.")

    def covers(self, what: str) -> bool:
        """Whether that is its name, in any case."""
        return what.lower() == self.name.lower()


class PublicRepository(RepositoryFact):
    """A repository that is public on purpose."""

    model_config = ConfigDict(title="a declared public repository")
    fact = "public_repositories"


class ForkableRepository(RepositoryFact):
    """A private repository that may be forked."""

    model_config = ConfigDict(title="a declared forkable repository")
    fact = "forkable_repositories"


class DeclaredDeployKey(ExcusingFact):
    """A deploy key that may push to a repository, by its title there."""

    model_config = ConfigDict(title="a declared deploy key")
    fact = "declared_deploy_keys"

    repository: RepositoryName = Field(description="The repository, as owner/name, in any case.")
    title: Text = Field(description="The title of the key.")

    def covers(self, what: str) -> bool:
        """Whether it is the key of this title (`release-bot of acme/shop`) in this repository."""
        title, _, repository = what.rpartition(" of ")
        return title == self.title and repository.lower() == self.repository.lower()

    @property
    def subject(self) -> str:
        """The title and the repository."""
        return f"{self.title} of {self.repository}"


class AuditLogStore(ExcusingFact):
    """Where the audit log of an organization on GitHub is copied to, where the run's token may not see that it is."""

    model_config = ConfigDict(title="a store of an audit log")
    fact = "audit_log_stores"

    organization: OrganizationName = Field(description="The organization on GitHub, in any case.")
    store: Text = Field(description="Where the copies lie.")

    def covers(self, what: str) -> bool:
        """Whether that is the organization's name, in any case."""
        return what.lower() == self.organization.lower()

    @property
    def subject(self) -> str:
        """The organization, and where the copies lie."""
        return f"{self.organization} in {self.store}"
