"""The facts that let people from outside, and apps, into repositories on GitHub, one class a kind."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from muster.estate.excuse import ExcusingFact
from muster.files.values import ExactName, Items, OrganizationName

GithubRight = Literal["pull", "triage", "push", "maintain", "admin"]
"""What somebody may do in a repository, from the least to the most, as GitHub's REST API calls it."""


class OutsideCollaborator(ExcusingFact):
    """Somebody who is no member and works in repositories of ours; GitHub takes the name in any case."""

    model_config = ConfigDict(title="a declared outside collaborator")
    fact = "outside_collaborators"

    login: OrganizationName = Field(description="The name on GitHub, in any case.")
    permission: GithubRight | None = Field(
        default=None,
        description="The most that they may have in a repository, where that is more than a control allows everybody.",
    )

    def covers(self, what: str) -> bool:
        """Whether that is the name, in any case."""
        return what.lower() == self.login.lower()

    @property
    def subject(self) -> str:
        """The name."""
        return self.login


class DeclaredApp(ExcusingFact):
    """A GitHub App that is installed on purpose, and the most that it may do."""

    model_config = ConfigDict(title="a declared app")
    fact = "declared_apps"

    slug: ExactName = Field(description="The app, as the address of its page ends: github.com/apps/SLUG.")
    repositories: Literal["selected", "all"] = Field(
        default="selected", description="Whether it may be installed on all repositories, those of tomorrow too."
    )
    writes: Items[ExactName] = Field(default=(), description="What it may write, by GitHub's names of permissions.")
    administers: Items[ExactName] = Field(
        default=(), description="What it may administer, by GitHub's names of permissions; it may write that, too."
    )

    def covers(self, what: str) -> bool:
        """Whether that is its slug."""
        return what == self.slug

    @property
    def subject(self) -> str:
        """Its slug."""
        return self.slug
