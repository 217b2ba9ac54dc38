"""What a run will ask of GitHub, held against what is left of the rate limit, before the first question.

It is reckoned from what the controls may ask, and from how many repositories the organization says it has: nearly all
that a large organization costs is asked a repository. https://docs.github.com/en/rest/rate-limit/rate-limit
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from muster.errors import Unreadable, UsageError
from muster.judging.account import Account
from muster.printable import counted
from muster.reading.declared_operations import declare_operations
from muster.reading.sessions.own_questions import RATE_LIMIT

ORGANIZATION = "github:GET /orgs/{org}"
PAGE = 100
"""Repositories on a page, and those that a query takes at once."""

declare_operations(__name__, lambda: (RATE_LIMIT,))


@dataclass(frozen=True)
class Reckoning:
    """Requests that an account may be asked, and those that are left until `resets` (seconds since 1970).

    It is reckoned that each question is put once a repository. Some are put only where another answer calls for them,
    and some more than once.
    """

    account: str
    repositories: int
    needs: int
    has: int
    resets: float

    @property
    def is_enough(self) -> bool:
        """Whether all can be asked before the limit begins anew."""
        return self.needs <= self.has

    @property
    def line(self) -> str:
        """`code may need 8,020 requests for its 1,000 repositories and has 3,100 until 14:05 UTC`."""
        until = time.strftime("%H:%M UTC", time.gmtime(self.resets))
        return (
            f"{self.account} may need {counted(self.needs, 'request')} for its"
            f" {counted(self.repositories, 'repository')}"
            f" and has {self.has:,} until {until}"
        )

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for `run.json`."""
        return {"repositories": self.repositories, "needs": self.needs, "has": self.has, "resets": int(self.resets)}


def reckon(account: Account, operations: Iterable[str], known: int = 0) -> Reckoning | None:
    """What the controls that ask these operations need of an organization; None where no limit is told.

    A server of one's own may have none; where the organization cannot be read, its controls will say so. `known` are
    the answers that cost nothing if they have not changed.
    """
    asked = {name for name in operations if name.startswith("github:")}
    if ORGANIZATION not in asked:
        return None
    try:
        limit = account.reads.content(RATE_LIMIT, account.home_region, {})["resources"]["core"]
        found = account.reads.content(ORGANIZATION, account.home_region, {"org": account.id})
        number = sum(_count(found, name) for name in ("public_repos", "total_private_repos"))
        needs = max(requests(asked, number) - known, 0)
        return Reckoning(account.name, number, needs, int(limit["remaining"]), float(limit["reset"]))
    except (Unreadable, LookupError, TypeError, ValueError):
        return None


def requests(operations: Iterable[str], repositories: int) -> int:
    """The REST requests that these operations take: one each a repository or organization, and pages of the list."""
    rest = [name for name in operations if name.startswith("github:GET ")]
    pages = -(-repositories // PAGE)
    return sum(repositories if "{repo}" in name else pages if name.endswith("/repos") else 1 for name in rest)


def refuse_what_is_too_much(reckonings: Iterable[Reckoning]) -> None:
    """Raise `UsageError` where `--budget=fail` was given and a limit will not do."""
    for each in reckonings:
        if not each.is_enough:
            raise UsageError(f"--budget=fail: {each.line}: ask later, ask less, or let --budget=wait wait for it")


def _count(found: Any, name: str) -> int:
    number = found.get(name) or 0
    return number if isinstance(number, int) else 0
