"""A GitHub that answers as told, in the forms of `told_aws.Told`; an error's code is the HTTP status.

A query is told its `data`, and the code of an error may be a type of GraphQL's. null is an answer without a body (204).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from muster.reading.reads import Answer, ApiError, Call
from muster.reading.sessions.github import SAID_BY_204
from muster.reading.sessions.github_queries import QUERY, query_of, with_page
from tests.hostile.told_aws import Told


@dataclass(frozen=True)
class ToldGitHub:
    """A transport to an organization that answers what `told` says."""

    told: Told

    def send(self, call: Call) -> Answer:
        """Ask; nothing goes over a wire."""
        content = self.told.content(call)
        if isinstance(content, dict) and "$error" in content:
            status = str(content["$error"])
            return Answer(error=ApiError(status, content["$message"], int(status) if status.isdigit() else None))
        if call.operation == "GET /orgs/{org}" and isinstance(content, dict):
            return Answer({"public_repos": self._public(), **content})
        if isinstance(content, dict) and "$pages" in content:
            return Answer(_whole(call, content["$pages"]))
        return Answer({} if content is None and call.operation in SAID_BY_204 else content)

    def _public(self) -> int:
        """How many of the repositories that are told are public, which GitHub counts for everybody."""
        told = self.told.answers.get("github:GET /orgs/{org}/repos", [])
        if isinstance(told, dict):
            told = [entry for page in told.get("$pages", []) for entry in page]
        return sum(isinstance(each, dict) and each.get("private") is False for each in told)


def _whole(call: Call, pages: Sequence[Any]) -> Any:
    """The pages of a list as one; those of a query where its document says that a connection is followed."""
    if not call.operation.startswith(QUERY):
        return [entry for page in pages for entry in page]
    followed = query_of(call.operation, call.request).followed
    assert followed is not None, f"{call.name} follows no pages"
    data, after = None, None
    for page in copy.deepcopy(list(pages)):
        data, after = with_page(data, page, followed, after)
    assert after is None, f"{call.name}: the last page says that there are more"
    return data
