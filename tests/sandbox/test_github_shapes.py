"""The fake GitHub answers in the shapes of GitHub's published description, whatever it is asked in both companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)
from werkzeug.wrappers import Request

from fixtures.sandbox.hub import server
from fixtures.sandbox.hub.state import Hub
from muster.proving.recorded import Recording
from muster.reading.reads import Call
from tests.sandbox.github_description import misfit

# What no control asks: the session itself does.
ASKED_BY_SESSIONS = {"GET /rate_limit"}
QUERIES = "POST /graphql"
Fragments = Mapping[str, SelectionSetNode]


def answers(*companies: Recording) -> Iterator[tuple[Call, Any]]:
    """What GitHub was asked in the companies, and what it answered that is no error."""
    for company in companies:
        for call, answer in company.answers.values():
            if call.service == "github" and answer.error is None:
                yield call, answer.content


def test_every_answer_is_as_github_describes_it(demo: Recording, model: Recording) -> None:
    told = [answer for answer in answers(demo, model) if answer[0].operation.startswith("GET ")]

    assert told
    wrong = sorted({misfit(call.operation, content) or "" for call, content in told} - {""})
    assert not wrong, "\n".join(wrong)


def test_every_endpoint_of_the_fake_is_asked_in_one_of_the_companies(demo: Recording, model: Recording) -> None:
    server.application(Hub())
    asked = {call.operation for call, _ in answers(demo, model)}
    unasked = set(server._endpoints) - asked - ASKED_BY_SESSIONS - {QUERIES}

    assert unasked == set(), "nobody asks this of either company: what says that its answer is GitHub's?"


def test_what_is_left_is_said_as_github_describes_it() -> None:
    for operation in ASKED_BY_SESSIONS:
        call = server.RoutedRequest(Hub(), Request({"REQUEST_METHOD": "GET"}))
        assert misfit(operation, server._endpoints[operation].answering(call)) is None


def test_a_misfit_is_told() -> None:
    assert misfit("GET /repos/{owner}/{repo}/immutable-releases", {"enabled": True}) is not None
    assert misfit("GET /repos/{owner}/{repo}/vulnerability-alerts", {"enabled": True}) is not None
    with pytest.raises(StopIteration):
        misfit("GET /no/such/operation", {})


def test_every_query_is_answered_with_the_fields_that_it_asks_for(demo: Recording, model: Recording) -> None:
    told = [answer for answer in answers(demo, model) if answer[0].operation.startswith("QUERY ")]

    assert {call.operation.removeprefix("QUERY ") for call, _ in told} == set(server._queries)
    for call, content in told:
        assert list(other_fields(str(call.request["document"]), content)) == []


def other_fields(document: str, data: Any) -> Iterator[str]:
    """Where data has other fields than a query asks for; of an object of several types those of none but its own."""
    definitions = parse(document).definitions
    fragments = {
        each.name.value: each.selection_set for each in definitions if isinstance(each, FragmentDefinitionNode)
    }
    (query,) = (each for each in definitions if isinstance(each, OperationDefinitionNode))
    yield from _other_fields(query.selection_set, fragments, data, "")


def _other_fields(asked: SelectionSetNode, fragments: Fragments, data: Any, path: str) -> Iterator[str]:
    if isinstance(data, list):
        for each in data:
            yield from _other_fields(asked, fragments, each, f"{path}[]")
    if not isinstance(data, dict):
        return
    fields = dict(_fields(asked, fragments))
    surely = {
        each.alias.value if each.alias else each.name.value for each in asked.selections if isinstance(each, FieldNode)
    }
    yield from (f"{path}.{name}: is asked for, and not there" for name in surely - data.keys())
    yield from (f"{path}.{name}: is not asked for" for name in data.keys() - fields.keys())
    for name, inner in fields.items():
        if inner is not None and name in data:
            yield from _other_fields(inner, fragments, data[name], f"{path}.{name}")


def _fields(asked: SelectionSetNode, fragments: Fragments) -> Iterator[tuple[str, SelectionSetNode | None]]:
    """The fields that may be in an object, and what is asked for in each; those of fragments, too."""
    for node in asked.selections:
        match node:
            case FieldNode():
                yield node.alias.value if node.alias else node.name.value, node.selection_set
            case InlineFragmentNode():
                yield from _fields(node.selection_set, fragments)
            case FragmentSpreadNode():
                yield from _fields(fragments[node.name.value], fragments)
