"""GitHub's GraphQL queries: which documents may be sent, how their pages are followed, and what their answers say.

An operation is spelled `QUERY Name`; its request holds the document, and the document's variables beside it. One
connection at most is followed, page by page, by the variable `$after`, which nobody else sets. Every other connection
tells how much of it came: a document whose answer could be short without saying so is refused.

https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    parse,
)

from muster.errors import MusterError, NotARead
from muster.reading.reads import ApiError

QUERY = "QUERY "
"""How the spelling of an operation begins that is a query."""
DOCUMENT = "document"
"""The argument of a question that holds the document; all others are variables."""
AFTER = "after"
"""The variable by which the pages of a connection are followed."""
MOST_TOKENS = 20_000
POINTS_SPENT = ("RATE_LIMITED", "RATE_LIMIT")
"""The types of the error by which an answer says, with status 200, that the points of the hour are spent."""
WITHOUT_A_TYPE = "GRAPHQL_ERROR"
"""The code of an error to which GitHub gives no type."""
_Fragments = Mapping[str, FragmentDefinitionNode]


class BadQuery(MusterError):
    """A document, or the variables for it, that a noun got wrong; the text says how."""


@dataclass(frozen=True)
class Query:
    """A document that may be sent: one operation of type query.

    `required` are the variables that need a value and `known` all of them, without `after`; `followed` is the path in
    the answer of the connection that is followed, None where none is.
    """

    document: str
    required: frozenset[str]
    known: frozenset[str]
    followed: tuple[str, ...] | None


def query_of(operation: str, request: Mapping[str, Any]) -> Query:
    """The query of a question `QUERY Name`, whose request holds what it needs.

    Raises `NotARead` for a document that is anything else than one query of this name, and `BadQuery` for one whose
    answer could be short without saying so, and for variables that do not fit it.
    """
    document = request.get(DOCUMENT)
    if not isinstance(document, str):
        raise BadQuery(f"{operation} was asked without {DOCUMENT}, the text of the query")
    query = _parsed(operation.removeprefix(QUERY), document)
    given = request.keys() - {DOCUMENT}
    if missing := query.required - given:
        raise BadQuery(f"{operation} was asked without {', '.join(sorted(missing))}")
    if unknown := given - query.known:
        raise BadQuery(f"{operation} takes no {', '.join(sorted(unknown))}")
    return query


@lru_cache(maxsize=64)
def _parsed(name: str, text: str) -> Query:
    try:
        document = parse(text, no_location=True, max_tokens=MOST_TOKENS)
    except (GraphQLError, RecursionError) as error:
        raise NotARead(f"the document of {name} is no GraphQL: {type(error).__name__}") from error
    operation = _only_query(name, document)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    variables = {each.variable.name.value: each for each in operation.variable_definitions or ()}
    followed = []
    for path, field in _fields(operation.selection_set, fragments):
        if _is_followed(field):
            _check_followed(name, path, field, fragments)
            followed.append(path)
        elif _is_connection(field, fragments) and not _tells_how_much(field, fragments):
            where = ".".join(path)
            raise BadQuery(f"{name}: {where} may be short: it is asked for pageInfo.hasNextPage or totalCount as well")
    if len(followed) > 1 or (AFTER in variables) != bool(followed):
        raise BadQuery(f"{name}: ${AFTER} is for one connection of a document, asked for once")
    known = variables.keys() - {AFTER}
    required = frozenset(each for each in known if _is_required(variables[each]))
    return Query(text, required, frozenset(known), followed[0] if followed else None)


def _only_query(name: str, document: DocumentNode) -> OperationDefinitionNode:
    """The document's one operation. Raises `NotARead` where it has another, or anything beside fragments."""
    others = [each for each in document.definitions if not isinstance(each, FragmentDefinitionNode)]
    match others:
        case [OperationDefinitionNode(operation=OperationType.QUERY) as operation]:
            found = operation.name.value if operation.name else None
        case _:
            raise NotARead(f"the document of {name} is not one query and nothing else: Muster sends queries only")
    if found != name:
        raise NotARead(f"the document of {name} holds a query of another name")
    return operation


def _fields(
    selections: SelectionSetNode | None,
    fragments: _Fragments,
    path: tuple[str, ...] = (),
    within: frozenset[str] = frozenset(),
) -> Iterator[tuple[tuple[str, ...], FieldNode]]:
    """Every field that is asked for, with its path in the answer; fragments stand for what is in them."""
    for path_of, field, opened in _direct(selections, fragments, within):
        here = (*path, path_of)
        yield here, field
        yield from _fields(field.selection_set, fragments, here, opened)


def _direct(
    selections: SelectionSetNode | None, fragments: _Fragments, within: frozenset[str] = frozenset()
) -> Iterator[tuple[str, FieldNode, frozenset[str]]]:
    for each in selections.selections if selections else ():
        match each:
            case FieldNode():
                yield each.alias.value if each.alias else each.name.value, each, within
            case InlineFragmentNode():
                yield from _direct(each.selection_set, fragments, within)
            case FragmentSpreadNode():
                name = each.name.value
                if name in within or name not in fragments:
                    raise BadQuery(f"the fragment {name} is not defined, or goes round in a circle")
                yield from _direct(fragments[name].selection_set, fragments, within | {name})


def _is_connection(field: FieldNode, fragments: _Fragments) -> bool:
    """Whether a field has pages: GitHub wants `first` or `last` for it, and its things are its `nodes` or `edges`."""
    if field.selection_set is None:
        return False
    arguments = {each.name.value for each in field.arguments or ()}
    inner = {each.name.value for _, each, _ in _direct(field.selection_set, fragments)}
    return bool(arguments & {"first", "last"} or inner & {"nodes", "edges"})


def _is_followed(field: FieldNode) -> bool:
    return any(
        isinstance(each.value, VariableNode) and each.value.name.value == AFTER for each in field.arguments or ()
    )


def _tells_how_much(field: FieldNode, fragments: _Fragments) -> bool:
    return bool(_asked_of(field, fragments) & {"totalCount", "pageInfo.hasNextPage"})


def _check_followed(name: str, path: tuple[str, ...], field: FieldNode, fragments: _Fragments) -> None:
    asked = _asked_of(field, fragments)
    if not asked >= {"pageInfo.hasNextPage", "pageInfo.endCursor"}:
        raise BadQuery(f"{name}: {'.'.join(path)} is followed and not asked for pageInfo {{hasNextPage endCursor}}")
    if {"nodes", "edges"} & set(path):
        raise BadQuery(f"{name}: {'.'.join(path)} stands within another connection and cannot be followed")


def _asked_of(field: FieldNode, fragments: _Fragments) -> set[str]:
    """What a connection is asked for, by the names that it has in the answer."""
    return {".".join(path) for path, _ in _fields(field.selection_set, fragments) if len(path) <= 2}


def _is_required(variable: VariableDefinitionNode) -> bool:
    return isinstance(variable.type, NonNullTypeNode) and variable.default_value is None


def read_answer(said: Any, status: int) -> tuple[dict[str, Any], ApiError | None]:
    """The data that an answer holds, and its error where it holds one: data beside an error is a part of the whole.

    Raises ValueError where it holds neither.
    """
    if not isinstance(said, dict):
        raise ValueError("the answer to a query is an object")
    if said.get("errors"):
        return {}, _error_of(said["errors"], status)
    data = said.get("data")
    if not isinstance(data, dict):
        raise ValueError("the answer has no data")
    return data, None


def _error_of(errors: Any, status: int) -> ApiError:
    """The first of them, which stands for all."""
    match errors:
        case [{"message": str(message), **rest}, *others]:
            extensions = rest.get("extensions")
            code = rest.get("type") or (extensions.get("code") if isinstance(extensions, dict) else None)
            more = f" (and {len(others)} more)" if others else ""
            return ApiError(code if isinstance(code, str) else WITHOUT_A_TYPE, f"{message}{more}", status)
    return ApiError(WITHOUT_A_TYPE, "errors without a message", status)


def with_page(
    data: dict[str, Any] | None, page: dict[str, Any], followed: tuple[str, ...], after: str | None
) -> tuple[dict[str, Any], str | None]:
    """The data with one page more of the connection that is followed, and the cursor of the page after it, if any.

    `after` is the cursor that the page was asked with. Raises ValueError where it does not say whether it is the last,
    leads back to itself, or does not fit what came before.
    """
    connection = _connection_at(page, followed)
    cursor = _next_cursor(connection, after)
    if data is None:
        return page, cursor
    _join_page(_connection_at(data, followed), connection)
    return data, cursor


def _connection_at(data: Any, path: tuple[str, ...]) -> Any:
    """The connection at a path of an answer; None where it, or what it is of, is null."""
    for name in path:
        if data is None:
            return None
        if not isinstance(data, dict) or name not in data:
            raise ValueError(f"the answer has no {'.'.join(path)}")
        data = data[name]
    return data


def _next_cursor(connection: Any, after: str | None) -> str | None:
    match connection:
        case None | {"pageInfo": {"hasNextPage": False}}:
            return None
        case {"pageInfo": {"hasNextPage": True, "endCursor": str(cursor)}} if cursor and cursor != after:
            return cursor
    raise ValueError("pageInfo does not say where the next page begins")


def _join_page(connection: Any, page: Any) -> None:
    if not isinstance(connection, dict) or not isinstance(page, dict) or connection.keys() != page.keys():
        raise ValueError("the pages of the answer do not fit together")
    for name, value in page.items():
        if isinstance(value, list) != isinstance(connection[name], list):
            raise ValueError("the pages of the answer do not fit together")
        if isinstance(value, list):
            connection[name].extend(value)
    connection["pageInfo"] = page["pageInfo"]
