"""The facts that excuse what is found on GitHub, one class a kind."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from muster.estate.excuse import ExcusingFact, NamedFact
from muster.files.values import RepositoryName, Text


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
