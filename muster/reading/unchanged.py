"""Answers that an API did not send again, because it said that nothing had changed since an earlier run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Validator:
    """By what an API tells whether an answer is still the one: its ETag, and what the ETag holds for.

    `api_version` is the version of the API that was asked, `token` the kind of token it was asked with.
    https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests
    """

    etag: str
    api_version: str
    token: str


@dataclass(frozen=True)
class Unchanged:
    """Where the content of an answer was taken from, as it had not changed: the run, its file, when it first came."""

    run: str
    read: str
    first_read: str


@dataclass(frozen=True)
class EarlierAnswer:
    """An answer of an earlier run, for which it may be asked whether it has changed."""

    content: Any
    validator: Validator
    source: Unchanged
