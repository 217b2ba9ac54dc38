"""The facts that say where code is kept, and who may release it, one class a kind."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from pydantic import ConfigDict, Field

from muster.estate.excuse import ExcusingFact
from muster.files.aws_values import PrincipalPattern
from muster.files.values import CodePlace, Items, Text


class CodeHost(ExcusingFact):
    """A place where the organization keeps or builds code: all under a host and a name there, `gitlab.com/acme`."""

    model_config = ConfigDict(title="a declared code host")
    fact = "code_hosts"

    name: CodePlace = Field(description="The host, and the organization, group or workspace on it, in any case.")
    run_by: Literal["vendor", "ourselves"] = Field(description="Who runs the host.")
    connections: Items[Text] = Field(
        default=(), description="The names of the connections of CodeConnections that lead there."
    )

    def covers(self, what: str) -> bool:
        """Whether a place is this one, or lies under it; in any case.

        `HOST#NAME` asks of a connection of that name to the host, and `vendor` or `ourselves` who runs it.
        """
        if what in ("vendor", "ourselves"):
            return what == self.run_by
        place, name = what.lower(), self.name.lower()
        host, is_of_connection, _ = place.partition("#")
        if is_of_connection:
            return host == name.partition("/")[0] and what.partition("#")[2] in self.connections
        return place == name or place.startswith(f"{name}/")

    @property
    def subject(self) -> str:
        """The host, and the name on it."""
        return self.name


class ReleasePrincipal(ExcusingFact):
    """Users, groups and roles, by a pattern (`role/release-*`), that may change the branches that are released."""

    model_config = ConfigDict(title="a declared releasing principal")
    fact = "release_principals"

    name: PrincipalPattern = Field(description="The user, group or role as its ARN ends, or a pattern of it.")

    def covers(self, what: str) -> bool:
        """Whether the pattern fits, in which upper and lower case differ."""
        # To IAM "[" is a plain character; to fnmatch it starts a set.
        return fnmatchcase(what, self.name.replace("[", "[[]"))

    @property
    def subject(self) -> str:
        """The pattern."""
        return self.name
