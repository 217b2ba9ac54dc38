"""What an organization says of its accounts, whoever asked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FoundAccount:
    """An account of an organization. `path` is its unit's, `/workloads/prod`, or `/` for the root itself.

    `why_closed` says why nobody can enter it, where the organization says so; `tags` are not asked of such an account.
    """

    id: str
    name: str
    state: str
    path: str
    tags: Mapping[str, str]
    why_closed: str | None = None


@dataclass(frozen=True)
class FoundOrganization:
    """An organization and all its accounts, sorted by id."""

    id: str
    accounts: tuple[FoundAccount, ...]
