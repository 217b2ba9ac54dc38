"""What GitHub is asked only whether it has changed: by the ETag of an earlier run's answer, which a 304 confirms.

A 304 costs nothing of the rate limit. It is asked for where it says all there is to say: an ETag is that of a body, and
whether further pages follow is told beside the body. So of lists only those are asked about that came on one page with
room for more. https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from muster.reading.reads import Answer
from muster.reading.unchanged import EarlierAnswer, Validator

SMALLEST_PAGE = 30
"""The size of a page where an endpoint does not heed `per_page`."""
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{1,200}"')
_KINDS_OF_TOKEN = ("ghp", "gho", "ghu", "github_pat")


def kind_of_token(token: str) -> str:
    """`ghp`, `github_pat` and the like, by which GitHub's tokens begin; `other` for one of another form.

    https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
    """
    return next((kind for kind in _KINDS_OF_TOKEN if token.startswith(f"{kind}_")), "other")


def validator_of(headers: Mapping[str, str], content: Any, api: str, token: str | None) -> Validator | None:
    """By what it can be asked whether this answer, which came on one page, has changed; None where it cannot be."""
    etag = headers.get("etag", "")
    if token is None or not _ETAG.fullmatch(etag) or _may_be_full(content):
        return None
    return Validator(etag, api, token)


def is_for(earlier: EarlierAnswer | None, api: str, token: str | None) -> bool:
    """Whether an earlier answer was given to the same version of the API and the same kind of token."""
    return earlier is not None and (earlier.validator.api_version, earlier.validator.token) == (api, token)


def as_unchanged(earlier: EarlierAnswer, request_id: str) -> Answer:
    """The earlier answer as the one of now."""
    ids = (request_id,) if request_id else ()
    return Answer(earlier.content, request_ids=ids, validator=earlier.validator, unchanged=earlier.source)


def _may_be_full(content: Any) -> bool:
    """Whether the next thing that is added might stand on a second page; lists may stand beside a total."""
    lists = content.values() if isinstance(content, dict) else [content]
    return any(isinstance(each, list) and len(each) >= SMALLEST_PAGE for each in lists)
