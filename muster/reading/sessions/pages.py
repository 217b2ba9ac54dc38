"""All pages of an answer, at the largest size there is, as one."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from muster.errors import MusterError
from muster.reading.sessions.limits import AnswerTooDeep

# The names under which AWS's APIs say that more follows.
MORE = re.compile(r"(next)?[a-z]*(token|marker)|position|(is)?truncated|hasmore[a-z]*", re.IGNORECASE)
# Tokens of changes, past or to come: what the next one has to show lest it overwrite another's, and by what a repeated
# one is known. They are in answers that have no pages.
OF_CHANGES = re.compile(r"(lock|update|(last)?client(request)?|idempotency)token", re.IGNORECASE)
LIMIT_KEYS = ("MaxResults", "maxResults", "Limit", "limit", "MaxItems")

CHUNK = 64 * 1024


Page = tuple[dict[str, Any], frozenset[str]]
"""A page of an answer, and the names of its members that are cut over pages."""


class Truncated(MusterError):
    """An answer says that more follows, and its operation has no way to ask for it."""


def pages(client: Any, operation: str, request: Mapping[str, Any]) -> Iterator[Page]:
    """The pages of an answer.

    Raises `Truncated` rather than taking a part for the whole.
    """
    if client.can_paginate(operation):
        yield from _by_paginator(client, operation, request)
    else:
        yield from _by_token(client, operation, request)


def merged_pages(parts: Iterator[Page]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """One answer out of its pages, and the request ids: what is cut is joined, the rest is the first page's."""
    whole: dict[str, Any] = {}
    request_ids: list[str] = []
    for part, cut in parts:
        request_ids.append(part.get("ResponseMetadata", {}).get("RequestId", ""))
        for name, value in part.items():
            if name == "ResponseMetadata" or (MORE.fullmatch(name) and not isinstance(value, list | dict)):
                continue
            if name not in whole:
                whole[name] = _own(value) if name in cut else value
            elif name in cut:
                whole[name] = _joined(whole[name], value)
    return whole, tuple(filter(None, request_ids))


def as_json(value: Any, depth: int) -> Any:
    """Plain JSON of what botocore parsed: times as ISO 8601 in UTC, bytes as text or `base64:…`, streams read.

    Numbers that JSON cannot spell become text. Raises `AnswerTooDeep` where values are nested deeper than `depth`.
    """
    if depth < 0:
        raise AnswerTooDeep("the answer is nested deeper than any that AWS or GitHub documents")
    match value:
        case dict():
            return {str(name): as_json(item, depth - 1) for name, item in value.items()}
        case list() | tuple():
            return [as_json(item, depth - 1) for item in value]
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case bytes():
            return _text(value)
        case Decimal():
            return str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case _:
            return _text(_streamed(value)) if hasattr(value, "read") else value


def _by_paginator(client: Any, operation: str, request: Mapping[str, Any]) -> Iterator[Page]:
    paginator = _paginator(client, operation)
    limit = paginator._pagination_cfg.get("limit_key")
    largest = _largest(client, operation, limit) if limit and limit not in request else None
    config = {"PageSize": largest} if largest else {}
    iterator = paginator.paginate(**request, PaginationConfig=config)
    cut = frozenset(str(key.expression).partition(".")[0] for key in iterator.result_keys)
    flag = iterator._more_results
    says_it_is_all = True
    for page in iterator:
        says_it_is_all = flag is None or not flag.search(page)
        yield page, cut
    # Botocore ends where the token is missing, also where the flag says that more follows.
    if not says_it_is_all:
        raise Truncated(f"{operation} answered {flag.expression}, and no token: more follows that cannot be asked for")


def _paginator(client: Any, operation: str) -> Any:
    """Botocore's paginator, kept where botocore keeps what it is made from: it makes a class for each."""
    known: dict[str, Any] = client._cache.setdefault("paginators", {})
    if operation not in known:
        known[operation] = client.get_paginator(operation)
    return known[operation]


def _by_token(client: Any, operation: str, request: Mapping[str, Any]) -> Iterator[Page]:
    members = _input_members(client, operation)
    limit = next((name for name in LIMIT_KEYS if name in members and name not in request), None)
    # Without a token in its input an operation has no pages, and its limit may mean something else.
    pageable = any(MORE.fullmatch(name) for name in members)
    size = _largest(client, operation, limit) if limit and pageable else None
    asked = {**request, **({limit: size} if limit and size else {})}
    seen: set[str] = set()
    while True:
        page = getattr(client, operation)(**asked)
        yield page, frozenset(name for name, value in page.items() if isinstance(value, list))
        more = list(_more(page))
        if not more:
            return
        followed = next(_ways_on(page, members), None)
        if followed is None or followed[1] in seen:
            raise Truncated(f"{operation} answered {', '.join(more)}: more follows that it gives no way to ask for")
        seen.add(followed[1])
        asked[followed[0]] = followed[1]


def says_more(name: str) -> bool:
    """Whether a member of this name says that more follows."""
    return bool(MORE.fullmatch(name)) and not OF_CHANGES.fullmatch(name)


def _more(page: Mapping[str, Any]) -> Iterator[str]:
    """The members, also one level down, by which an answer says that it is not all."""
    for name, value in page.items():
        if name == "ResponseMetadata":
            continue
        if says_more(name) and value:
            yield name
        if isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner, item in value.items() if says_more(inner) and item)


def _ways_on(page: Mapping[str, Any], members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The members of the next request that take what the answer said."""
    for name, value in page.items():
        if MORE.fullmatch(name) and isinstance(value, str) and value:
            for taken in (name, name.removeprefix("Next"), name.removeprefix("next")):
                if taken in members:
                    yield taken, value


def _input_members(client: Any, operation: str) -> Mapping[str, Any]:
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    return dict(model.input_shape.members) if model.input_shape else {}


def _largest(client: Any, operation: str, limit: str) -> int | None:
    shape = _input_members(client, operation).get(limit)
    largest = shape.metadata.get("max") if shape is not None else None
    return int(largest) if largest else None


def _own(value: Any) -> Any:
    """A copy as far down as pages are joined."""
    if isinstance(value, dict):
        return {name: _own(item) for name, item in value.items()}
    return list(value) if isinstance(value, list) else value


def _joined(left: Any, right: Any) -> Any:
    if isinstance(left, list) and isinstance(right, list):
        # In place: pages by the ten thousand would be copied for each that follows.
        left.extend(right)
        return left
    if isinstance(left, dict) and isinstance(right, dict):
        return {
            **left,
            **{name: _joined(left[name], item) if name in left else item for name, item in right.items()},
        }
    return right


def _streamed(body: Any) -> bytes:
    # In pieces: a length that only the header promises would be made room for at once.
    return b"".join(iter(lambda: body.read(CHUNK), b""))


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(value).decode()
